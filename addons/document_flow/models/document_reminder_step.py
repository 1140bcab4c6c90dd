from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.reminders import Step

LONGEST = 365  # days after a document's day; later it is no reminder any more


class DocumentReminderStep(models.Model):
    """When a step of a reminder comes, and with which words, where a manager says so.

    A step that nobody has changed has no row: it is as its rule says. A row of one
    billing entity counts more than one of all.
    """

    _name = "document.reminder.step"
    _description = "Step of a Reminder"
    _inherit = ["document.entity.mixin"]
    _order = "kind, company_id, id"
    _rec_name = "kind"

    kind = fields.Selection(
        lambda self: self._selection_kind(), "Reminder", required=True
    )
    company_id = fields.Many2one(
        "res.company",
        "Billing Entity",
        index=True,
        ondelete="cascade",
        help="Empty: all that have no row of their own.",
    )
    days = fields.Integer(
        "After Days",
        compute="_compute_proposal",
        store=True,
        readonly=False,
        precompute=True,
        help="Days after the day that the reminder counts from: the due date of an "
        "invoice, the day on which a quote was sent.",
    )
    template_id = fields.Many2one(
        "mail.template",
        "E-mail",
        compute="_compute_proposal",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('model', '=', model)]",
    )
    model = fields.Char(compute="_compute_model")
    is_left_out = fields.Boolean("Skipped", help="Nobody is reminded at this step.")

    _once = models.UniqueIndex(
        "(kind, COALESCE(company_id, 0))", "This step has a row already."
    )

    @api.model
    def _selection_kind(self):
        kinds = self.env["document.reminder"]._fields["kind"]
        return kinds._description_selection(self.env)

    @api.model
    def _rules(self):
        """The rule and the document's model behind each step, by the step's name."""
        return {
            step.kind: (model, model._reminder_rule, step)
            for model in self.env["document.mixin"]._kinds().values()
            if model._reminder_rule
            for step in model._reminder_rule.steps
        }

    @api.depends("kind")
    def _compute_model(self):
        rules = self._rules()
        for row in self:
            row.model = row.kind in rules and rules[row.kind][0]._name

    @api.depends("kind")
    def _compute_proposal(self):
        rules = self._rules()
        for row in self:
            if row.kind in rules:
                _model, rule, step = rules[row.kind]
                template = self.env.ref(step.template or rule.template).sudo()
                row.days, row.template_id = step.days, template.sudo(self.env.su)

    @api.constrains("kind", "company_id", "days", "template_id", "is_left_out")
    def _check_step(self):
        rules = self._rules()
        for row in self:
            model, rule, _step = rules.get(row.kind, (None, None, None))
            if model is None:
                raise ValidationError(
                    self.env._("No document has this reminder: %s", row.kind)
                )
            if not 0 <= row.days <= LONGEST:
                raise ValidationError(
                    self.env._("A reminder comes 0 to %s days later.", LONGEST)
                )
            if row.template_id.sudo().model != model._name:
                raise ValidationError(
                    self.env._("Choose an e-mail template of the same documents.")
                )
            row._check_order(rule)

    def _check_order(self, rule):
        """The steps of an entity come one after the other."""
        for company in self.company_id or self.company_id.sudo().search([]):
            days = [step.days for step in self._steps_of(rule, company)]
            if len(set(days)) != len(days) or days != sorted(days):
                raise ValidationError(
                    self.env._(
                        "The steps of a reminder come one after the other: here after "
                        "%s days.",
                        ", ".join(map(str, days)),
                    )
                )

    @api.model
    def _steps_of(self, rule, company):
        """The steps of a rule as a billing entity has them.

        :param rule: a ``Rule``
        :param company: ``res.company``
        :returns: list of ``Step``, whose template is an xml id, or empty
        """
        rows = self._rows_of(company)
        return [
            Step(step.kind, rows[step.kind].days, step.template)
            if step.kind in rows
            else step
            for step in rule.steps
            if not (step.kind in rows and rows[step.kind].is_left_out)
        ]

    @api.model
    def _rows_of(self, company):
        """The rows that count for an entity, by the step's name."""
        rows = self.sudo().search([("company_id", "in", [company.id, False])])
        general = rows.filtered(lambda row: not row.company_id)
        found = {row.kind: row for row in general}
        return {**found, **{row.kind: row for row in rows - general}}

    @api.model
    def _template_of(self, rule, kind, company):
        """The e-mail of a step.

        :returns: xml id, or the id of a ``mail.template``, as a text
        """
        row = self._rows_of(company).get(kind)
        if row and row.template_id:
            return str(row.template_id.id)
        named = {step.kind: step.template for step in rule.steps}
        return named.get(kind) or rule.template
