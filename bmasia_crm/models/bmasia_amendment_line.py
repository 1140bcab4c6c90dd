from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.service import Line, Span, without

# What a changed line has of its own, else of the line that it changes.
FIGURES = (
    *("sequence", "name", "quantity", "unit_price", "discount", "kind"),
    *("list_value", "date_from", "date_to", "location"),
)


class BmasiaAmendmentLine(models.Model):
    """One change of a contract: a line that comes, changes, or goes.

    Its figures are those of the new state; a change starts with the figures of the line
    that it changes. Once the amendment is active, the contract has a line of it
    (``brought_ids``).
    """

    _name = "bmasia.amendment.line"
    _description = "Change of a Contract"
    _inherit = ["bmasia.document.line.mixin"]

    _document_field = "amendment_id"
    _entity_path = "amendment_id.company_id"

    amendment_id = fields.Many2one(
        "bmasia.amendment", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="amendment_id.currency_id")
    action = fields.Selection(
        [("add", "Add"), ("change", "Change"), ("remove", "Remove")],
        "What",
        default="add",
        required=True,
    )
    contract_line_id = fields.Many2one(
        "bmasia.contract.line",
        "Line of the Contract",
        index="btree_not_null",
        ondelete="restrict",
        help="Which line is changed or removed.",
    )
    location = fields.Char("Where", help="The venue or zone. Printed.")
    brought_ids = fields.One2many(
        "bmasia.contract.line", "amendment_line_id", "Lines of the Contract"
    )
    old_quantity = fields.Float(
        related="contract_line_id.quantity",
        string="Quantity Before",
        min_display_digits=2,
    )
    old_price = fields.Float(
        related="contract_line_id.unit_price",
        string="Price Before",
        min_display_digits="Product Price",
    )
    old_untaxed = fields.Monetary(
        related="contract_line_id.amount_untaxed", string="Net Before"
    )

    # ------------------------------------------------------------
    # THE NEW STATE
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A change that is made by a program starts as a typed one does."""
        return super().create([self._started(vals) for vals in vals_list])

    def _started(self, vals):
        found = vals.get("contract_line_id")
        if vals.get("action", "add") == "add" or not isinstance(found, int):
            return vals
        line = self.env["bmasia.contract.line"].browse(found)
        return {**self._start_values(line, vals["action"]), **vals}

    @api.onchange("contract_line_id", "action")
    def _onchange_contract_line_id(self):
        if self.action == "add":
            self.contract_line_id = False
        elif line := self.contract_line_id:
            self.update(self._start_values(line._origin, self.action))

    @api.onchange("product_id")
    def _onchange_product_id(self):
        if self.action == "add":
            return super()._onchange_product_id()
        return None

    @api.model
    def _start_values(self, line, action):
        # the product first: what follows from it is overwritten
        values = {"product_id": line.product_id.id}
        values.update({name: line[name] for name in FIGURES}, **line._chosen_tax())
        if action == "remove":
            values["quantity"] = 0.0
        return values

    @api.depends("action")
    def _compute_totals(self):
        gone = self.filtered(lambda line: line.action == "remove")
        for line in gone:
            line.amount_gross = line.amount_discount = line.amount_untaxed = 0.0
        return super(BmasiaAmendmentLine, self - gone)._compute_totals()

    def _is_change(self):
        """Whether the new state differs from the old one."""
        old = self.contract_line_id
        if self.action != "change":
            return True
        names = (*FIGURES[1:], "product_id", "tax_rate", "tax_category")
        return any(self[name] != old[name] for name in names)

    def _document_values(self):
        names = ("old_quantity", "old_price", "old_untaxed", "action", "location")
        return {
            **super()._document_values(),
            **{name: self[name] for name in names},
        }

    def _printed_rows(self):
        """This change, as its table prints it: what was, and what is from then on.

        :rtype: list[bmasia.document.line.mixin]
        """
        old = self.contract_line_id if self.action != "add" else ()
        new = self if self.action != "remove" else ()
        return [*old, *new]

    # ------------------------------------------------------------
    # IN THE CONTRACT
    # ------------------------------------------------------------

    def _bring(self):
        """Make the contract's lines of these changes."""
        lines = self.filtered(lambda line: line.action != "remove")
        self.env["bmasia.contract.line"].create(
            [line._brought_values() for line in lines]
        )

    def _brought_values(self):
        return {
            **self._copied_values(),
            "location": self.location,
            "contract_id": self.amendment_id.contract_id.id,
            "service_from": self.amendment_id.start_date,
            "replaces_id": self.contract_line_id.id,
            "amendment_line_id": self.id,
        }

    def _first_of_chain(self):
        line = self.contract_line_id
        return line._first_of_chain() if line else self

    def _tried(self, end, pauses):
        """This line as it would be billed, from plain values.

        :param end: the last day of service
        :param pauses: spans on which nothing is served
        :rtype: Line
        """
        amendment = self.amendment_id
        contract = amendment.contract_id
        root, start = self._first_of_chain(), amendment.start_date
        last = contract._next_change(root, start)
        own = Span(self.date_from, self.date_to) if self._is_prorated() else None
        spans, charge = contract._days_between(start, last, end, own), self._charge()
        return Line(
            key=self,
            root=root,
            charge=charge,
            amount=self.amount_untaxed,
            spans=spans if charge == "once" else without(spans, pauses),
            price_days=own,
            taxed=self._taxable_key(),
        )

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("action", "contract_line_id", "display_type", "amendment_id")
    def _check_action(self):
        for line in self:
            target, contract = line.contract_line_id, line.amendment_id.contract_id
            if line.display_type:
                raise ValidationError(
                    self.env._(
                        "An amendment has no sections or notes between its lines. "
                        "Write what else is agreed below them."
                    )
                )
            if line.action != "add" and not target:
                raise ValidationError(
                    self.env._(
                        "Choose which line of the contract “%s” changes or removes.",
                        line.name,
                    )
                )
            if line.action == "add" and target:
                raise ValidationError(
                    self.env._(
                        "“%s” is added, so it changes no line. Choose Change instead.",
                        line.name,
                    )
                )
            if target and (target.contract_id != contract or target.display_type):
                raise ValidationError(
                    self.env._(
                        "“%(line)s” is no line of %(contract)s.",
                        line=target.name,
                        contract=contract.display_name,
                    )
                )

    _once = models.UniqueIndex(
        "(amendment_id, contract_line_id) WHERE contract_line_id IS NOT NULL",
        "A line of the contract is changed or removed once in an amendment.",
    )

    def _check_can_follow(self):
        """Whether the line that this changes is served on its day, and changes at all.

        :raises UserError: it does not
        """
        for line in self:
            if not line._is_change():
                raise UserError(
                    self.env._(
                        "“%s” is as it was. Change something, or take the line out.",
                        line.name,
                    )
                )
            if line.contract_line_id:
                line._check_target()

    def _check_target(self):
        target, amendment = self.contract_line_id, self.amendment_id
        contract, day = amendment.contract_id, amendment.start_date
        if target in contract.lines_on(day):
            if target._charge() == "once" and target._begins_before(day):
                raise UserError(
                    self.env._(
                        "“%s” is charged once, and its day is over. Credit its "
                        "invoice instead.",
                        target.name,
                    )
                )
            return
        if other := contract._changed_by(target, day):
            raise UserError(
                self.env._(
                    "“%(line)s” was changed by %(amendment)s meanwhile, from %(day)s "
                    "on. Choose the line as it is since then.",
                    line=target.name,
                    amendment=other.display_name,
                    day=contract._say_day(other.start_date),
                )
            )
        raise UserError(
            self.env._(
                "“%(line)s” is not served on %(day)s. Choose another day.",
                line=target.name,
                day=contract._say_day(day),
            )
        )
