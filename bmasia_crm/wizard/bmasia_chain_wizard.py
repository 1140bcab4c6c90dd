from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.document_flow.tools.rows import window_of

from ..models.bmasia_amendment_effect import KINDS
from ..tools import money

WHAT = [("amend", "Amend"), ("renew", "Renew")]
CHANGES = [
    ("price", "Prices, in percent"),
    ("add", "Add a line"),
    ("remove", "Remove a product"),
    ("term", "New term"),
]
# What the preview follows from.
SAID = (
    *("master_id", "what", "change", "start_date", "percent", "by_rule"),
    *("product_id", "name", "quantity", "unit_price", "term_months"),
)


class BmasiaChainWizard(models.TransientModel):
    """Asks how the agreements of a chain change or are renewed, shows what that does to
    each of them, and makes the drafts: all of an agreement, or nothing of it.
    """

    _name = "bmasia.chain.wizard"
    _description = "Amend or Renew a Chain"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "master_id"

    master_id = fields.Many2one("bmasia.contract", required=True, readonly=True)
    currency_id = fields.Many2one(related="master_id.currency_id")
    is_done = fields.Boolean(readonly=True)
    what = fields.Selection(WHAT, required=True, default="amend")
    change = fields.Selection(CHANGES, required=True, default="price")
    start_date = fields.Date("From", default=lambda self: self.env.company._today())
    percent = fields.Float("Change (%)")
    by_rule = fields.Boolean(
        "As Each Contract Says",
        default=True,
        help="The next term's prices follow from the contract. Else: by percent.",
    )
    product_id = fields.Many2one(
        "product.product",
        domain=[("sale_ok", "=", True)],
        help="Of which product the lines change. Empty: all that recurs.",
    )
    name = fields.Char("Description")
    quantity = fields.Float(default=1.0)
    unit_price = fields.Float("Price per Year", digits="Product Price")
    term_months = fields.Integer("New Term (months)")
    line_ids = fields.One2many(
        "bmasia.chain.wizard.line",
        "wizard_id",
        "Agreements",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    effect_ids = fields.One2many(
        "bmasia.chain.wizard.effect",
        "wizard_id",
        "Bills and Credits",
        compute="_compute_effect_ids",
        compute_sudo=False,
        store=True,
    )

    @api.onchange("product_id")
    def _onchange_product_id(self):
        if self.change == "add" and (product := self.product_id):
            master = self.master_id
            self.name = product.with_context(lang=master.lang).name
            self.unit_price = master._list_price(product, self.quantity or 1.0)

    # ------------------------------------------------------------
    # BEFORE IT IS DONE
    # ------------------------------------------------------------

    @api.depends(*SAID)
    def _compute_line_ids(self):
        for wizard in self:
            kept = wizard.line_ids.filtered(lambda line: not line.sentence)
            left_out = kept.filtered(lambda line: not line.chosen).contract_id
            lines = []
            for contract in wizard.master_id._chain_contracts():
                line, _effects = wizard._previewed(contract)
                line["chosen"] = not line.get("sentence") and contract not in left_out
                lines.append(Command.create({**line, "contract_id": contract.id}))
            wizard.line_ids = [Command.clear(), *lines]

    @api.depends(*SAID)
    def _compute_effect_ids(self):
        for wizard in self:
            rows = [
                Command.create({**row, "contract_id": contract.id})
                for contract in wizard.master_id._chain_contracts()
                for row in wizard._previewed(contract)[1]
            ]
            wizard.effect_ids = [Command.clear(), *rows]

    def _previewed(self, contract):
        """What would become of an agreement, and the bills that change.

        :rtype: tuple[dict, list[dict]]
        """
        before = contract._renewed_lines()._net_per_year()
        try:
            if self.what == "renew":
                return self._renewal_preview(contract), []
            return self._amendment_preview(contract)
        except UserError as error:
            return {"before": before, "after": before, "sentence": str(error)}, []

    def _renewal_preview(self, contract):
        self._check_can_renew(contract)
        before = contract._renewed_lines()._net_per_year()
        if self.by_rule:
            after = contract._next_term().annual_value
        else:
            prices = contract._renewal_prices(self.percent, {})
            lines = contract._renewed_lines()
            after = money.add(line._net_of_year(prices[line.id]) for line in lines)
        return {"before": before, "after": after}

    def _check_can_renew(self, contract):
        if contract.state not in ("active", "expired"):
            raise UserError(self.env._("Only a contract that ran is renewed."))
        if renewal := contract.renewal_id:
            raise UserError(
                self.env._(
                    "%(contract)s is renewed by %(renewal)s already.",
                    contract=contract.display_name,
                    renewal=renewal.display_name,
                )
            )

    def _amendment_preview(self, contract):
        values = {"contract_id": contract.id, **self._amendment_values(contract)}
        amendment = self.env["bmasia.amendment"].new(values)
        amendment._check_can_follow()
        found = amendment._reckoned()
        effects = [values for _c, _i, values in found["effect_ids"] if values]
        amounts = [effect["amount_untaxed"] for effect in effects]
        line = {
            "before": found["value_before"],
            "after": found["value_after"],
            "to_bill": money.add(amount for amount in amounts if amount > 0),
            "to_credit": money.add(amount for amount in amounts if amount < 0),
        }
        return line, effects

    def _amendment_values(self, contract):
        """The amendment of one agreement.

        :raises UserError: something is not said, or it has nothing of that kind
        """
        if not self.start_date:
            raise UserError(self.env._("Say from which day."))
        values = {"start_date": self.start_date}
        if self.change == "term":
            values["term_months"] = self.term_months
        empty = {"contract_id": contract.id, **values}
        self.env["bmasia.amendment"].new(empty)._check_day()
        if self.change == "term":
            return values
        if self.change == "add":
            lines = [self._added_values(contract)]
        else:
            lines = self._changed_values(contract)
        return {**values, "line_ids": [Command.create(line) for line in lines]}

    def _added_values(self, contract):
        if not (self.name or "").strip():
            raise UserError(self.env._("Say what is added."))
        if contract.currency_id != self.currency_id:
            raise UserError(
                self.env._(
                    "%(contract)s is in %(currency)s: amend it on its own.",
                    contract=contract.display_name,
                    currency=contract.currency_id.name,
                )
            )
        values = {"action": "add", "name": self.name, "product_id": self.product_id.id}
        return {**values, "quantity": self.quantity, "unit_price": self.unit_price}

    def _changed_values(self, contract):
        """Changes of the lines that run on that day, of the chosen product."""
        action = "remove" if self.change == "remove" else "change"
        found = contract.lines_on(self.start_date).filtered(
            lambda line: line.kind == "recurring"
            and self.product_id in (line.product_id, line.product_id.browse())
        )
        if action == "change" and not self.percent:
            raise UserError(self.env._("Enter the percentage."))
        if action == "remove" and not self.product_id:
            raise UserError(self.env._("Choose the product whose lines go."))
        if not found:
            raise UserError(
                self.env._(
                    "%(contract)s has no such line on %(day)s.",
                    contract=contract.display_name,
                    day=contract._say_day(self.start_date),
                )
            )
        changes = self.env["bmasia.amendment.line"]
        values = []
        for line in found:
            new = {
                **changes._start_values(line, action),
                "action": action,
                "contract_line_id": line.id,
            }
            if action == "change":
                new["unit_price"] = line._changed_price(self.percent)
            values.append(new)
        return values

    # ------------------------------------------------------------
    # DONE
    # ------------------------------------------------------------

    def action_confirm(self):
        """Make the drafts of the agreements that are ticked, each all or nothing.

        :returns: the action that opens them; where some failed, this dialog, which says
            why
        :rtype: dict
        :raises UserError: none is ticked
        """
        self.ensure_one()
        self._check_opened()
        chosen = self.line_ids.filtered("chosen")
        if not chosen:
            raise UserError(self.env._("Tick the agreements that change."))
        for line in chosen:
            line._make()
        self.is_done = True
        if any(not line._made() for line in chosen):
            return self._reopened()
        return self.action_open_made()

    def _reopened(self):
        return {
            **self.master_id.action_ask_chain(),
            "res_id": self.id,
            "context": {},
        }

    def action_open_made(self):
        """Open the drafts that were made.

        :returns: the action that opens them
        :rtype: dict
        """
        self.ensure_one()
        self._check_opened()
        lines = self.line_ids
        return window_of(
            lines.renewal_id if self.what == "renew" else lines.amendment_id
        )


class BmasiaChainWizardLine(models.TransientModel):
    """One agreement of the chain: what becomes of it, and what was made."""

    _name = "bmasia.chain.wizard.line"
    _description = "Agreement of a Chain That Changes"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "wizard_id"
    _fixed = frozenset({"contract_id"})

    wizard_id = fields.Many2one(
        "bmasia.chain.wizard", required=True, index=True, ondelete="cascade"
    )
    contract_id = fields.Many2one("bmasia.contract", required=True, readonly=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    venue_name = fields.Char(related="contract_id.venue_name")
    billed_id = fields.Many2one(related="contract_id.billed_id")
    end_date = fields.Date(related="contract_id.end_date")
    chosen = fields.Boolean("Included")
    before = fields.Monetary("Per Year Before", readonly=True)
    after = fields.Monetary("Per Year After", readonly=True)
    to_bill = fields.Monetary(readonly=True)
    to_credit = fields.Monetary(readonly=True)
    sentence = fields.Text("Reason", readonly=True)
    amendment_id = fields.Many2one("bmasia.amendment", readonly=True)
    renewal_id = fields.Many2one("bmasia.contract", readonly=True)

    def _made(self):
        return self.amendment_id or self.renewal_id

    def _make(self):
        """Make the draft of this agreement, or say why not."""
        try:
            with self.env.cr.savepoint():
                self._make_or_fail()
        except UserError as error:
            self.sentence = str(error)

    def _make_or_fail(self):
        wizard, contract = self.wizard_id, self.contract_id
        contract.check_access("write")
        if contract not in wizard.master_id._chain_contracts():
            raise UserError(
                self.env._("%s is not of this chain.", contract.display_name)
            )
        if wizard.what == "renew":
            wizard._check_can_renew(contract)
            how = {} if wizard.by_rule else {"price_change": wizard.percent}
            opened = contract.action_renew(**how)
            self.renewal_id = opened["res_id"]
        else:
            values = wizard._amendment_values(contract)
            amendment = contract._create_amendment(**values)
            amendment._check_can_follow()
            self.amendment_id = amendment


class BmasiaChainWizardEffect(models.TransientModel):
    """A bill that an amendment of the chain makes or changes."""

    _name = "bmasia.chain.wizard.effect"
    _description = "Bill That a Chain's Change Makes"
    _inherit = ["document.wizard.mixin"]
    _order = "contract_id, date, id"

    _opened_for = "wizard_id"

    wizard_id = fields.Many2one(
        "bmasia.chain.wizard", required=True, index=True, ondelete="cascade"
    )
    contract_id = fields.Many2one("bmasia.contract", required=True, readonly=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    venue_name = fields.Char(related="contract_id.venue_name")
    kind = fields.Selection(KINDS, "What", readonly=True)
    date = fields.Date(readonly=True)
    period_end = fields.Date("Until", readonly=True)
    amount_untaxed = fields.Monetary("Net", readonly=True)
    bill_untaxed = fields.Monetary("Invoice Then", readonly=True)
