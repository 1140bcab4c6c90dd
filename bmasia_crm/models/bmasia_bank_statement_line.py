from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.rows import serialize, window_of
from odoo.addons.document_flow.tools.todo import Todo

from ..tools import matching, money
from ..tools.roles import FINANCE
from .bmasia_invoice_todo import INVOICING

_lt = LazyTranslate(__name__)

CHEQUE_DAYS = 30  # around a cheque's own day in which its money may arrive


class BmasiaBankStatementLine(models.Model):
    """A movement on the bank account, with a proposal of what it pays.

    A person looks at the proposal, changes it, and confirms: then the payment is noted
    (``bmasia.payment``), once, whatever is clicked or sent twice. Money that no invoice
    explains may be noted for its customer as credit on account.
    """

    _name = "bmasia.bank.statement.line"
    _description = "Line of a Bank Statement"
    _inherit = [
        "document.input.mixin",
        "document.todo.mixin",
        "document.entity.mixin",
        "document.form.mixin",
    ]
    _order = "date desc, id desc"
    _rec_name = "text"

    _todos = (
        Todo(
            "bank_lines",
            _lt("Bank lines to confirm"),
            INVOICING,
            domain="_todo_open",
            button=_lt("Review and confirm"),
            sequence=35,
            group=FINANCE,
            person="",
            amount="amount",
            day="date",
            when=_lt("Booked on"),
            order="date, id",
        ),
    )

    statement_id = fields.Many2one(
        "bmasia.bank.statement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="statement_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="statement_id.currency_id", store=True)
    row = fields.Integer(readonly=True)
    date = fields.Date(readonly=True, required=True, index=True)
    amount = fields.Monetary(readonly=True)
    reference = fields.Char(readonly=True, index="trigram")
    text = fields.Char("Payer and Text", readonly=True, index="trigram")
    fingerprint = fields.Char(readonly=True, required=True)
    state = fields.Selection(
        [("open", "To Do"), ("booked", "Booked"), ("ignored", "Ignored")],
        "Status",
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    customer_id = fields.Many2one("bmasia.company", "Customer", index="btree_not_null")
    match_ids = fields.One2many("bmasia.bank.match", "line_id", "Invoices")
    invoice_words = fields.Char("For", compute="_compute_invoice_words")
    cheque_id = fields.Many2one(
        "bmasia.payment",
        "Expected Cheque",
        domain="[('state', '=', 'expected'), ('company_id', '=', company_id)]",
        ondelete="set null",
    )
    confidence = fields.Selection(
        [("sure", "Sure"), ("likely", "Likely"), ("none", "None")],
        default="none",
        required=True,
        readonly=True,
    )
    reason = fields.Char("Why", readonly=True)
    amount_left = fields.Monetary(
        "On Account",
        compute="_compute_amount_left",
        help="What becomes the customer's credit on account.",
    )
    payment_id = fields.Many2one(
        "bmasia.payment", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    attempt = fields.Integer(readonly=True)

    _once = models.UniqueIndex("(fingerprint)", "This line was read already.")

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("match_ids.invoice_id", "cheque_id")
    def _compute_invoice_words(self):
        for line in self:
            names = line.match_ids.invoice_id.mapped("display_name")
            line.invoice_words = line.cheque_id.display_name or ", ".join(names)

    @api.depends("amount", "match_ids.amount", "cheque_id")
    def _compute_amount_left(self):
        for line in self:
            used = money.add(line.match_ids.mapped("amount"))
            left = money.subtract(line.amount, used)
            line.amount_left = 0.0 if line.cheque_id or line.amount < 0 else left

    @api.model
    def _todo_open(self):
        return [("state", "=", "open")]

    def _todo_customer(self):
        return self.customer_id.name or ""

    def _todo_why(self, todo):
        return self.reason or ""

    # ------------------------------------------------------------
    # PROPOSALS
    # ------------------------------------------------------------

    def action_propose(self):
        """Look again for what these lines may pay.

        :returns: True
        """
        self.check_access("write")
        self.filtered(lambda line: line.state == "open")._propose()
        return True

    def _propose(self):
        """Fill in what each line most probably pays; one invoice is proposed once."""
        for statement, lines in self.grouped("statement_id").items():
            items = statement.company_id and lines._open_items()
            for line in lines.sorted(lambda line: (line.date, line.row)):
                cheque = line._expected_cheque()
                found = None if cheque else line._proposal(items)
                line._take(cheque, found)
                paid = {part[0] for part in found.parts} if found else set()
                items = [item for item in items if item.id not in paid]

    def _said(self):
        return " ".join(filter(None, [self.text, self.reference]))

    def _proposal(self, items):
        items = self._at_its_rate(items)
        return matching.propose(self.amount, self._said(), items)

    def _at_its_rate(self, items):
        """What is due has the tax rate of the day on which the money came."""
        company = self.statement_id.company_id.sudo()
        if not company._tax_changes(self.date, company._today()):
            return items
        invoices = self.env["bmasia.invoice"]
        return [
            replace(item, due=invoices.browse(item.id)._due_on(self.date))
            for item in items
        ]

    def _open_items(self):
        """What customers are to pay this entity in this currency, the oldest first."""
        statement = self.statement_id
        invoices = self.env["bmasia.invoice"].search(
            [
                ("company_id", "=", statement.company_id.id),
                ("currency_id", "=", statement.currency_id.id),
                ("kind", "=", "invoice"),
                ("state", "=", "issued"),
                ("amount_due", ">", 0),
            ],
            order="due_date, id",
        )
        return [self._item_of(invoice) for invoice in invoices]

    @api.model
    def _item_of(self, invoice):
        """What is due of an invoice, less what the payment dialog proposes, too."""
        customer = invoice.customer_id.sudo()
        return matching.Item(
            id=invoice.id,
            number=invoice.name or "",
            customer=customer.id,
            names=tuple(filter(None, (customer.legal_name, customer.name))),
            due=invoice.amount_due,
            withheld=invoice._withholding_left(),
        )

    def _expected_cheque(self):
        """The cheque dated ahead that this is: same amount, and its number, its payer,
        or no other one.
        """
        cheques = self.env["bmasia.payment"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("state", "=", "expected"),
                ("amount", "=", self.amount),
            ]
        )
        said = self._said()
        for cheque in cheques:
            number = cheque.reference or ""
            if number and matching.names_number(said, number):
                return cheque
            customer = cheque.customer_id.sudo()
            names = filter(None, (customer.legal_name, customer.name))
            if matching.names_customer(said, names):
                return cheque
        near = cheques.filtered(
            lambda cheque: cheque.cheque_date
            and abs((cheque.cheque_date - self.date).days) <= CHEQUE_DAYS
        )
        is_cheque = "cheque" in said.casefold() or "เช็ค" in said
        return near if len(near) == 1 and is_cheque else cheques.browse()

    def _take(self, cheque, found):
        self.match_ids.unlink()
        values = {"cheque_id": cheque.id, "customer_id": cheque.customer_id.id}
        confidence, reason = "none", False
        if cheque:
            confidence, reason = "likely", self.env._("Expected cheque")
        elif found:
            confidence = "sure" if found.sure else "likely"
            reason = self._reasons_in_words(found.reasons)
            values["customer_id"] = found.customer
            self.env["bmasia.bank.match"].create(
                [
                    {
                        "line_id": self.id,
                        "invoice_id": invoice,
                        "amount": amount,
                        "withholding_amount": withheld,
                    }
                    for invoice, amount, withheld in found.parts
                ]
            )
        self.write(values)
        self.sudo().write({"confidence": confidence, "reason": reason})

    def _reasons_in_words(self, reasons):
        words = {
            "number": self.env._("Number"),
            "customer": self.env._("Customer"),
            "amount": self.env._("Amount"),
            "withheld": self.env._("Tax withheld"),
            "rest": self.env._("More than is due"),
        }
        return " + ".join(words[reason] for reason in reasons)

    @api.onchange("customer_id")
    def _onchange_customer(self):
        others = self.match_ids.invoice_id.customer_id - self.customer_id
        if others:
            self.match_ids = False

    # ------------------------------------------------------------
    # WHAT PEOPLE DECIDE
    # ------------------------------------------------------------

    def action_confirm(self):
        """Note the payments of these lines as they are proposed here.

        :returns: True
        :raises UserError: no customer, booked already, or more than is due
        """
        for line in self:
            line.check_access("write")
            serialize(line)
            line._check_can_book()
            if line.cheque_id:
                line.cheque_id.action_book(line.date)
                payment = line.cheque_id
            else:
                payment = line._note_payment()
            line.sudo().write({"state": "booked", "payment_id": payment.id})
        return True

    def _check_can_book(self):
        if self.state != "open":
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(line)s is not to be done: %(state)s.",
                    line=self.display_name,
                    state=labels[self.state].lower(),
                )
            )
        if not self.customer_id:
            raise UserError(
                self.env._("Choose the customer of %s first.", self.display_name)
            )

    def _note_payment(self):
        """The payment of this line; a second call with the same key books nothing."""
        payments = self.env["bmasia.payment"]
        answer = payments.register(
            customer_id=self.customer_id.id,
            company_id=self.company_id.id,
            amount=self.amount,
            date=str(self.date),
            currency_id=self.currency_id.id,
            allocations=[
                {
                    "invoice_id": match.invoice_id.id,
                    "amount": match.amount,
                    "withholding_amount": match.withholding_amount,
                }
                for match in self.match_ids
            ],
            method="transfer",
            reference=self.reference or self.text,
            idempotency_key=f"bank-line-{self.id}-{self.attempt}",
        )
        return payments.browse(answer["payment"])

    def action_ignore(self):
        """These lines pay no invoice: interest, own transfers, other income.

        :returns: True
        :raises UserError: a payment was noted
        """
        for line in self:
            line.check_access("write")
            if line.state == "booked":
                raise UserError(
                    self.env._("%s is booked. Void its payment.", line.display_name)
                )
            line.sudo().state = "ignored"
        return True

    def action_reopen(self):
        """Take lines up again: what was ignored, or whose payment was voided.

        :returns: True
        :raises UserError: its payment holds
        """
        for line in self:
            line.check_access("write")
            if line.state == "booked" and line.payment_id.sudo().state != "voided":
                raise UserError(
                    self.env._(
                        "%s is booked. Void its payment first.", line.display_name
                    )
                )
            line.sudo().state = "open"
            line.sudo().write({"payment_id": False, "attempt": line.attempt + 1})
            line._propose()
        return True

    def action_open_payment(self):
        """Open the payment that was noted.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        return window_of(self.payment_id)

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("cheque_id")
    def _check_cheque(self):
        names = ("company_id", "currency_id", "amount")
        for line in self:
            cheque = line.cheque_id
            if cheque and any(line[name] != cheque[name] for name in names):
                raise ValidationError(
                    self.env._(
                        "%s is of another amount, entity or currency than the money.",
                        cheque.display_name,
                    )
                )

    def write(self, vals):
        chosen = {"customer_id", "match_ids", "cheque_id"}
        if chosen & vals.keys() and any(line.state == "booked" for line in self):
            raise UserError(self.env._("This line is booked. Void its payment."))
        return super().write(vals)
