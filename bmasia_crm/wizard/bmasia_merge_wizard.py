from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class BmasiaMergeWizard(models.TransientModel):
    """Asks which of several companies stays, and whether another tax ID is given up."""

    _name = "bmasia.merge.wizard"
    _description = "Merge of Companies"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "company_ids"

    company_ids = fields.Many2many(
        "bmasia.company",
        string="Companies",
        required=True,
        context={"active_test": False},
    )
    target_id = fields.Many2one(
        "bmasia.company",
        "Company That Stays",
        compute="_compute_target_id",
        store=True,
        readonly=False,
    )
    question = fields.Text(compute="_compute_question")
    is_confirmed = fields.Boolean("Merge Them All the Same")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        chosen = self.env.context.get("active_ids")
        if chosen and self.env.context.get("active_model") == "bmasia.company":
            values["company_ids"] = [Command.set(chosen)]
        return values

    @api.depends("company_ids")
    def _compute_target_id(self):
        """The first that was entered, and is not archived; of a single company, what
        looks like it."""
        for wizard in self:
            companies = wizard.company_ids._origin.sorted("id")
            if len(companies) == 1:
                companies = companies.duplicate_ids._origin
            wizard.target_id = companies.filtered("active")[:1]

    @api.depends("company_ids", "target_id")
    def _compute_question(self):
        for wizard in self:
            target = wizard.target_id._origin
            wizard.question = target and wizard._given_up()._merge_question(target)

    def _given_up(self):
        return (self.company_ids - self.target_id)._origin

    def action_confirm(self):
        """Merge, and open the company that stays.

        :returns: the action that opens it
        :rtype: dict
        :raises UserError: none stays, or another tax ID that was not confirmed
        """
        self.ensure_one()
        self._check_opened()
        if self.question and not self.is_confirmed:
            raise UserError(
                self.env._(
                    "%s\nTick “Merge Them All the Same” if they are one customer.",
                    self.question,
                )
            )
        target = self.target_id
        self._given_up().action_merge_into(target.id, confirm=self.is_confirmed)
        return target._get_records_action()
