"""What Odoo's web client asks for to show a view."""

from typing import Any
from xml.etree.ElementTree import Element, fromstring

NAMED: dict[str, Any] = {"fields": {"display_name": {}}}
ROWS = ("list", "kanban")  # how a form shows records within it


def specification(views: dict[str, Any], kind: str) -> dict[str, Any]:
    """What the web client reads of each record.

    :param views: what ``get_views`` answered
    :param kind: of the view, as ``list``
    :returns: as ``web_read`` takes it

    >>> arch = '<list><field name="name"/><field name="customer_id"/></list>'
    >>> fields = {"name": {"type": "char"}, "customer_id": {"type": "many2one"}}
    >>> views = {
    ...     "views": {"list": {"arch": arch, "model": "quote"}},
    ...     "models": {"quote": {"fields": fields}},
    ... }
    >>> specification(views, "list")
    {'name': {}, 'customer_id': {'fields': {'display_name': {}}}, 'display_name': {}}
    """
    view = views["views"][kind]
    wanted = _of(fromstring(view["arch"]), view["model"], views["models"])
    return {**wanted, "display_name": {}}


def _of(node: Element, model: str, models: dict[str, Any]) -> dict[str, Any]:
    fields = models[model]["fields"]
    wanted: dict[str, Any] = {}
    for child in node:
        name = child.get("name", "")
        if child.tag != "field":
            wanted |= _of(child, model, models)
        elif name in fields:
            wanted[name] = _of_field(child, fields[name], models)
    return wanted


def _of_field(
    node: Element, field: dict[str, Any], models: dict[str, Any]
) -> dict[str, Any]:
    if field["type"] not in ("many2one", "one2many", "many2many"):
        return {}
    shown = next((child for child in node if child.tag in ROWS), None)
    if shown is None or field["relation"] not in models:
        return NAMED
    return {"fields": _of(shown, field["relation"], models)}
