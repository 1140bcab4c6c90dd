"""XML-RPC, JSON-RPC and JSON-2 without tracebacks.

Core puts the traceback of an error into its answer to programs, and the text of
whatever went wrong. That is for the server's log; callers get what people are told, and
of an unexpected error its first line.
"""

import json
import xmlrpc.client
from http import HTTPStatus

import psycopg2
from werkzeug.exceptions import HTTPException

from odoo.exceptions import UserError
from odoo.http import Response, SessionExpiredException, route

from odoo.addons.document_flow.exceptions import DocumentConflict
from odoo.addons.rpc.controllers import RPC
from odoo.addons.rpc.controllers.xmlrpc import RPC_FAULT_CODE_APPLICATION_ERROR, dumps

JSON_RPC = "/jsonrpc"
LINE_LENGTH = 300  # characters; what is longer quotes data
INTERNAL = "Internal error. The server's log has it."
USER_ERROR = "odoo.exceptions.UserError"
EXPECTED = (UserError, HTTPException, SessionExpiredException)


def is_program(request):
    """Whether a program waits for the answer, not Odoo's own web client, whose dialog
    shows the traceback to who has logged in.
    """
    by_json2 = request.dispatcher.routing_type == "json2"
    return by_json2 or request.httprequest.path == JSON_RPC


def first_line(error):
    """What may be told of an unexpected error.

    >>> first_line(ValueError("Invalid field 'x' on 'y'\\nTraceback ..."))
    "ValueError: Invalid field 'x' on 'y'"
    >>> first_line(psycopg2.OperationalError('connection to "db" as "odoo" failed'))
    "Internal error. The server's log has it."
    """
    # A database error quotes whole rows, with all that stands in them.
    if isinstance(error, psycopg2.Error | OSError):
        return INTERNAL
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:LINE_LENGTH]}".rstrip(": ")


def without_traceback(error, response):
    """The same answer without what is not the caller's business.

    :param Exception error: what happened
    :param response: core's JSON answer to it
    :rtype: odoo.http.Response
    """
    if getattr(response, "mimetype", "") != "application/json":
        return response
    content = json.loads(response.get_data())
    is_json2 = "error" not in content
    told = content if is_json2 else content["error"].get("data")
    if told is None or "debug" not in told:
        return response
    if isinstance(error, DocumentConflict):
        told["name"] = USER_ERROR  # programs know Odoo's own errors
        if is_json2:
            response.status_code = HTTPStatus.CONFLICT
    told["debug"] = ""
    # what a button of the web client does; programs get the words
    told["context"] = {}
    told["arguments"] = [str(part) for part in told.get("arguments", ())][:1]
    if not isinstance(error, EXPECTED):
        told.update(message=first_line(error), arguments=[first_line(error)])
    response.set_data(json.dumps(content))
    return response


class QuietRpc(RPC):
    @route()
    def xmlrpc_1(self, service):
        """Core's, without its traceback."""
        return self._quiet(super().xmlrpc_1, service, lambda line: (line, ""))

    @route()
    def xmlrpc_2(self, service):
        """Core's, without its traceback."""
        code = RPC_FAULT_CODE_APPLICATION_ERROR
        return self._quiet(super().xmlrpc_2, service, lambda line: (code, line))

    def _quiet(self, call, service, fault):
        try:
            return call(service)
        except Exception as error:
            if not isinstance(error, UserError):
                told = xmlrpc.client.Fault(*fault(first_line(error)))
                error.error_response = Response(
                    dumps(told), status=HTTPStatus.OK, mimetype="text/xml"
                )
            raise
