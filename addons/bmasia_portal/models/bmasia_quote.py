from odoo import models
from odoo.exceptions import UserError

from odoo.addons.document_sign.exceptions import AnswerRefused
from odoo.addons.document_sign.tools.wishes import Option

NOT_OFFERED = ("draft",)
OPEN = ("draft", "sent")


class BmasiaQuote(models.Model):
    """A quote on its customer's page: accepted, declined, asked to be extended, shown
    as its newest revision.
    """

    _name = "bmasia.quote"
    _inherit = ["document.accepted.mixin", "bmasia.quote"]

    def _link_matters_until(self):
        return self.valid_until or super()._link_matters_until()

    def _page_facts(self):
        return [
            *super()._page_facts(),
            (self.env._("Valid until"), self._say_day(self.valid_until)),
            (self.env._("Total"), self._acceptance_total()),
        ]

    def _words_of_link(self, letter):
        """What can be done on the page, as long as the quote is open."""
        label, note = super()._words_of_link(letter)
        if self.state not in OPEN:
            return label, note
        if self._optional_lines():
            told = self.env._(
                "There you can choose its options, and accept or decline it."
            )
        else:
            told = self.env._("There you can accept or decline it.")
        return label, f"{told} {note}"

    # ------------------------------------------------------------
    # THE ANSWER
    # ------------------------------------------------------------

    def _awaits_answer(self):
        return self.state == "sent" and not self._is_over()

    def _acceptance_total(self, options=None):
        quote = self if options is None else self._with_choice(self._named(options))
        return self._format_money(quote._printed_payable())

    def _named(self, options):
        """The optional lines that the page calls so."""
        return self._optional_lines().filtered(lambda line: str(line.id) in options)

    def _answer_options(self):
        return [
            Option(
                name=str(line.id),
                text=line._option_title(),
                amount=self._format_money(line.amount_untaxed),
                more=self._said_of_amount(line),
            )
            for line in self._optional_lines()
        ]

    def _said_of_amount(self, line):
        """How the amount of an option is meant, as the file prints it."""
        yearly, taxed = line._charge() == "yearly", line.tax_rate
        tax = self._tax_name()
        if yearly and taxed:
            return self.env._("per year, before %s", tax)
        if taxed:
            return self.env._("before %s", tax)
        return self.env._("per year") if yearly else ""

    def _follow_acceptance(self, acceptance):
        chosen = self._named(acceptance._chosen_options())
        self.action_accept(option_ids=chosen.ids)
        # what is recorded is what was confirmed
        if acceptance.total and self._acceptance_total() != acceptance.total:
            raise AnswerRefused(self._changed_sentence())

    def _follow_refusal(self, reason, acceptance):
        self.action_reject(reason)

    # ------------------------------------------------------------
    # AFTER ITS LAST DAY
    # ------------------------------------------------------------

    def _can_ask_for_extension(self):
        """Whether there is something to extend."""
        return self.state == "expired" or (self.state == "sent" and self._is_over())

    def _page_panels(self):
        panels = super()._page_panels()
        if self._can_ask_for_extension():
            return [*panels, "bmasia_portal.page_extend"]
        return panels

    def _ask_for_extension(self, link):
        """The customer wants more time: who is responsible learns it.

        :param link: the ``document.link`` that the page was opened with
        :raises UserError: there is nothing to extend
        """
        if not self._can_ask_for_extension():
            raise UserError(
                self.env._("This quote needs no extension. Please load the page again.")
            )
        self._record_event("extension", link.recipients or "", link=link)
        user = self._responsible_people().filtered("active")[:1]
        document = self.with_context(lang=user.lang or self.env.lang)
        title = document._extension_title()
        document._log_for_us(title)
        document.with_context(mail_activity_quick_update=True)._ask_colleague(
            title, document.env._("Extend the quote, or revise it and send it again.")
        )
        document._mail_colleague(user, lambda each: each._extension_title(), "")

    def _extension_title(self):
        return self.env._(
            "%(customer)s asks to extend %(number)s",
            number=self.name,
            customer=self._todo_customer(),
        )

    # ------------------------------------------------------------
    # REVISIONS
    # ------------------------------------------------------------

    def _shown_instead(self):
        """The newest revision that the customer has. A draft can be given to another
        customer before it is sent: such a one is no revision for this customer.
        """
        newest = shown = self
        while newest.state == "superseded":
            revisions = newest.revision_ids.filtered(
                lambda quote: quote.state not in NOT_OFFERED
            )
            newest = revisions.sorted("id")[-1:]
            if newest and self._is_for_the_same(newest):
                shown = newest
        return shown if shown != self else super()._shown_instead()

    # ------------------------------------------------------------
    # EVIDENCE
    # ------------------------------------------------------------

    def _evidence_chain(self):
        sale, invoices = self.env["bmasia.evidence"], self.env["bmasia.invoice"]
        quotes = sale._with_revisions(self)
        contracts = quotes.contract_ids | quotes.amendment_ids.contract_id
        return sale._sale_of(quotes, contracts, invoices)
