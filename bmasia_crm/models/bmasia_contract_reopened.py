from odoo import models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools.rows import serialize

OPEN = ("draft", "sent")


class BmasiaContractReopenedMixin(models.AbstractModel):
    """A contract that was noted as signed by mistake.

    Gives what follows from a signature, so that it is not taken back any more; and what
    goes back with it: the drafts of its bills, and the contract that it had renewed.

    The model inherits ``bmasia.contract.end.mixin``,
    ``bmasia.contract.billing.mixin`` and the mixins of amendments and renewals before
    this one.
    """

    _name = "bmasia.contract.reopened.mixin"
    _description = "Contract That Is Reopened"
    _inherit = ["bmasia.reopened.mixin"]

    _answer_fields = ("signed_date",)

    def _check_can_reopen(self):
        self._check_nothing_changed()
        return super()._check_can_reopen()

    def _check_nothing_changed(self):
        if self.last_day:
            raise UserError(
                self.env._(
                    "%(document)s ends before its time, on %(day)s. Let it go on "
                    "first, then reopen it.",
                    document=self.display_name,
                    day=self._say_day(self.last_day),
                )
            )
        if pause := self.pause_ids.filtered(lambda each: each.state == "active")[:1]:
            raise UserError(
                self.env._(
                    "%(document)s is paused from %(day)s on. Withdraw the pause first, "
                    "then reopen it.",
                    document=self.display_name,
                    day=self._say_day(pause.date_from),
                )
            )

    def _followers(self):
        contract = self.sudo()
        uses = contract._advances().filtered(lambda use: use.state != "voided")
        bills = contract.invoice_ids | contract.schedule_ids.invoice_id
        return [
            *super()._followers(),
            *contract.renewal_id,
            *contract.amendment_ids.filtered(lambda each: each.state != "cancelled"),
            *bills.filtered(lambda bill: bill.state not in ("draft", "cancelled")),
            *uses.payment_id,
        ]

    def _reopen(self, reason):
        predecessor = self.renewed_from_id
        result = super()._reopen(reason)
        self._withdraw_drafts()
        self._plan()
        predecessor._unsettle_renewal()
        return result

    def _withdraw_drafts(self):
        """Take back the drafts of what is no longer to be billed."""
        rows = self.sudo().schedule_ids.filtered(
            lambda row: row.invoice_id.state == "draft"
        )
        rows._withdraw_invoices()
        rows.invalidate_recordset(["invoice_id"])

    def _unsettle_renewal(self):
        """Contracts whose successor is not signed after all are what they were."""
        for contract in self.filtered(lambda each: each.state == "renewed"):
            serialize(contract)
            is_over = contract.end_date < contract._today()
            contract._transition_to("expired" if is_over else "active")

    def _check_successor_open(self):
        if self.renewal_id.state not in OPEN:
            raise UserError(
                self.env._("The renewal of %s is signed.", self.display_name)
            )
