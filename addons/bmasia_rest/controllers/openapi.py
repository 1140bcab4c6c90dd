"""``openapi.json``, made from the schemas of a database's resources."""

from http import HTTPStatus

from pydantic.json_schema import models_json_schema

from . import schemas
from .errors import PREFIX

VERSION = "1.2.0"
REF = "#/components/schemas/{model}"
ALWAYS = (401, 403)  # statuses of every address with a key
JSON = "application/json"
DESCRIPTION = """\
Companies, contacts and documents of BMAsia CRM. Whoever's API key it is acts: with
their rights, and from their mailbox. Addresses work with and without their last slash.
"""
SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key: Odoo, Preferences, Account Security.",
}
KEY = {
    "name": "key",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1},
}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key again sends and books nothing, and returns the result "
    "of the first request. Kept for 30 days.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 200,
        "pattern": "^[!-~]+$",
    },
}


def describe(resources):
    """The OpenAPI 3.1 description of this API.

    :param resources: of one database, as :func:`resources.find_resources` gives them
    :rtype: dict
    """
    return Description(resources).as_dict()


class Description:
    """The parts of the description, which refer to the same schemas.

    :param resources: what it is about
    """

    def __init__(self, resources):
        self.resources = resources
        given = [schemas.Error, schemas.SendAnswer]
        asked = [schemas.SendRequest]
        for resource in resources:
            steps = _steps_of(resource)
            given += [resource.detail, resource.listing, *(s.answer for s in steps)]
            asked += [step.asked for step in steps]
        models = [(question, "validation") for question in dict.fromkeys(asked)]
        models += [(answer, "serialization") for answer in dict.fromkeys(given)]
        references, described = models_json_schema(models, ref_template=REF)
        # two kinds may have schemas of the same name: pydantic tells them apart
        self.references = {model: ref for (model, _mode), ref in references.items()}
        self.schemas = described["$defs"]

    def as_dict(self):
        """The whole.

        :rtype: dict
        """
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "BMAsia CRM",
                "version": VERSION,
                "description": DESCRIPTION,
            },
            "servers": [{"url": "/"}],
            "security": [{"key": []}],
            "paths": self._paths(),
            "components": {
                "schemas": self.schemas,
                "securitySchemes": {"key": SECURITY},
            },
        }

    def _paths(self):
        paths = {}
        for resource in self.resources:
            base = f"{PREFIX}/{resource.name}"
            paths[base] = {"get": self._list(resource)}
            paths[f"{base}/{{key}}"] = {"get": self._detail(resource)}
            if resource.is_document:
                paths[f"{base}/{{key}}/pdf"] = {"get": self._pdf(resource)}
                paths[f"{base}/{{key}}/send/"] = {"post": self._send(resource)}
            if resource.making:
                paths[base]["post"] = self._make(resource)
            for name, step in resource.steps.items():
                post = self._step(resource, name, step, [_key(resource)], 404)
                paths[f"{base}/{{key}}/{name}"] = {"post": post}
        return paths

    def _list(self, resource):
        return {
            "operationId": f"list_{_identifier(resource.name)}",
            "summary": f"A page of {resource.name}",
            "parameters": _query(resource.page),
            "responses": self._responses(resource.listing, 422),
        }

    def _detail(self, resource):
        return {
            "operationId": f"get_{_identifier(resource.singular)}",
            "summary": f"One {resource.singular}",
            "parameters": [_key(resource)],
            "responses": self._responses(resource.detail, 404, 422),
        }

    def _pdf(self, resource):
        responses = self._responses(None, 404, 422)
        responses["200"] = {
            "description": "The file that was sent; of a draft, what would be sent",
            "content": {
                "application/pdf": {"schema": {"type": "string", "format": "binary"}}
            },
        }
        return {
            "operationId": f"print_{_identifier(resource.singular)}",
            "summary": f"The PDF of one {resource.singular}",
            "parameters": [_key(resource)],
            "responses": responses,
        }

    def _send(self, resource):
        statuses = (400, 404, 409, 411, 413, 415, 422, 502, 503)
        responses = self._responses(schemas.SendAnswer, *statuses)
        responses["202"] = {
            "description": "In the queue until `queued_until`",
            "content": responses["200"]["content"],
        }
        asked = {"schema": self.references[schemas.SendRequest]}
        return {
            "operationId": f"send_{_identifier(resource.singular)}",
            "summary": f"Mail one {resource.singular} from the caller's own mailbox",
            "parameters": [_key(resource), IDEMPOTENCY],
            "requestBody": {"content": {JSON: asked}},
            "responses": responses,
        }

    def _make(self, resource):
        return self._step(resource, "make", resource.making, [])

    def _step(self, resource, name, step, parameters, *statuses):
        statuses += (400, 409, 411, 413, 415, 422, 503)
        asked = {"schema": self.references[step.asked]}
        return {
            "operationId": f"{name}_{_identifier(resource.singular)}",
            "summary": step.summary,
            "parameters": [*parameters, *([IDEMPOTENCY] if step.once else [])],
            "requestBody": {"content": {JSON: asked}},
            "responses": self._responses(step.answer, *statuses),
        }

    def _responses(self, answer, *statuses):
        error = {JSON: {"schema": self.references[schemas.Error]}}
        responses = {
            str(status): {"description": HTTPStatus(status).phrase, "content": error}
            for status in sorted({*ALWAYS, *statuses})
        }
        if answer:
            responses["200"] = {
                "description": "Done",
                "content": {JSON: {"schema": self.references[answer]}},
            }
        return responses


def _steps_of(resource):
    made = [resource.making] if resource.making else []
    return [*made, *resource.steps.values()]


def _identifier(words):
    return words.replace(" ", "_").replace("-", "_")


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
