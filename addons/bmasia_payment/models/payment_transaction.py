from markupsafe import Markup

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.bmasia_crm.tools import money
from odoo.addons.bmasia_crm.tools.roles import FINANCE
from odoo.addons.document_flow.tools.rows import serialize

RELATION = "bmasia_invoice_payment_transaction_rel"
# A system parameter: on a database for trying out, test payments are booked as well.
BOOK_TESTS = "bmasia_payment.book_test_payments"
KEY = "payment.transaction/"  # and the id: the idempotency key of a payment
ANNOUNCING = ("custom",)  # providers whose customers only say how they will pay


class PaymentTransaction(models.Model):
    """A transaction that pays invoices of ours.

    Gives: what a provider confirms is registered as a payment, once, and the person of
    Finance is told.

    How it works: when Odoo processes the outcome, the row is locked, and
    ``bmasia_payment_id`` says whether it was registered; the payment has the
    transaction as its idempotency key, too. The invoices take what they ask for at that
    moment. What they do not take, for they were paid or credited meanwhile, is the
    customer's credit on account, and comes up on My Day. What cannot be registered, for
    the month is closed, say, is a reported payment that stays until Finance has seen to
    it (``bmasia.payment.claim``).
    """

    _inherit = "payment.transaction"

    bmasia_invoice_ids = fields.Many2many(
        "bmasia.invoice",
        RELATION,
        "transaction_id",
        "invoice_id",
        "Invoices",
        readonly=True,
    )
    bmasia_payment_id = fields.Many2one(
        "bmasia.payment",
        "Registered As",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    # ------------------------------------------------------------
    # WHAT IT IS
    # ------------------------------------------------------------

    def _is_customers(self):
        """Whether a customer began this on a page: no refund, no part of another."""
        return self.operation != "refund" and not self.source_transaction_id

    def _is_announced(self):
        """Whether somebody only said that they will transfer the money."""
        return self.provider_code in ANNOUNCING and self.state == "pending"

    def _is_money(self):
        """Whether money has moved, or is taken for it on a database for trying out."""
        parameters = self.env["ir.config_parameter"].sudo()
        return self.is_live or parameters.get_param(BOOK_TESTS) == "True"

    def _is_underway(self, since):
        """Whether paying again would charge twice.

        :param since: of earlier ones nothing is to be expected any more
        """
        if any(part._is_underway(since) for part in self._parts()):
            return True
        if self.state in ("pending", "authorized"):
            return self.last_state_change >= since and not self._is_announced()
        if self.state != "done" or self.bmasia_payment_id or not self._is_money():
            return False
        return not self.is_post_processed or "open" in self._claims(True).mapped(
            "state"
        )

    def _claims(self, confirmed):
        """What Finance was left of it: an arrival that could not be booked, or what was
        only announced.
        """
        claims = self.env["bmasia.payment.claim"].sudo()
        return claims.search(
            [("transaction_id", "=", self.id), ("is_confirmed", "=", confirmed)]
        )

    # ------------------------------------------------------------
    # CORE'S STEPS
    # ------------------------------------------------------------

    def _create_child_transaction(
        self, amount, is_refund=False, **custom_create_values
    ):
        """Core's; a refund, or a part that is collected, is of the same invoices."""
        if invoices := self.bmasia_invoice_ids:
            custom_create_values["bmasia_invoice_ids"] = [Command.set(invoices.ids)]
        return super()._create_child_transaction(
            amount, is_refund=is_refund, **custom_create_values
        )

    def _log_message_on_linked_documents(self, message):
        logged = super()._log_message_on_linked_documents(message)
        for invoice in self.sudo().bmasia_invoice_ids:
            invoice._log_for_us(message)
        return logged

    def _post_process(self):
        processed = super()._post_process()
        for transaction in self.sudo().filtered("bmasia_invoice_ids"):
            transaction = transaction.with_user(SUPERUSER_ID)
            serialize(transaction)
            transaction._follow_state()
        return processed

    def _follow_state(self):
        """See to what a state means for the invoices."""
        if self.operation == "refund":
            if self.state == "done":
                self._tell_refund()
        elif self._is_announced():
            self._propose("")
        elif self.state == "done" and not self._collected_in_parts():
            self._register_money()

    def _collected_in_parts(self):
        """Whether its parts are registered, each by itself."""
        return any(part.state in ("done", "cancel") for part in self._parts())

    def _parts(self):
        """What of it is collected later, each by itself; refunds apart."""
        return self.child_transaction_ids.filtered(
            lambda part: part.operation == self.operation
        )

    # ------------------------------------------------------------
    # THE MONEY
    # ------------------------------------------------------------

    def _register_money(self):
        if self.bmasia_payment_id or self._claims(True):
            return
        if not self._is_money():
            self._log_message_on_linked_documents(
                self.env._(
                    "%s is a test: no money has moved, and nothing is booked.",
                    self.reference,
                )
            )
            return
        try:
            with self.env.cr.savepoint():
                self._book()
        except UserError as error:
            self._propose(str(error))
        else:
            self._tell_registered()

    def _book(self):
        """Register the money, and what of it the invoices take.

        :returns: the answer of ``bmasia.payment.register``
        :rtype: dict
        :raises UserError: it cannot be registered as it is
        """
        self.ensure_one()
        own = self.with_user(SUPERUSER_ID)
        serialize(own)
        invoices = own.bmasia_invoice_ids.sorted(lambda each: (each.due_date, each.id))
        serialize(invoices)
        answer = own.env["bmasia.payment"].register(
            invoices[0].customer_id.id,
            own.company_id.id,
            own.amount,
            date=own._day_of_money(),
            currency_id=own.currency_id.id,
            allocations=own._uses_of_money(invoices),
            method="online",
            reference=" ".join(filter(None, (own.reference, own.provider_reference))),
            idempotency_key=f"{KEY}{own.id}",
        )
        own.bmasia_payment_id = answer["payment"]
        claims = own._claims(True) or own._claims(False)
        claims.with_user(self.env.uid)._close(own.bmasia_payment_id)
        return answer

    def _uses_of_money(self, invoices):
        left, uses = self.amount, []
        for invoice in invoices:
            if use := invoice._online_use(left):
                left = money.subtract(left, use["amount"])
                uses.append(use)
        return uses

    def _day_of_money(self):
        """The day at the entity's desk on which the provider confirmed it."""
        zone = self.company_id.time_zone
        there = self.with_context(tz=zone)
        return fields.Datetime.context_timestamp(there, self.last_state_change).date()

    def _propose(self, why):
        """Leave it to Finance, as a reported payment.

        :param str why: it was not registered; empty where it was announced only
        """
        if self._claims(bool(why)):
            return
        if why:  # what was announced has arrived
            self._claims(False)._close()
        invoice = self.bmasia_invoice_ids.sorted("id")[0]
        text = why or self.env._("To come by transfer, as announced on our page.")
        self.env["bmasia.payment.claim"].sudo().create(
            {
                "invoice_id": invoice.id,
                "company_id": self.company_id.id,
                "amount": self.amount,
                "date": self._day_of_money(),
                "name": self.provider_id.name,
                "note": f"{self.reference}: {text}",
                "transaction_id": self.id,
                "is_confirmed": bool(why),
            }
        )
        if why:
            self._ask_finance(invoice, why)
        else:
            self._mail_finance(invoice)

    # ------------------------------------------------------------
    # FINANCE
    # ------------------------------------------------------------

    def _person_of_finance(self, invoice):
        """Who of Finance looks after an invoice; else anybody of the entity's Finance,
        else who looks after the customer.

        :rtype: res.users
        """
        own = invoice._responsible_people().filtered("active")
        everybody = self.env.ref(FINANCE).all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        finance = own.filtered(lambda user: user in everybody)
        return (finance or everybody.sorted("id") or own)[:1]

    def _tell_registered(self):
        """A mail where all is well; where something is left to do, an activity."""
        payment, invoice = (
            self.bmasia_payment_id,
            self.bmasia_invoice_ids.sorted("id")[0],
        )
        is_settled = not any(each._online_dues() for each in self.bmasia_invoice_ids)
        if payment.amount_unallocated:
            self._ask_finance(
                invoice,
                self.env._(
                    "%(left)s of it is on account: the invoice did not ask for it.",
                    left=payment._format_money(payment.amount_unallocated),
                ),
            )
        elif not is_settled:
            self._ask_finance(
                invoice, self.env._("It is less than the invoice asks for by now.")
            )
        else:
            self._mail_finance(invoice)

    def _tell_refund(self):
        invoice = self.bmasia_invoice_ids.sorted("id")[0]
        self._ask_finance(
            invoice,
            self.env._(
                "The provider paid it back to the customer. Nothing is booked: void "
                "the payment, or write a credit note and press Pay back."
            ),
        )

    def _said(self, invoice):
        return {
            "amount": invoice._format_money(abs(self.amount)),
            "provider": self.provider_id.name,
            "reference": self.reference,
        }

    def _ask_finance(self, invoice, what):
        """An activity, once."""
        user = self._person_of_finance(invoice)
        own = self.with_context(lang=user.lang)
        summary = own.env._("Online payment %s", self.reference)
        if not user or summary in invoice.activity_ids.mapped("summary"):
            return
        note = own.env._(
            "%(amount)s through %(provider)s (%(reference)s).", **self._said(invoice)
        )
        invoice.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=Markup("<p>%s</p><p>%s</p>") % (note, what),
            user_id=user.id,
            date_deadline=invoice._today(),
        )

    def _mail_finance(self, invoice):
        """A mail, in the words of who gets it."""
        user = self._person_of_finance(invoice)
        own = self.with_context(lang=user.lang)
        said = self._said(invoice)
        if self._is_announced():
            text = own.env._(
                "The customer chose to pay %(amount)s by %(provider)s (%(reference)s). "
                "Nothing is booked yet.",
                **said,
            )
        else:
            text = own.env._(
                "%(amount)s arrived through %(provider)s (%(reference)s) and is "
                "registered.",
                **said,
            )
        invoice._mail_colleague(
            user,
            lambda document: document.env._(
                "Online payment of %(number)s: %(customer)s",
                number=document.name,
                customer=document._todo_customer(),
            ),
            Markup("<p>%s</p>") % text,
        )
