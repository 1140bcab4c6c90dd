"""``openapi.json``, made from the models and the table of resources."""

import functools
from http import HTTPStatus

from pydantic.json_schema import models_json_schema

from . import contracts
from .errors import PREFIX
from .resources import RESOURCES

VERSION = "1.0.0"
REF = "#/components/schemas/{model}"
ALWAYS = (401, 403)  # statuses of every address with a key
JSON = "application/json"
DESCRIPTION = """\
Quotes, contracts and invoices of BMAsia CRM. Whoever's API key it is acts: with their
rights, and from their mailbox. Addresses work with and without their last slash.
"""
KEY = {
    "name": "key",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1},
}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key again sends nothing and returns the result of the "
    "first request. Kept for 30 days.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 200,
        "pattern": "^[!-~]+$",
    },
}


@functools.cache
def document():
    """The OpenAPI 3.1 description of this API.

    :rtype: dict
    """
    paths = {}
    for resource in RESOURCES.values():
        base = f"{PREFIX}/{resource.name}"
        paths[base] = {"get": _list(resource)}
        paths[f"{base}/{{key}}"] = {"get": _detail(resource)}
        if resource.is_document:
            paths[f"{base}/{{key}}/pdf"] = {"get": _pdf(resource)}
            paths[f"{base}/{{key}}/send/"] = {"post": _send(resource)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "BMAsia CRM",
            "version": VERSION,
            "description": DESCRIPTION,
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key: Odoo, Preferences, Account Security.",
                }
            },
        },
    }


def _schemas():
    asked = [(contracts.SendRequest, "validation")]
    answers = [contracts.Error, contracts.SendAnswer]
    for resource in RESOURCES.values():
        answers += [resource.detail, resource.listing]
    given = [(answer, "serialization") for answer in dict.fromkeys(answers)]
    return models_json_schema(asked + given, ref_template=REF)[1]["$defs"]


def _list(resource):
    return {
        "operationId": f"list_{resource.name}",
        "summary": f"A page of {resource.name}",
        "parameters": _query(resource.page),
        "responses": _responses(resource.listing, 422),
    }


def _detail(resource):
    return {
        "operationId": f"get_{resource.singular}",
        "summary": f"One {resource.singular}",
        "parameters": [_key(resource)],
        "responses": _responses(resource.detail, 404, 422),
    }


def _pdf(resource):
    responses = _responses(None, 404, 422)
    responses["200"] = {
        "description": "The file that was sent; of a draft, what would be sent",
        "content": {
            "application/pdf": {"schema": {"type": "string", "format": "binary"}}
        },
    }
    return {
        "operationId": f"print_{resource.singular}",
        "summary": f"The PDF of one {resource.singular}",
        "parameters": [_key(resource)],
        "responses": responses,
    }


def _send(resource):
    statuses = (400, 404, 409, 411, 413, 415, 422, 502, 503)
    responses = _responses(contracts.SendAnswer, *statuses)
    responses["202"] = {
        "description": "In the queue until `queued_until`",
        "content": responses["200"]["content"],
    }
    return {
        "operationId": f"send_{resource.singular}",
        "summary": f"Mail one {resource.singular} from the caller's own mailbox",
        "parameters": [_key(resource), IDEMPOTENCY],
        "requestBody": {"content": {JSON: {"schema": _ref(contracts.SendRequest)}}},
        "responses": responses,
    }


def _key(resource):
    what = "Its id"
    if resource.is_document:
        what = "Its id, its number, or its UUID in the old system"
    elif resource.name == "companies":
        what = "Its id, or its UUID in the old system"
    return {**KEY, "description": what}


def _query(page):
    properties = page.model_json_schema()["properties"]
    return [
        {
            "name": name,
            "in": "query",
            "description": schema.get("description", ""),
            "schema": _without_null(schema),
        }
        for name, schema in properties.items()
    ]


def _without_null(schema):
    """A query has no null: what is not asked for is left out."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]
    plain = kinds[0] if kinds else schema
    left = ("title", "description", "default" if kinds else "")
    return {name: value for name, value in plain.items() if name not in left}


def _responses(answer, *statuses):
    responses = {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": {JSON: {"schema": _ref(contracts.Error)}},
        }
        for status in sorted({*ALWAYS, *statuses})
    }
    if answer:
        responses["200"] = {
            "description": "Done",
            "content": {JSON: {"schema": _ref(answer)}},
        }
    return responses


def _ref(model):
    return {"$ref": REF.format(model=model.__name__)}
