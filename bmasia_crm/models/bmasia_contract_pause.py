from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools.rows import serialize


class BmasiaContractPause(models.Model):
    """Days of a contract on which nothing is served, nor charged."""

    _name = "bmasia.contract.pause"
    _description = "Pause of a Contract"
    _inherit = ["document.entity.mixin"]
    _order = "date_from, id"
    _rec_name = "date_from"

    _entity_path = "contract_id.company_id"

    contract_id = fields.Many2one(
        "bmasia.contract", required=True, index=True, readonly=True, ondelete="cascade"
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True)
    reason = fields.Char(required=True, readonly=True)
    said_by = fields.Char(
        "Requested By", readonly=True, help="At the customer's, or one of us."
    )
    term_end = fields.Date(
        "Extended Until",
        readonly=True,
        help="The last day of the term, where the pause makes it longer.",
    )
    state = fields.Selection(
        [("active", "Active"), ("withdrawn", "Withdrawn")],
        default="active",
        required=True,
        readonly=True,
    )

    _days = models.Constraint(
        "CHECK (date_from <= date_to)", "A pause ends on its first day or later."
    )

    def _words(self):
        """What is said of it in the history of the contract."""
        self.ensure_one()
        contract = self.contract_id
        values = {
            "first": contract._say_day(self.date_from),
            "last": contract._say_day(self.date_to),
            "reason": self.reason,
            "who": self.said_by,
        }
        if self.said_by:
            return self.env._(
                "Paused from %(first)s to %(last)s: %(reason)s (%(who)s)", **values
            )
        return self.env._("Paused from %(first)s to %(last)s: %(reason)s", **values)

    def _printed_words(self):
        """Which days are not served, without the reason, which is for the record."""
        self.ensure_one()
        days = (self.date_from, self.date_to)
        first, last = map(self.contract_id.with_env(self.env)._format_day, days)
        return self.env._(
            "Not served from %(first)s to %(last)s", first=first, last=last
        )

    def action_withdraw(self):
        """Serve and charge these days after all.

        :returns: True
        :raises UserError: withdrawn already, the contract has ended, or its term was
            changed since
        """
        for pause in self:
            contract = pause.contract_id
            contract.check_access("write")
            serialize(contract)
            pause._check_can_withdraw()
            pause.sudo().state = "withdrawn"
            contract._follow_change()
            said = self.env._("Not paused after all: %(first)s – %(last)s")
            days = (pause.date_from, pause.date_to)
            first, last = map(contract._format_day, days)
            contract.message_post(body=said % {"first": first, "last": last})
        return True

    def _check_can_withdraw(self):
        contract = self.contract_id
        contract._check_runs()
        if self.state != "active":
            raise UserError(self.env._("This pause was withdrawn already."))
        if self.term_end:
            contract._check_term_may_change()
        if self.term_end and contract._term_end() != self.term_end:
            raise UserError(
                self.env._(
                    "The term was changed after this pause made it longer. Take that "
                    "change back first."
                )
            )
