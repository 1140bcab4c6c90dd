import logging

from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.findings import FAIL, Finding, worst

_logger = logging.getLogger(__name__)

ADMINISTRATOR = "base.group_system"
PROBE_TIMEOUT = "3s"  # of a statement: a probe gets its answer, whatever holds a table


class BmasiaHealth(models.AbstractModel):
    """Whether this installation works: checks, one method each.

    Gives: ``odoo crm doctor``, the page *System Health*, ``/crm/health`` and
    ``/crm/metrics``.

    Another addon adds a check by a method of its own, which is found by its name and
    its mark::

        class BmasiaHealth(models.AbstractModel):
            _inherit = "bmasia.health"

            @check(_lt("Ledger"), 900)
            def _check_ledger(self):
                return Finding(WARN, self.env._("…"), self.env._("…"))

    It returns a :class:`Finding` or a list of them, reads as superuser, and changes
    nothing. ``is_probe=True`` makes it one that ``/crm/health`` asks, and goes red for:
    it must be cheap, and fail only for what somebody has to be woken up for.
    ``is_remote=True`` leaves it out until somebody asks for connections, too.
    """

    _name = "bmasia.health"
    _description = "Health of the System"
    _inherit = [
        "bmasia.health.database.mixin",
        "bmasia.health.mail.mixin",
        "bmasia.health.metrics.mixin",
        "bmasia.health.server.mixin",
        "bmasia.health.token.mixin",
    ]

    @api.model
    def get_findings(self, remote=False):
        """What an administrator reads on the page.

        :param bool remote: try mail servers and the public address, too
        :returns: ``{"state": …, "has_token": …, "findings": [{"check", "label",
            "about", "state", "found", "todo"}]}``; states are ok, warn and fail
        :raises AccessError: no administrator
        """
        self._check_administrator()
        findings = self.sudo()._findings(remote=remote)
        return {
            "state": worst(finding["state"] for finding in findings),
            "has_token": self.sudo()._has_token(),
            "findings": findings,
        }

    @api.model
    def make_token(self):
        """Make a new token for programs that watch, in place of the former one. It is
        shown once: what is kept is a digest.

        :returns: the token
        :rtype: str
        :raises AccessError: no administrator
        """
        self._check_administrator()
        return self.sudo()._new_token()

    def _check_administrator(self):
        if not self.env.su and not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(
                self.env._("Only administrators look at the health of the system.")
            )

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.model
    def _checks(self):
        """``[(name, Check)]`` in their order."""
        found = {}
        for base in reversed(type(self).mro()):
            for name, method in vars(base).items():
                if mark := getattr(method, "health_check", None):
                    found[name.removeprefix("_check_")] = mark
        return sorted(found.items(), key=lambda item: (item[1].sequence, item[0]))

    @api.model
    def _findings(self, remote=False):
        """What all checks find, as superuser.

        :param bool remote: also those that open connections to other machines
        :rtype: list[dict]
        """
        return [
            finding
            for name, mark in self._checks()
            if remote or not mark.is_remote
            for finding in self._findings_of(name, mark)
        ]

    @api.model
    def _probe(self):
        """What the checks find that a probe asks, as superuser."""
        self.env.cr.execute("SET LOCAL statement_timeout = %s", [PROBE_TIMEOUT])
        return [
            finding
            for name, mark in self._checks()
            if mark.is_probe
            for finding in self._findings_of(name, mark)
        ]

    def _findings_of(self, name, mark):
        """What one check finds; one that fails is a finding, too."""
        try:
            with self.env.cr.savepoint(flush=False):
                found = getattr(self, f"_check_{name}")()
        except Exception as error:
            _logger.exception("health: the check %s failed", name)
            found = Finding(
                FAIL,
                self.env._("This could not be checked: %s", type(error).__name__),
                self.env._("Read the reason in the log of the server."),
            )
        return [
            {
                "check": name,
                "label": self.env._(mark.label),
                "about": finding.about,
                "state": finding.state,
                "found": finding.found,
                "todo": finding.todo,
            }
            for finding in (found if isinstance(found, list) else [found])
        ]

    @api.model
    def _number(self, key, default):
        """A system parameter that is a number above 0; anything else is the default."""
        text = self.env["ir.config_parameter"].sudo().get_param(f"bmasia_health.{key}")
        return int(text) if text and text.isdigit() and int(text) else default
