from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools.reminders import WINDOW, Rule, Step

TEMPLATE = "bmasia_crm.template_withholding_reminder"
RECEIVES = "receives_invoices"


class BmasiaReceiptWithholdingMixin(models.AbstractModel):
    """A receipt of a payment of which tax was withheld, until the certificate is here.

    Gives: the mail that asks for it, from one's own account, on a button, for programs,
    and as a reminder after 30, 60 and 90 days.

    The model provides ``allocation_ids`` and ``state``.
    """

    _name = "bmasia.receipt.withholding.mixin"
    _description = "Receipt With a Certificate Owed"

    _reminder_rule = Rule(
        switch="withholding_reminders",
        template=TEMPLATE,
        receives=RECEIVES,
        steps=(
            Step("withholding_30", 30),
            Step("withholding_60", 60),
            Step("withholding_90", 90),
        ),
    )

    def _is_certificate_owed(self):
        certificates = self.sudo().allocation_ids.certificate_id
        return self.state == "issued" and "owed" in certificates.mapped("state")

    def _check_certificate_owed(self):
        if not self._is_certificate_owed():
            raise UserError(
                self.env._("No certificate is owed for %s.", self.display_name)
            )

    def action_ask_certificate(self):
        """Open the mail that asks for the certificate, for review.

        :returns: an action
        :rtype: dict
        :raises UserError: none is owed
        """
        self.ensure_one()
        self._check_certificate_owed()
        return self._open_reminder(self.reminder_id)

    def send_certificate_request(self, recipients=None, cc=None, idempotency_key=None):
        """Ask the customer for the certificate, from the acting user's own mailbox.

        :param list[str] recipients: addresses; default: who receives invoices
        :param list[str] cc: addresses
        :param str idempotency_key: a second call with the same key sends nothing
        :returns: as ``send_email``
        :rtype: dict
        :raises UserError: none is owed
        """
        self.ensure_one()
        self.check_access("write")
        self._check_certificate_owed()
        letter = {"to": recipients, "cc": cc}
        return self._send_notice(TEMPLATE, RECEIVES, letter, idempotency_key)

    @api.model
    def _reminder_candidates(self, company):
        days = [step.days for step in self._reminder_rule.steps]
        today = company._today()
        return self.search(
            [
                *(("company_id", "=", company.id), ("state", "=", "issued")),
                ("allocation_ids.certificate_id.state", "=", "owed"),
                ("date", "<=", today - timedelta(days=days[0])),
                ("date", ">=", today - timedelta(days=days[-1] + WINDOW)),
            ]
        )

    def _reminder_day(self):
        return self.date

    def _is_reminder_due(self):
        return self._is_certificate_owed()

    def _reminder_facts(self):
        return {"withheld": self._format_money(self.withholding_amount)}

    def _why_not_reminded(self):
        if self.state == "issued" and not self._is_certificate_owed():
            return self.env._(
                "Not sent: the certificate for %s is here.", self.display_name
            )
        return super()._why_not_reminded()
