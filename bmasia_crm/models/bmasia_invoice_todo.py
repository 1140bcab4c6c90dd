from ast import literal_eval

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.reminders import step_of
from odoo.addons.document_flow.tools.rows import window_of
from odoo.addons.document_flow.tools.todo import Area, Todo

from ..tools.roles import FINANCE

_lt = LazyTranslate(__name__)

INVOICING = Area("invoicing", _lt("Invoicing"), 30)


def payment_dialog(records):
    """The action that opens *Register Payment* on documents, money or a customer."""
    action = records.env["ir.actions.act_window"]._for_xml_id(
        "bmasia_crm.bmasia_payment_wizard_action"
    )
    active = {"active_model": records._name, "active_ids": records.ids}
    context = literal_eval(action["context"])
    return {**action, "context": {**context, **active, "active_id": records[:1].id}}


class BmasiaInvoiceTodoMixin(models.AbstractModel):
    """What of an invoice comes up on My Day of Finance.

    Gives: drafts to send, overdue invoices to ask for, and what is to be paid back.

    The model provides what payments, reminders and credit notes say of an invoice.
    """

    _name = "bmasia.invoice.todo.mixin"
    _description = "Invoice on My Day"

    _reminder_stake = "amount_due"
    _todos = (
        Todo(
            "draft_invoices",
            _lt("Drafts to send"),
            INVOICING,
            domain="_todo_drafts",
            button=_lt("Review and send"),
            method="action_send",
            sequence=20,
            group=FINANCE,
            person="",
            amount="amount_total_signed",
            day="issue_date",
            when=_lt("Dated"),
            order="issue_date, id",
        ),
        Todo(
            "overdue_invoices",
            _lt("Overdue invoices"),
            INVOICING,
            domain="_todo_overdue",
            button=_lt("Send reminder"),
            method="action_chase",
            sequence=30,
            group=FINANCE,
            person="",
            amount="amount_due",
            day="due_date",
            when=_lt("Due on"),
            order="due_date, id",
        ),
        Todo(
            "refunds",
            _lt("Refunds to pay"),
            INVOICING,
            domain="_todo_refunds",
            button=_lt("Pay back"),
            method="action_pay_back",
            sequence=50,
            group=FINANCE,
            person="",
            amount="amount_refund",
            day="issue_date",
            when=_lt("Invoiced on"),
            order="issue_date, id",
        ),
    )

    def action_chase(self):
        """Open the mail that asks for all that the customer owes: the reminder that
        waits, else the words of the step that is reached.

        :returns: an action
        :rtype: dict
        :raises UserError: nothing of it is due
        """
        self.ensure_one()
        self._check_is_chased()
        if self.reminder_id:
            return self.action_send_reminder()
        steps = self._reminder_steps(self.company_id)
        kind, _passed = step_of(steps, self._reminder_age())
        return self.env["document.send.wizard"]._open_for(
            self,
            self.env["document.reminder.step"]._template_of(
                self._reminder_rule, kind or "", self.company_id
            ),
            self._reminder_rule.receives,
            self.reminder_id,
            self._reminder_files(),
        )

    def action_pay_back(self):
        """Open what notes the money that goes back to the customer: of the credit note
        that gives it back, else the invoice.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        note = self.credit_note_ids.filtered(
            lambda note: note.state == "issued" and note.payment_state != "paid"
        )[:1]
        if not note:
            return window_of(self)
        return payment_dialog(note)

    @api.model
    def _todo_drafts(self):
        return [("state", "=", "draft")]

    @api.model
    def _todo_overdue(self):
        """Neither disputed, nor promised, nor on a billing note that is not due."""
        today = fields.Date.context_today(self)
        billed = [("note_id.state", "=", "sent"), ("note_id.payment_date", ">=", today)]
        return [
            ("is_overdue", "=", True),
            ("kind", "=", "invoice"),
            ("dispute_reason", "=", False),
            *("|", ("promise_date", "=", False), ("promise_date", "<", today)),
            ("billing_line_ids", "not any", billed),
        ]

    @api.model
    def _todo_refunds(self):
        return [("amount_refund", ">", 0)]

    def _todo_why(self, todo):
        if todo.key != "overdue_invoices":
            return ""
        said = [self.env._("%s days overdue", self.days_overdue), self.reminder_words]
        if self.reminded_date:
            day = self._say_day(self.reminded_date)
            said.append(self.env._("last reminded on %s", day))
        return ", ".join(filter(None, said))
