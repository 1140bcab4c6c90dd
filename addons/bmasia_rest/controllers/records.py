"""Records as answers: plain values, as the API's schemas describe them.

The schema of an answer says which fields are read; their names are Odoo's.
"""

from datetime import UTC
from typing import get_args

from pydantic import BaseModel

from .schemas import Ref

# What is no field of the record's model.
DERIVED = {
    ("res.partner", "customer_id"): lambda partner: (
        partner.parent_id.bmasia_company_ids[:1]
    ),
}


def as_dicts(records, answer):
    """Records as plain values.

    :param records: of one model
    :param answer: the pydantic model that names what is told
    :rtype: list[dict]
    """
    return [
        {
            name: _value(record, name, _part(field.annotation))
            for name, field in answer.model_fields.items()
        }
        for record in records
    ]


def _part(annotation):
    """The model of a list's entries: ``Line`` of ``list[Line]``; else None."""
    for inner in get_args(annotation):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return None


def _value(record, name, part):
    if derive := DERIVED.get((record._name, name)):
        return _reference(derive(record))
    if name == "id":
        return record.id
    field, value = record._fields[name], record[name]
    if field.type in ("one2many", "many2many"):
        if part is Ref:
            return [_reference(other) for other in value]
        return as_dicts(value, part)
    if field.type == "many2one":
        return _reference(value)
    return _plain(field.type, value)


def _plain(kind, value):
    if kind in ("boolean", "integer", "float", "monetary"):
        return value
    if kind == "datetime":
        return as_utc(value)
    return str(value) if kind == "html" and value else value or None


def as_utc(moment):
    """A moment that says that it is UTC, or None."""
    return moment.replace(tzinfo=UTC) if moment else None


def _reference(record):
    # As everywhere in Odoo, who may read a record may read what its links are called.
    return {"id": record.id, "name": record.sudo().display_name} if record else None
