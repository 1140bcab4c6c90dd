"""What probes and Prometheus ask: no login, no session, no personal data."""

import threading
import time

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..tools.findings import FAIL
from ..tools.tokens import bearer

KEPT_SECONDS = 5  # an answer to the probe counts for: many may ask
TEXT = "text/plain; version=0.0.4; charset=utf-8"  # as Prometheus names it
_kept = {}  # by database: when, findings
_one = threading.Lock()


def health_route(path):
    """An address that is open to all, and keeps nothing of who asked."""
    return http.route(
        path,
        type="http",
        auth="none",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )


def health():
    """``bmasia.health`` for a request that nobody is logged in for."""
    env = request.env(user=SUPERUSER_ID, context={"lang": "en_US"})
    return env["bmasia.health"]


def findings():
    """What the probe's checks found, a few seconds ago at most."""
    name = request.db
    with _one:
        at, found = _kept.get(name, (0, None))
        if found is None or time.monotonic() - at > KEPT_SECONDS:
            found = health()._probe()
            _kept[name] = (time.monotonic(), found)
    return found


class Health(http.Controller):
    @health_route("/crm/health")
    def health(self):
        """200 and ``{"status": "pass"}``, or 503 and the names of the checks that
        fail. Who has the token reads what they found, too. While the database is away,
        ``absence.py`` answers.
        """
        found = findings()
        failing = sorted({each["check"] for each in found if each["state"] == FAIL})
        body = {"status": "fail" if failing else "pass"}
        if failing:
            body["failing"] = failing
        token = bearer(request.httprequest.headers.get("Authorization", ""))
        if token and health()._is_token(token):
            body["findings"] = found
        return uncached(
            request.make_json_response(body, status=503 if failing else 200)
        )

    @health_route("/crm/metrics")
    def metrics(self):
        """Prometheus' text, for who has the token; 404 where there is none."""
        watched = health()
        if not watched._has_token():
            return request.not_found()
        token = bearer(request.httprequest.headers.get("Authorization", ""))
        if not token or not watched._is_token(token):
            return request.make_response(
                "401", [("WWW-Authenticate", "Bearer")], status=401
            )
        return uncached(
            request.make_response(watched._metrics(), [("Content-Type", TEXT)])
        )


def uncached(response):
    response.headers["Cache-Control"] = "no-store"
    return response
