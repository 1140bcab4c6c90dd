"""What is answered while the database is away: 503, and try again.

Odoo knows no address then but those of the modules that are named in
``server_wide_modules``, and answers 404 to the rest: to a probe that there is no such
page, and to a program that there is no such document.
"""

from werkzeug.exceptions import NotFound
from werkzeug.routing import Rule

from odoo import http
from odoo.http import request

from .health import uncached

SENTENCE = "The database cannot be reached at the moment. Try again in a minute.\n"
RETRY_SECONDS = 30
ROUTING = {
    "type": "http",
    "auth": "none",
    "methods": None,
    "csrf": False,  # nothing is done
    "save_session": False,  # who is logged in stays so
}


def answer_without_a_database():
    """Add what answers then to the addresses that Odoo knows without a database."""
    known = http.root.nodb_routing_map
    if any(rule.endpoint is health for rule in known.iter_rules()):
        return
    for path, answer in (("/crm/health", health), ("/<path:rest>", anything)):
        answer.routing = {**ROUTING, "routes": [path]}
        known.add(Rule(path, endpoint=answer))


def health():
    """503 and the name of what fails, as ``/crm/health`` answers."""
    _check_database_is_away()
    body = {"status": "fail", "failing": ["database"]}
    return uncached(request.make_json_response(body, status=503))


def anything(rest):
    """503 and a sentence."""
    _check_database_is_away()
    headers = [("Content-Type", "text/plain"), ("Retry-After", str(RETRY_SECONDS))]
    return uncached(request.make_response(SENTENCE, headers, status=503))


def _check_database_is_away():
    """
    :raises NotFound: there are several, and the request names none
    """
    if len(http.db_list(force=True)) > 1:
        raise NotFound
