import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from odoo.addons.bmasia_crm.models.bmasia_invoice_todo import INVOICING, payment_dialog
from odoo.addons.bmasia_crm.tools.roles import FINANCE
from odoo.addons.document_flow.exceptions import DocumentConflict, FormRefused
from odoo.addons.document_flow.models.document_input_mixin import LARGEST
from odoo.addons.document_flow.tools import typed
from odoo.addons.document_flow.tools.rows import serialize
from odoo.addons.document_flow.tools.todo import Todo

from ..tools import slips

_lt = LazyTranslate(__name__)

# As 1070, 1,070.00; not 1070,50, which would be read as another amount.
AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.[0-9]{1,4})?")
LONGEST_NOTE = 500  # letters
LONGEST_NAME = 80
SHOWN = 80  # payments among which one is chosen


class BmasiaPaymentClaim(models.Model):
    """A customer says on the page of an invoice that they have paid it.

    Gives: a proposal for Finance, on My Day, with the slip; never a booking, for who
    has the link proves nothing.

    How it works: *Register payment* opens the dialog with what they said filled in, and
    whatever is registered there, another amount or day as well, closes the report
    (``wizard/bmasia_payment_wizard.py``). So does that dialog on the invoice, where the
    report is proposed. Money that was noted in another way, as from a bank statement,
    is named by *Done with payment* (``wizard/bmasia_payment_claim_wizard.py``). A
    payment that is voided opens its report again. What a customer reports of an invoice
    that is paid meanwhile needs nobody.
    """

    _name = "bmasia.payment.claim"
    _description = "Payment That a Customer Reports"
    _inherit = ["document.entity.mixin", "document.system.mixin", "document.todo.mixin"]
    _order = "id desc"
    _rec_name = "invoice_id"

    _todos = (
        Todo(
            "payment_claims",
            _lt("Payments that customers report"),
            INVOICING,
            domain="_todo_open",
            button=_lt("Register payment"),
            method="action_register",
            sequence=35,
            group=FINANCE,
            person="",
            amount="amount",
            day="date",
            when=_lt("Paid on"),
        ),
    )

    invoice_id = fields.Many2one(
        "bmasia.invoice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", "Billing Entity", readonly=True)
    customer_id = fields.Many2one(related="invoice_id.customer_id")
    currency_id = fields.Many2one(related="invoice_id.currency_id", store=True)
    link_id = fields.Many2one("document.link", readonly=True, ondelete="set null")
    amount = fields.Monetary("Amount Reported", readonly=True)
    date = fields.Date("Paid On", readonly=True, help="As the customer says.")
    name = fields.Char("Reported By", readonly=True, help="As they typed it.")
    note = fields.Text(readonly=True)
    slip_id = fields.Many2one(
        "ir.attachment", "Slip", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        [("open", "To check"), ("closed", "Closed")],
        "Status",
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    closed_by_id = fields.Many2one("res.users", "Closed By", readonly=True)
    payment_id = fields.Many2one(
        "bmasia.payment",
        "Registered As",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    amount_due = fields.Monetary(related="invoice_id.amount_due")

    # ------------------------------------------------------------
    # FROM THE PAGE
    # ------------------------------------------------------------

    @api.model
    def _report(self, invoice, link, said):
        """Take what a customer reports.

        :param invoice: that the page shows, as superuser
        :param link: the ``document.link`` that it was reported with
        :param dict said: as typed: ``amount``, ``date``, ``name``, ``note``; ``slip``
            is bytes, or nothing
        :returns: the claim
        :raises FormRefused: something is no amount, day or slip
        """
        values = {
            "invoice_id": invoice.id,
            "company_id": invoice.company_id.id,
            "link_id": link.id,
            "name": typed.line(said.get("name"))[:LONGEST_NAME],
            "note": typed.text(said.get("note"))[:LONGEST_NOTE],
        }
        read = self._read_form(invoice, said)
        slip = read.pop("slip")
        claim = self.sudo().create({**values, **read})
        if slip:
            claim._keep_slip(slip)
        invoice._follow_claim(claim)
        return claim

    def _read_form(self, invoice, said):
        """Amount, day and slip of what a customer reports.

        :raises FormRefused: names those that are none
        :rtype: dict
        """
        readers = {
            "amount": lambda text: self._read_amount(invoice, text),
            "date": lambda text: invoice._read_past_day(typed.line(text)),
            "slip": self._read_slip,
        }
        read, faults = {}, []
        for field, reader in readers.items():
            try:
                read[field] = reader(said.get(field))
            except UserError as error:
                faults.append((field, str(error)))
        FormRefused.check(faults)
        return read

    def _read_amount(self, invoice, text):
        """
        :raises UserError: it is no amount
        """
        plain = typed.line(text)
        amount = float(plain.replace(",", "")) if AMOUNT.fullmatch(plain) else 0.0
        if 0 < amount <= LARGEST and (rounded := invoice.currency_id.round(amount)):
            return rounded
        raise UserError(self.env._("Type the amount as 1,070.00."))

    def _read_slip(self, content):
        """
        :returns: the slip and the ending of its name, or nothing
        :raises UserError: it is too large, or neither a picture nor a PDF
        """
        if not content:
            return None
        if len(content) > slips.LARGEST:
            raise UserError(self.env._("The slip is larger than 10 MB."))
        kind = slips.kind_of(content)
        if not kind:
            raise UserError(
                self.env._("A slip is a picture (JPEG, PNG, WebP, HEIC) or a PDF.")
            )
        if not slips.is_of_reasonable_size(content, kind):
            raise UserError(self.env._("The picture is too large. Send a smaller one."))
        return content, kind

    def _keep_slip(self, slip):
        content, kind = slip
        name = f"{self.invoice_id.name} slip{slips.KINDS[kind]}"
        # as the customer sent it: Odoo would make a large picture smaller
        files = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        self.slip_id = files.create(
            {
                "name": name,
                "raw": content,
                "mimetype": kind,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    # ------------------------------------------------------------
    # FINANCE
    # ------------------------------------------------------------

    @api.depends("invoice_id", "amount", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for claim in self:
            invoice = claim.invoice_id
            amount = claim.amount and invoice._format_money(claim.amount)
            parts = [invoice.name, amount, claim.date and invoice._say_day(claim.date)]
            claim.display_name = " · ".join(filter(None, parts))

    def action_register(self):
        """Open *Register Payment* with what the customer says.

        :returns: an action
        :rtype: dict
        :raises DocumentConflict: it is closed already
        """
        self._check_waits()
        owing = self._claimed_invoices().filtered(lambda each: each._left_to_pay() > 0)
        action = payment_dialog(owing or self.customer_id)
        said = {
            "default_claim_id": self.id,
            "default_amount": self.amount,
            "default_date": self.date,
        }
        if not owing:  # nothing asks for it: the customer has it on account
            said["default_is_given"] = True
            said["default_company_id"] = self.company_id.id
            said["default_currency_id"] = self.currency_id.id
        return {**action, "context": {**action["context"], **said}}

    def action_settle(self):
        """Open the dialog that names the payment which this report is about.

        :returns: an action
        :rtype: dict
        :raises DocumentConflict: it is closed already
        """
        self._check_waits()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Done with payment"),
            "res_model": "bmasia.payment.claim.wizard",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_claim_id": self.id},
        }

    def action_open_slip(self):
        """Open the slip.

        :returns: an action
        :rtype: dict
        :raises UserError: none was sent
        """
        self.ensure_one()
        self.check_access("read")
        if not self.slip_id:
            raise UserError(self.env._("The customer sent no slip."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.slip_id.id}?download=true",
            "target": "new",
        }

    def action_close(self):
        """Note that this was looked at and asks for nothing more.

        :returns: True
        :raises AccessError: the invoice is not this user's to write
        """
        self.invoice_id.check_access("write")
        self._close()
        return True

    # ------------------------------------------------------------
    # WHICH PAYMENT IT IS
    # ------------------------------------------------------------

    @api.model
    def _waiting_on(self, invoices):
        """The reports that wait, of these invoices and of the proformas before them.

        :param invoices: which the user reads
        """
        of_these = [("invoice_id", "in", (invoices | invoices.proforma_id).ids)]
        return self.search([("state", "=", "open"), *of_these])

    def _claimed_invoices(self):
        """What the money is for: the invoice; of a proforma, what took its place.

        :rtype: bmasia.invoice
        """
        return self.invoice_id._issued_invoice() or self.invoice_id

    def _possible_payments(self):
        """The payments that this may be about, the latest first: received by the same
        entity, in the same currency, from the customer or another one of its group.

        :rtype: bmasia.payment
        """
        payments = self.env["bmasia.payment"]
        if not self:
            return payments
        roots = [party._family_root().id for party in self.invoice_id._paying_parties()]
        domain = Domain("customer_id", "child_of", roots)
        domain &= Domain("company_id", "=", self.company_id.id)
        domain &= Domain("currency_id", "=", self.currency_id.id)
        domain &= Domain("direction", "=", "in") & Domain("state", "!=", "voided")
        return payments.search(domain, order="date desc, id desc", limit=SHOWN)

    def _noted_since(self):
        """The payments that were noted since, for the same invoice or of the same
        amount, and are of no other report: one of them may be the same money.

        :rtype: bmasia.payment
        """
        possible = self._possible_payments()
        invoices = possible and self._claimed_invoices() | self.invoice_id
        return possible.filtered(
            lambda each: each.create_date >= self.create_date
            and not each.claim_ids
            and (each.invoice_ids & invoices or each.amount == self.amount)
        )

    def _check_waits(self):
        """
        :raises AccessError: the invoice is not this user's to write
        :raises DocumentConflict: it is closed already
        """
        self.ensure_one()
        self.invoice_id.check_access("write")
        if self.state != "open":
            raise DocumentConflict(
                self.env._(
                    "The report %s is closed already. Load the page again.",
                    self.display_name,
                )
            )

    def _settle(self, payment):
        """This money is what was reported: nothing is left to do.

        :param payment: a ``bmasia.payment``, of whichever amount and day
        :raises AccessError: the invoice is not this user's to write
        :raises DocumentConflict: it was closed meanwhile
        :raises UserError: the payment is of somebody else, went out, or is void
        """
        serialize(self)
        self._check_waits()
        payment.check_access("read")
        if payment.direction != "in" or payment.state == "voided":
            raise UserError(
                self.env._(
                    "%s was paid back or voided: choose money that was received.",
                    payment.display_name,
                )
            )
        payment._check_target(payment, self.invoice_id)
        self._close(payment)

    def _close(self, payment=None):
        waiting = self.sudo().filtered(lambda claim: claim.state == "open")
        waiting.write(
            {
                "state": "closed",
                "closed_by_id": self.env.uid,
                "payment_id": payment and payment.id,
            }
        )

    def _open_again(self):
        """The payment that it was registered as counts no more."""
        self.write({"state": "open", "closed_by_id": False, "payment_id": False})

    def _todo_open(self):
        owed = Domain("invoice_id.amount_due", ">", 0)
        # nothing is due of a proforma, yet it can be paid
        asked = Domain("invoice_id.kind", "=", "proforma")
        asked &= Domain("invoice_id.state", "=", "issued")
        asked &= Domain("invoice_id.payment_state", "!=", "paid")
        return Domain("state", "=", "open") & (owed | asked)

    def _todo_customer(self):
        return self.customer_id.name or ""

    def _todo_name(self):
        return self.invoice_id.name or ""

    def _todo_record(self):
        return self.invoice_id

    def _todo_why(self, todo):
        return self.note or ""
