"""One shape for every error of the REST API: ``{code, message, details}``.

The routes raise what fits (Odoo's own errors, :class:`ApiError`); the answer is made
here, once, from ``ir.http``. What nobody expected is told to the log, not to the
caller: an answer holds no traceback and no text of an unknown exception.
"""

from http import HTTPStatus

from pydantic import ValidationError
from pydantic_core import to_json
from werkzeug.exceptions import HTTPException

from odoo.exceptions import ConcurrencyError, UserError
from odoo.http import Response, request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.exceptions import DocumentConflict

_lt = LazyTranslate(__name__)

PREFIX = "/api/v1"
BUSY_SECONDS = 2  # in which those who were quicker are done

# status: (code, sentence where the error brings none)
KINDS = {
    400: ("bad_request", _lt("The request cannot be understood.")),
    401: (
        "unauthorized",
        _lt("Send a valid API key: Authorization: Bearer <key>."),
    ),
    403: ("forbidden", _lt("Your account may not do this.")),
    404: ("not_found", _lt("There is nothing at this address.")),
    405: ("method_not_allowed", _lt("This address does not know this method.")),
    409: ("wrong_state", _lt("The record's state does not allow this.")),
    411: ("length_required", _lt("Send the body with its Content-Length.")),
    413: ("too_large", _lt("The request is too large.")),
    415: (
        "unsupported_media_type",
        _lt("Send JSON, with Content-Type: application/json."),
    ),
    422: ("invalid", _lt("The request's content is not valid.")),
    500: ("internal", _lt("Something went wrong here. The server's log has it.")),
    502: ("mail_refused", _lt("The mail server refused the mail.")),
    503: ("busy", _lt("Others work on the same record. Try again.")),
}
# What the models refuse; Odoo's own errors know their status.
STATUSES = {DocumentConflict: HTTPStatus.CONFLICT}


class ApiError(HTTPException):
    """An error with a status of :data:`KINDS`.

    :param int status: HTTP status
    :param str message: for people; default: the status's
    :param dict headers: further ones
    :param details: for programs
    """

    def __init__(self, status, message=None, headers=None, **details):
        super().__init__(message)
        self.code = status
        self.extra_headers = headers or {}
        self.details = details


def is_ours(path):
    """Whether an address belongs to the REST API.

    >>> is_ours("/api/v1/quotes"), is_ours("/api/v1"), is_ours("/api/v10"), is_ours("/")
    (True, True, False, False)
    """
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def respond(content, status=200, headers=None):
    """A JSON answer; business data is nobody's to cache.

    :param content: what pydantic can write as JSON
    :rtype: odoo.http.Response
    """
    return Response(
        to_json(content),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def respond_to(exception):
    """The answer to an exception.

    :rtype: odoo.http.Response
    """
    error = as_api_error(exception)
    code, sentence = KINDS.get(error.code, KINDS[400 if error.code < 500 else 500])
    content = {
        "code": code,
        "message": error.description or request.env._(sentence),
        "details": error.details,
    }
    return respond(content, error.code, error.extra_headers)


def as_api_error(exception):
    """What an exception means for the caller.

    :rtype: ApiError
    """
    if isinstance(exception, ApiError):
        return exception
    if isinstance(exception, UserError):
        return ApiError(_status_of(exception), str(exception.args[0]))
    if isinstance(exception, (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)):
        return ApiError(503, headers={"Retry-After": str(BUSY_SECONDS)})
    if isinstance(exception, HTTPException) and exception.code:
        return ApiError(exception.code, headers=_headers_of(exception))
    return ApiError(HTTPStatus.INTERNAL_SERVER_ERROR)


def _status_of(error):
    """
    :param UserError error: what a model refused
    :rtype: int
    """
    ours = (status for kind, status in STATUSES.items() if isinstance(error, kind))
    return int(next(ours, error.http_status))


def _headers_of(exception):
    """What a refusal owes by HTTP: how to log in, which methods there are."""
    if exception.code == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    return {}


def read(validate, content):
    """Check what was sent against its schema.

    :param validate: a method of a pydantic model
    :param content: its argument
    :returns: an instance of the model
    :raises ApiError: naming every field that is wrong
    """
    try:
        return validate(content)
    except ValidationError as error:
        # not chained: pydantic's own text holds the content, and goes to the log
        raise _of_content(error) from None


def _of_content(error):
    """Name each field that is wrong; never repeat its content, it may be a secret."""
    problems = error.errors(include_url=False, include_input=False)
    if problems[0]["type"] == "json_invalid":
        return ApiError(400, request.env._("The body is no valid JSON."))
    fields = [
        {
            "field": ".".join(str(part) for part in problem["loc"]),
            "message": _problem(problem),
        }
        for problem in problems
    ]
    sentences = [": ".join(filter(None, row.values())) for row in fields]
    return ApiError(422, "; ".join(sentences), fields=fields)


def _problem(problem):
    if problem["type"] == "extra_forbidden":
        return request.env._("There is no such field.")
    return problem["msg"]
