from odoo import fields, models

from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.reminders import Rule, Step
from odoo.addons.document_flow.tools.transitions import Transition

USER = "document_flow.group_user"


class DeliveryNote(models.Model):
    """What is handed to a customer, until they confirm that it arrived."""

    _name = "delivery.note"
    _description = "Delivery Note"
    _inherit = ["document.draft.mixin"]
    _plural = "delivery-notes"
    _number_codes = {"delivery_note": Codes("DN", "DN")}
    _report = "delivery_note.action_report"
    _mail_template = "delivery_note.template_send"
    _document_fields = frozenset({"partner_id", "company_id", "lang", "date", "goods"})
    _transitions = {
        ("draft", "sent"): Transition(USER, ("_check_can_leave_draft",)),
        ("sent", "delivered"): Transition(USER, (), "delivered_date"),
    }
    _reminder_rule = Rule("delivery_note.template_reminder", [Step("undelivered", 7)])

    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent"), ("delivered", "Delivered")]
    )
    date = fields.Date(required=True, default=lambda self: self.env.company._today())
    goods = fields.Text(required=True, help="What is delivered. Printed.")
    delivered_date = fields.Date("Delivered On", readonly=True, copy=False)

    def action_deliver(self):
        """The customer confirmed that it arrived.

        :returns: True
        """
        self._transition_to("delivered")
        return True
