from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.document_flow.exceptions import DocumentConflict
from odoo.addons.document_flow.models.document_input_mixin import is_id
from odoo.addons.document_flow.tools.rows import serialize

from ..tools import money

# What a use of money says, beside what it is for.
FIGURES = ("amount", "percent", "withholding_amount", "bank_charge", "rounding")
# What it may be for.
TARGETS = {
    "invoice_id": "bmasia.invoice",
    "contract_id": "bmasia.contract",
    "quote_id": "bmasia.quote",
}


class BmasiaPaymentBookingMixin(models.AbstractModel):
    """How money is noted, used and paid back: the public methods of payments.

    Each takes an ``idempotency_key``: a second call with the same one books nothing and
    answers as the first did. Without a key, a call that equals an earlier one asks.

    ``allocations`` is a list of objects, each with one of ``invoice_id`` (an invoice or
    a proforma; paid out, a credit note), ``contract_id`` and ``quote_id`` (an advance);
    ``amount`` of the money, default what is left of both; of an advance ``percent``
    instead; ``withholding_amount``, ``bank_charge``, ``rounding``; ``is_deposit``, kept
    until the last invoice of the contract; ``date``, default the payment's. What
    nothing is said about becomes the customer's credit, without a tax document.

    ``details`` is for the receipts, any of ``backdate_reason`` (why they are dated
    before those of a later month) and ``thb_rate``, ``thb_rate_source``,
    ``thb_rate_date`` (what a unit of the currency is worth in baht).
    """

    _name = "bmasia.payment.booking.mixin"
    _description = "Booking of Payments"

    # ------------------------------------------------------------
    # WHAT PEOPLE CALL
    # ------------------------------------------------------------

    @api.model
    def register(
        self,
        customer_id,
        company_id,
        amount,
        date=None,
        currency_id=None,
        allocations=None,
        method="transfer",
        reference=None,
        idempotency_key=None,
        cheque_date=None,
        direction="in",
        again=False,
        details=None,
    ):
        """Note money that came in (or went out), and what it is for, as far as known.

        :param int customer_id: who paid
        :param int company_id: the billing entity
        :param float amount: what arrived
        :param date: of the money, a date or ``YYYY-MM-DD``; default today
        :param int currency_id: default the entity's
        :param list[dict] allocations: what it is for, see the class; default credit
        :param str method: transfer, promptpay, cheque, card, online, cash or other
        :param str reference: the bank's
        :param str idempotency_key: of the caller's own
        :param cheque_date: of a cheque dated ahead, expected until :meth:`action_book`
        :param str direction: ``in`` or ``out``
        :param bool again: true: also if the same was noted before
        :param dict details: of its receipts, see the class
        :returns: ``{"payment", "receipts": [{"id", "number"}], "unallocated"}``
        :rtype: dict
        :raises UserError: more than is due, another customer's invoice, in the future
        :raises DocumentConflict: an equal payment is there, and no key
        """
        self.browse().check_access("create")
        texts = {"method": method, "reference": reference, "direction": direction}
        days, ends = (date, cheque_date), (customer_id, company_id, currency_id)
        values = self._read_header(ends, {"amount": amount, **texts}, days, details)
        # "today" of a call that is repeated after midnight is the same question
        asked = {**values, "date": date and str(values["date"])}
        return self._register_once(values, asked, allocations, idempotency_key, again)

    def _register_once(self, values, asked, allocations, key, again):
        return self.env["bmasia.booking.request"]._once(
            key,
            self.env["res.company"].browse(values["company_id"]),
            {"payment": asked, "allocations": allocations},
            lambda: self._book_payment(values, allocations, key, again),
        )

    def action_allocate(
        self, allocations, idempotency_key=None, again=False, details=None
    ):
        """Say what money on account is for: its receipts are issued now.

        :param list[dict] allocations: as :meth:`register` takes them; ``date`` is the
            payment's, or today where what it pays is younger than the money
        :param str idempotency_key: of the caller's own
        :param bool again: true: also if the same was said before
        :param dict details: as :meth:`register` takes them
        :returns: ``{"payment", "receipts": [{"id", "number"}], "unallocated"}``
        :rtype: dict
        :raises UserError: more than is left
        :raises DocumentConflict: the payment is void, or an equal use is there
        """
        self.ensure_one()
        self.check_access("write")
        return self.env["bmasia.booking.request"]._once(
            idempotency_key,
            self.company_id,
            {"allocate": self.id, "allocations": allocations},
            lambda: self._allocate(
                allocations, idempotency_key or again, self._read_details(details)
            ),
        )

    def action_refund(
        self,
        amount=None,
        date=None,
        reference=None,
        method="transfer",
        idempotency_key=None,
        again=False,
    ):
        """Pay credit on account back to the customer.

        :param float amount: default all that is not used
        :param date: of the money; default today
        :param str reference: the bank's
        :param str method: as of :meth:`register`
        :param str idempotency_key: of the caller's own
        :param bool again: true: also if the same was paid back before
        :returns: ``{"payment", "unallocated"}``: the payment out, and what is left
        :rtype: dict
        :raises UserError: more than is left
        """
        self.ensure_one()
        self.check_access("write")
        texts = {"method": method, "reference": reference}
        self._check_kinds(amount=amount, idempotency_key=idempotency_key, **texts)
        day = self._read_day(date) or self._today()
        return self.env["bmasia.booking.request"]._once(
            idempotency_key,
            self.company_id,
            {"refund": [self.id, amount, date and str(day), reference, method]},
            lambda: self._refund(
                amount, day, reference, method, idempotency_key or again
            ),
        )

    # ------------------------------------------------------------
    # BOOKED
    # ------------------------------------------------------------

    @api.model
    def _book_payment(self, values, allocations, key, again):
        draft = self.new(values)
        uses = self._read_uses(draft, allocations, values["amount"], is_new=True)
        if not (key or again):
            self._check_not_repeated(values, uses)
        self._check_explained(draft, uses)
        payment = self._create_checked(values)
        payment.sudo().idempotency_key = key or False
        if payment.state == "expected":
            uses = [{**use, "state": "planned"} for use in uses]
        self._use(payment, uses)
        return self._answer(payment)

    @api.model
    def _check_explained(self, payment, uses):
        """Money that comes in may wait for its explanation, but it is somebody's; what
        goes out gives something back.

        :param payment: the new payment
        :raises UserError: there is nothing that it could be
        """
        if not payment.amount and not uses:
            raise ValidationError(self.env._("Enter an amount above zero."))
        if not uses and not payment.customer_id.active:
            raise UserError(
                self.env._(
                    "%s is archived: say what the money is for, or choose the company "
                    "that took its place.",
                    payment.customer_id.display_name,
                )
            )
        given_back = money.add(use["amount"] for use in uses)
        if payment.direction == "out" and given_back != payment.amount:
            raise UserError(
                self.env._(
                    "Choose the credit notes that it pays back. What is on account "
                    "is paid back on its payment."
                )
            )

    @api.model
    def _create_checked(self, values):
        """A payment as the user may make it; what goes out is made here only."""
        self.check_access("create")
        payment = self.sudo().create(values).with_env(self.env)
        payment.check_access("create")
        return payment

    def _allocate(self, allocations, again, details):
        serialize(self)
        self.sudo().write(details)
        if self.state == "voided":
            raise DocumentConflict(self.env._("%s is void.", self.display_name))
        uses = self._read_uses(self, allocations, self._left_to_use())
        if not uses:
            raise UserError(self.env._("Say what the money is for."))
        if not again:
            for use in uses:
                self._check_use_not_repeated({"payment_id": self.id, **use})
        if self.state == "expected":
            uses = [{**use, "state": "planned"} for use in uses]
        made = self._use(self, uses)
        return self._answer(self, made.receipt_id)

    def _left_to_use(self):
        """What is not spoken for, of an expected payment as well."""
        return money.subtract(self.amount, self.amount_allocated)

    @api.model
    def _use(self, payment, uses):
        """Make the uses, with all that follows from them."""
        allocations = self.env["bmasia.payment.allocation"].sudo()
        vals_list = [{"payment_id": payment.id, **use} for use in uses]
        allocations._serialize_ends(vals_list)
        return allocations.create(vals_list)

    def _refund(self, amount, day, reference, method, again):
        serialize(self)
        left = self.amount_unallocated if self.direction == "in" else 0.0
        amount = left if amount is None else amount
        if not 0 < amount <= left:
            raise UserError(
                self.env._(
                    "%(left)s of this payment is not used: that, or less, can be paid "
                    "back.",
                    left=self._format_money(left),
                )
            )
        if not again:
            same = {"payment_id": self.id, "date": day, "amount": amount}
            self._check_use_not_repeated(same, reference or False)
        out = self._create_checked(
            {
                "customer_id": self.customer_id.id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
                "direction": "out",
                "date": day,
                "amount": amount,
                "method": method,
                "reference": reference or False,
            }
        )
        use = {
            **self._ends_of(self),
            "refund_id": out.id,
            "amount": amount,
            "date": day,
        }
        self._use(self, [use])
        return {"payment": out.id, "unallocated": self.amount_unallocated}

    @api.model
    def _answer(self, payment, receipts=None):
        receipts = payment.receipt_ids if receipts is None else receipts
        return {
            "payment": payment.id,
            "receipts": [
                {"id": receipt.id, "number": receipt.name}
                for receipt in receipts.sorted("id")
            ],
            "unallocated": payment.amount_unallocated,
        }

    # ------------------------------------------------------------
    # WHAT IS ASKED
    # ------------------------------------------------------------

    @api.model
    def _check_kinds(self, amount, **texts):
        self._check_argument("amount", amount, "number")
        for name, value in texts.items():
            self._check_argument(name, value, "text")

    @api.model
    def _read_ends(self, customer_id, company_id, currency_id):
        """Whose money it is: ids by name, each of a record that the user may read."""
        customer = self._find("customer_id", "bmasia.company", customer_id)
        company = self._find("company_id", "res.company", company_id)
        currency = company.sudo().currency_id
        if currency_id:
            currency = self._find("currency_id", "res.currency", currency_id)
        return {
            "customer_id": customer.id,
            "company_id": company.id,
            "currency_id": currency.id,
        }

    @api.model
    def _read_header(self, ends, money_in, days, details):
        """The values of a new payment, from what a program says."""
        self._check_kinds(**money_in)
        ends = self._read_ends(*ends)
        today = self.env["res.company"].browse(ends["company_id"])._today
        return {
            **ends,
            **money_in,
            "reference": money_in["reference"] or False,
            "date": self._read_day(days[0]) or today(),
            "cheque_date": self._read_day(days[1]) or False,
            **self._read_details(details),
        }

    @api.model
    def _find(self, name, model, id_):
        """A record that a program names, which the user may read."""
        record = self.env[model].browse(id_ if is_id(id_) else 0).exists()
        if not record:
            raise UserError(
                self.env._(
                    "%(name)s: there is no record %(id)s.", name=name, id=str(id_)[:40]
                )
            )
        record.check_access("read")
        return record

    @api.model
    def _read_uses(self, payment, allocations, left, is_new=False):
        """The values of uses, from what a program or a dialog says.

        :param payment: the payment, which may be new
        :param float left: of its money
        :rtype: list[dict]
        :raises UserError: what is said makes no sense, or does not fit the payment
        """
        uses = []
        for said in self._check_said(allocations):
            name = next(key for key in TARGETS if said.get(key))
            target = self._find(name, TARGETS[name], said[name])
            self._check_target(payment, target)
            target._check_takes_money()
            figures = {key: said.get(key) or 0.0 for key in FIGURES[2:]}
            amount = said.get("amount")
            if amount is None and said.get("percent"):
                amount = payment.currency_id.round(
                    target._payable_total() * said["percent"] / 100
                )
            if amount is None:
                asks = money.subtract(target._left_to_pay(), *figures.values())
                amount = max(min(left, asks), 0.0)
            left = money.subtract(left, amount)
            uses.append(
                {
                    **self._ends_of(payment, target),
                    name: target.id,
                    "amount": amount,
                    "date": self._read_day(said.get("date"))
                    or self._day_of_use(payment, target, is_new),
                    **figures,
                    "is_deposit": bool(said.get("is_deposit")),
                }
            )
        return uses

    @api.model
    def _ends_of(self, payment, target=None):
        return {
            "customer_id": (target or payment).customer_id.id,
            "company_id": payment.company_id.id,
            "currency_id": payment.currency_id.id,
        }

    @api.model
    def _day_of_use(self, payment, target, is_new):
        """Money on account becomes the price of something on the day that it is used;
        what was there when it came was paid by it.
        """
        issued = target.issue_date if target._name == "bmasia.invoice" else False
        is_younger = issued and issued > payment.date
        return payment._today() if is_younger and not is_new else payment.date

    @api.model
    def _check_said(self, allocations):
        if not allocations:
            return []
        known = {*TARGETS, *FIGURES, "date", "is_deposit"}
        rows = allocations if isinstance(allocations, list | tuple) else [None]
        for said in rows:
            is_row = isinstance(said, dict) and said.keys() <= known
            if not is_row or len([key for key in TARGETS if said.get(key)]) != 1:
                raise UserError(
                    self.env._(
                        "allocations takes a list of objects, each with one of "
                        "%(targets)s, and any of %(others)s.",
                        targets=", ".join(TARGETS),
                        others=", ".join((*FIGURES, "date", "is_deposit")),
                    )
                )
            for key in FIGURES:
                self._check_argument(key, said.get(key), "number")
        return rows

    @api.model
    def _check_target(self, payment, target):
        """Money stays with its entity, currency and family of customers.

        :raises UserError: saying what differs
        """
        if target.company_id != payment.company_id:
            raise UserError(
                self.env._(
                    "%(document)s is billed by %(entity)s, the money came to another.",
                    document=target.display_name,
                    entity=target.company_id.sudo().name,
                )
            )
        if target.currency_id != payment.currency_id:
            raise UserError(
                self.env._(
                    "%(document)s is in %(currency)s, the money in %(other)s.",
                    document=target.display_name,
                    currency=target.currency_id.name,
                    other=payment.currency_id.name,
                )
            )
        families = {party._family_root() for party in target._paying_parties()}
        if payment.customer_id._family_root() not in families:
            raise UserError(
                self.env._(
                    "%(document)s is of %(customer)s, who has nothing to do with "
                    "%(payer)s. A parent company may pay for its own.",
                    document=target.display_name,
                    customer=target.customer_id.name,
                    payer=payment.customer_id.name,
                )
            )

    @api.model
    def _check_not_repeated(self, values, uses):
        """A program that had no answer asks again; so does a person who clicks twice.

        Two at once are one after the other: what they have in common is the customer.

        :raises DocumentConflict: an equal payment is there
        """
        serialize(self.env["bmasia.company"].browse(values["customer_id"]))
        same = ("customer_id", "company_id", "currency_id", "direction", "date")
        same += ("amount", "method", "reference")
        domain = Domain.AND(Domain(name, "=", values[name]) for name in same)
        twins = self.search(domain & Domain("state", "!=", "voided"))
        asked = {self._said_of(use) for use in uses}
        for twin in twins:
            rows = twin.sudo().allocation_ids
            if {self._said_of(row) for row in rows} == asked:
                raise DocumentConflict(
                    self.env._(
                        "The same payment was noted already: %(payment)s. If another "
                        "one arrived, give its reference, or say that it is another "
                        "(a program: an idempotency_key of its own).",
                        payment=twin.display_name,
                    )
                )

    @api.model
    def _check_use_not_repeated(self, values, reference=None):
        """The same for money that is here: used, set off or paid back as before.

        :param dict values: of the use
        :param reference: of what was paid back; None where nothing is
        :raises DocumentConflict: an equal use is there
        """
        domain = Domain.AND(
            Domain(name, "=", values[name])
            for name in ("payment_id", "credit_note_id", *TARGETS, "date", "amount")
            if name in values
        )
        domain &= Domain("state", "!=", "voided")
        if reference is not None:
            domain &= Domain("refund_id.reference", "=", reference)
            domain &= Domain("refund_id", "!=", False)
        if self.env["bmasia.payment.allocation"].search_count(domain, limit=1):
            raise DocumentConflict(
                self.env._(
                    "The same was noted already. If it is another, say so (a program: "
                    "again, or an idempotency_key of its own)."
                )
            )

    @api.model
    def _said_of(self, use):
        """What a use is for, and what it settles beside the money."""
        ids = (use.get(n) if isinstance(use, dict) else use[n].id for n in TARGETS)
        return (*(id_ or False for id_ in ids), use["withholding_amount"] or 0.0)
