"""Schemas for a kind of document that has none of its own, made from its fields.

A new kind has its address on the day it is installed: it tells what every document has,
and of its own fields its state, days, amounts and links to other documents.
"""

from datetime import date
from typing import Literal

from pydantic import create_model

from .schemas import (
    AnyDocument,
    AnyDocumentDetail,
    AnyDocumentPage,
    Listing,
    RecordId,
    Ref,
)

PYTHON_TYPES = {"date": date, "monetary": float}
IMPORTED = "legacy_uuid"  # of kinds that the old system had
FILTERS = ("state", "customer_id")


def singular_of(plural):
    """One of what an address names, in words.

    >>> singular_of("receipts"), singular_of("credit-notes")
    ('receipt', 'credit note')
    """
    return plural.removesuffix("s").replace("-", " ")


def make_schemas(plural, kind):
    """The four schemas of a kind of document.

    :param str plural: its name in addresses
    :param kind: its model, an empty recordset
    :returns: of one in a list, of one alone, of the list's query, of the list
    :rtype: tuple
    """
    label = singular_of(plural).title().replace(" ", "")
    told = {
        name: (python_type if field.required else python_type | None, ...)
        for name, field in sorted(kind._fields.items())
        if (python_type := _type_of(kind, field))
    }
    summary = create_model(
        label,
        __base__=AnyDocument,
        __doc__=kind._description,
        **told,
    )
    detail = create_model(f"{label}Detail", __base__=(summary, AnyDocumentDetail))
    page = create_model(
        f"{label}Page",
        __base__=AnyDocumentPage,
        partner_id=(RecordId | None, None),
        **{name: (_asked(told[name][0]), None) for name in FILTERS if name in told},
    )
    listing = create_model(
        f"{label}List", __base__=Listing, results=(list[summary], ...)
    )
    return summary, detail, page, listing


def _type_of(kind, field):
    """How a field is told, or None where it is not."""
    if field.name in AnyDocument.model_fields or not field.store or field.groups:
        return None
    if field.name == IMPORTED:
        return str
    if field.name == "state":
        return Literal[tuple(field.get_values(kind.env))]
    if field.name == "customer_id" or _is_document(kind, field):
        return Ref
    return PYTHON_TYPES.get(field.type)


def _is_document(kind, field):
    """Whether it leads to one other document."""
    if field.type != "many2one":
        return False
    return any(other._name == field.comodel_name for other in kind._kinds().values())


def _asked(told):
    """What a query may ask for: the state by its value, a record by its id."""
    return RecordId | None if told in (Ref, Ref | None) else told | None
