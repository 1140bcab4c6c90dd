from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.bmasia_crm.tools import money
from odoo.addons.document_flow.tools.rows import serialize

# Until when something under way may still come: cards keep a reservation for a week.
UNDERWAY_DAYS = 7
TOLD_HOURS = 24  # for which the page says how a payment ended
BEGUN_MINUTES = 30  # for which one may come back from the provider
# How the page shows a state: the class of its note.
LOOKS = {
    "draft": "warning",
    "pending": "",
    "authorized": "",
    "done": "success",
    "test": "warning",
    "cancel": "warning",
    "error": "danger",
}


class BmasiaOnlineMixin(models.AbstractModel):
    """A document that is paid online, through a provider of Odoo's ``payment``.

    Gives: what the page offers and says, and what is asked before somebody pays.

    The model says what is to be paid now (``_online_dues``), and has ``name``,
    ``company_id``, ``currency_id`` and ``customer_id``. Its page has the panel
    ``bmasia_payment.page_online``, called with ``online``.

    How it works: the amount is always calculated here, for the moment. While a payment
    is under way, or has arrived and is not registered, nobody pays again.
    """

    _name = "bmasia.online.mixin"
    _description = "Document That Is Paid Online"

    def _online_dues(self):
        """What is to be paid now.

        :returns: invoices, each with its amount in the document's currency
        :rtype: list[tuple]
        """
        raise NotImplementedError

    def _online_invoices(self):
        """The invoices that a payment of this document is for, paid ones as well."""
        raise NotImplementedError

    def _online_due(self):
        """What is to be paid now, in all."""
        return money.add(amount for _invoice, amount in self._online_dues())

    def _online_partner(self):
        """Who pays: the customer's own contact, whoever has the link."""
        return self.customer_id.sudo().partner_id

    # ------------------------------------------------------------
    # PROVIDERS
    # ------------------------------------------------------------

    def _online_providers(self):
        """The providers that take what is due, of this billing entity alone: what
        another one receives would pay nothing here.

        :rtype: payment.provider
        """
        self.ensure_one()
        # as a visitor, for our own people are offered unpublished ones as well
        visitor = self.env.ref("base.public_user")
        providers = self.env["payment.provider"].with_user(visitor).sudo()
        found = providers._get_compatible_providers(
            self.company_id.id,
            self._online_partner().id,
            self._online_due(),
            currency_id=self.currency_id.id,
        )
        return found.filtered(lambda each: each.company_id == self.company_id)

    def _online_methods(self, providers):
        """The ways to pay that these providers offer here.

        :rtype: payment.method
        """
        methods = self.env["payment.method"].sudo()
        if not providers:
            return methods
        return methods._get_compatible_payment_methods(
            providers.ids, self._online_partner().id, currency_id=self.currency_id.id
        )

    # ------------------------------------------------------------
    # BEFORE SOMEBODY PAYS
    # ------------------------------------------------------------

    def _online_transactions(self):
        """What was begun for these invoices, the latest first, refunds apart.

        :rtype: payment.transaction
        """
        transactions = self._online_invoices().sudo().online_transaction_ids
        return transactions.filtered(lambda each: each._is_customers()).sorted(
            "id", reverse=True
        )

    def _online_underway(self):
        """The latest transaction that keeps somebody from paying again; or empty."""
        since = fields.Datetime.now() - timedelta(days=UNDERWAY_DAYS)
        return self._online_transactions().filtered(
            lambda each: each._is_underway(since)
        )[:1]

    def _check_online(self):
        """
        :raises UserError: nothing is to be paid now, or not online
        """
        if not self._online_due() > 0:
            raise UserError(self.env._("Nothing is due."))
        if self._online_underway():
            raise UserError(
                self.env._("A payment is being processed. Please do not pay again.")
            )
        if not self._online_methods(self._online_providers()):
            raise UserError(self.env._("This cannot be paid online."))

    def _begin_online(self, seen):
        """Look once more, alone with these invoices.

        :param float seen: the amount that the customer saw
        :raises UserError: it is another one by now, or see :meth:`_check_online`
        """
        serialize(self._online_invoices())
        self._check_online()
        is_number = isinstance(seen, int | float)
        if not is_number or self.currency_id.compare_amounts(seen, self._online_due()):
            raise UserError(
                self.env._("What is due has changed. Please open the page again.")
            )

    # ------------------------------------------------------------
    # THE PAGE
    # ------------------------------------------------------------

    def _page_online(self):
        """What the page says of paying online.

        :returns: ``due`` (words), ``can_pay``, ``is_test`` (only providers in test
            mode), ``state`` (look and words of the latest transaction, or None),
            ``reason`` (the provider's, where it failed)
        :rtype: dict
        """
        due = self._online_due()
        providers = self.env["payment.provider"].sudo()
        if due > 0 and not self._online_underway():
            providers = self._online_providers()
        latest = self._online_transactions()[:1]
        return {
            "due": self._format_money(due),
            "can_pay": bool(self._online_methods(providers)),
            "is_test": bool(providers) and set(providers.mapped("state")) == {"test"},
            "state": self._online_state(latest),
            "reason": latest.state_message if latest.state == "error" else "",
        }

    def _online_state(self, transaction):
        """What has come of the latest transaction, as long as somebody wants to know.

        :returns: look and words, or None
        :rtype: tuple[str, str] | None
        """
        changed = transaction.last_state_change
        if not changed or transaction._is_announced():
            return None
        age = fields.Datetime.now() - changed
        told = timedelta(hours=TOLD_HOURS)
        if transaction.state == "draft":
            told = timedelta(minutes=BEGUN_MINUTES)
        if transaction in self._online_underway():
            told = timedelta(days=UNDERWAY_DAYS)
        return self._online_words(transaction) if age <= told else None

    def _online_words(self, transaction):
        """Look and words of the state of a transaction."""
        said = {
            "amount": self._format_money(transaction.amount),
            "moment": self._page_moment(transaction.last_state_change),
        }
        is_test = transaction.state == "done" and not transaction._is_money()
        state = "test" if is_test else transaction.state
        words = self._words_underway() | self._words_at_the_end()
        return LOOKS[state], words[state] % said

    def _words_underway(self):
        begun = self.env._(
            "A payment of %(amount)s was begun on %(moment)s and is not confirmed. If "
            "you have just paid, wait a minute and open this page again."
        )
        pending = self.env._(
            "Your payment of %(amount)s of %(moment)s is being processed. Please do "
            "not pay again; this page says when it has arrived."
        )
        authorized = self.env._(
            "Your payment of %(amount)s of %(moment)s is authorised and will be "
            "collected. Please do not pay again."
        )
        return {"draft": begun, "pending": pending, "authorized": authorized}

    def _words_at_the_end(self):
        done = self.env._(
            "Thank you. Your payment of %(amount)s arrived on %(moment)s. A receipt "
            "follows by e-mail."
        )
        test = self.env._(
            "Test payment of %(amount)s on %(moment)s: no money has moved, and nothing "
            "is booked."
        )
        cancelled = self.env._(
            "The payment of %(amount)s was cancelled on %(moment)s. You were not "
            "charged."
        )
        failed = self.env._(
            "The payment of %(amount)s failed on %(moment)s. You can try again."
        )
        return {"done": done, "test": test, "cancel": cancelled, "error": failed}
