import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

from odoo.addons.document_flow.tools.rows import serialize
from odoo.addons.document_flow.tools.transitions import Question

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

SIGNED = ("active", "expired", "renewed")
RENEWAL_STATES = [
    ("due", "Due"),
    ("talks", "In Talks"),
    ("renewed", "Renewed"),
    ("lost", "Lost"),
]


class BmasiaContractOutcomeMixin(models.AbstractModel):
    """What becomes of a contract at its end: due, in talks, renewed or lost.

    Gives where the renewal stands, why a contract is lost, which a person says, and the
    cron that drafts renewals where that is wanted.

    The model provides ``state``, ``end_date``, ``notice_from``, ``renewal_id``,
    ``last_day``, ``signed_date`` and inherits ``bmasia.contract.renewal.mixin``.

    How it works: the cron writes one draft per term, and a task for whoever is
    responsible. It sends nothing and signs nothing. ``renewal_drafted_for`` keeps the
    end of the term that a draft was written for, by a person or by the cron: what
    somebody cancelled or deleted is not written again.
    """

    _name = "bmasia.contract.outcome.mixin"
    _description = "Outcome of a Contract's Term"
    _further_questions = (
        Question(
            "action_lose",
            _lt("Mark as not renewed"),
            reason=_lt("Reason for not renewing"),
            hint=_lt("What the customer said. Not printed."),
        ),
    )

    auto_renew = fields.Boolean(
        help="When the notice window opens, the draft of the renewal is written, once, "
        "with a task for who is responsible. Nothing is sent or renewed automatically.",
    )
    renewal_drafted_for = fields.Date(
        readonly=True,
        copy=False,
        help="The end of the term that a renewal was drafted for.",
    )
    renewal_state = fields.Selection(
        RENEWAL_STATES,
        "Renewal Status",
        compute="_compute_renewal_state",
        store=True,
        help="Due: nothing is written yet. In talks: the renewal is a draft, or sent. "
        "Empty: nothing that recurs, or it never ran.",
    )
    lost_reason = fields.Text(
        "Reason for Not Renewing",
        readonly=True,
        copy=False,
        tracking=True,
        help="What the customer said.",
    )

    @api.depends(
        *("state", "renewal_id.state", "lost_reason", "last_day", "signed_date"),
        *("end_date", "service_line_ids.kind", "service_line_ids.display_type"),
        *("service_line_ids.service_from", "service_line_ids.service_to"),
    )
    def _compute_renewal_state(self):
        for contract in self:
            renews = contract.end_date and contract._renewed_lines()
            contract.renewal_state = contract._outcome() if renews else False

    def _outcome(self):
        """Where the renewal of a contract stands: a key of ``RENEWAL_STATES``."""
        renewal = self.renewal_id.state
        if self.state in ("draft", "sent"):
            return False
        if self.state == "cancelled":
            return "lost" if self.last_day or self.signed_date else False
        if self.state == "renewed" or renewal in SIGNED:
            return "renewed"
        if self.lost_reason or (self.state == "expired" and not renewal):
            return "lost"
        return "talks" if renewal else "due"

    def _reason_of_loss(self):
        """Why a contract is lost, as somebody said; empty if nobody did."""
        return self.lost_reason or self.cancel_reason or ""

    # ------------------------------------------------------------
    # LOST
    # ------------------------------------------------------------

    def action_lose(self, reason):
        """Say that the customer does not renew, and why.

        A contract that runs goes on until its end, without reminders. A renewal that is
        not signed is dropped. *Renew* takes it back.

        :param str reason: for the record
        :returns: True
        :raises UserError: no reason, the contract does not end with its term, or its
            renewal is signed
        """
        reason = self._read_reason(
            reason, self.env._("Say why the customer does not renew.")
        )
        for contract in self:
            contract.check_access("write")
            contract._check_may_be_lost()
            serialize(contract)
            contract._drop_unsigned_renewal(reason)
            contract.sudo().lost_reason = reason
            contract._end_reminders()
            contract.activity_feedback(["bmasia_crm.activity_lost"], feedback=reason)
        return True

    def _check_may_be_lost(self):
        if self.state not in ("active", "expired"):
            raise UserError(
                self.env._(
                    "%s does not end with its term: only a contract that runs or has "
                    "expired is renewed, or not.",
                    self.display_name,
                )
            )
        if self.renewal_id.state in SIGNED:
            raise UserError(
                self.env._(
                    "%(renewal)s renews %(contract)s and is signed.",
                    renewal=self.renewal_id.display_name,
                    contract=self.display_name,
                )
            )

    def _drop_unsigned_renewal(self, reason):
        """By the rights of who says so: what has a number, a manager cancels."""
        renewal = self.renewal_id
        if renewal and not renewal.name:
            renewal.unlink()
        elif renewal:
            renewal.action_cancel(reason)

    def _ask_why_lost(self):
        """A task for who is responsible, where nobody said why."""
        for contract in self:
            if contract.renewal_state == "lost" and not contract._reason_of_loss():
                contract._give_task(
                    "bmasia_crm.activity_lost",
                    _lt("Not renewed: say why"),
                )

    def _transition_to(self, state, **vals):
        result = super()._transition_to(state, **vals)
        if state == "expired":
            self._ask_why_lost()
        return result

    def _give_task(self, kind, summary, note=None):
        """A task for who is responsible for this contract, in that person's language.

        :param str kind: xml id of the type of activity
        :param summary: lazily translated
        """
        person = self.env["document.reminder"]._responsible(self)
        env = self.with_context(lang=person.lang).env
        # the task is enough: no mail says that there is one
        quiet = self.with_context(mail_activity_quick_update=True)
        quiet.activity_schedule(
            kind, summary=env._(summary), note=note, user_id=person.id
        )

    # ------------------------------------------------------------
    # DRAFTED BY ITSELF
    # ------------------------------------------------------------

    @api.model
    def _cron_draft_renewals(self):
        """Draft the renewals of those who want it, when their notice window opens."""
        contracts = self._renewals_to_draft()
        cron, left = self.env["ir.cron"], len(contracts)
        cron._commit_progress(remaining=left)
        for contract in contracts:
            free = contract.try_lock_for_update()
            free.invalidate_recordset()  # another worker may have written it meanwhile
            free.filtered(lambda each: each._is_to_draft())._draft_or_tell()
            left -= 1
            if not cron._commit_progress(1, remaining=left):
                break

    @api.model
    def _renewals_to_draft(self):
        found = self
        for company in self.env["res.company"].sudo().search([]):
            today = company._today()
            due = Domain("company_id", "=", company.id) & Domain("state", "=", "active")
            due &= Domain("auto_renew", "=", True) & Domain("renewal_state", "=", "due")
            due &= Domain("notice_from", "<=", today) & Domain("end_date", ">=", today)
            found |= self.search(due & Domain("last_day", "=", False))
        return found.filtered(lambda each: each._is_to_draft())

    def _is_to_draft(self):
        """Whether a draft is wanted that nobody has written for this term."""
        self.ensure_one()
        is_due = self.auto_renew and self.renewal_state == "due" and not self.last_day
        return is_due and self.renewal_drafted_for != self.end_date

    def _draft_or_tell(self):
        """The draft and its task; where that fails, a task that says so, once."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                quiet = self.with_context(mail_auto_subscribe_no_notify=True)
                renewal = quiet._create_renewal(self._renewal_prices())
                renewal._give_task(
                    "bmasia_crm.activity_renewal",
                    _lt("Renewal: review and send it"),
                )
        except UserError as error:
            _logger.warning("%s cannot be renewed: %s", self.display_name, error)
            self.renewal_drafted_for = self.end_date
            self._give_task(
                "bmasia_crm.activity_renewal",
                _lt("The renewal could not be drafted"),
                str(error),
            )
