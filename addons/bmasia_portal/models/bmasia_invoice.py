from markupsafe import Markup

from odoo import fields, models
from odoo.tools import plaintext2html

from odoo.addons.document_flow.models.document_page_mixin import LEFT_OUT

from ..tools import slips


class BmasiaInvoice(models.Model):
    """The invoice's page: what is due now, how to pay it, what was paid, and where a
    customer says that they have paid.
    """

    _inherit = "bmasia.invoice"

    # The panel has account and code, the code for what is due now.
    _left_out_of_page = (*LEFT_OUT, "columns")

    claim_ids = fields.One2many(
        "bmasia.payment.claim", "invoice_id", "Reported Payments", readonly=True
    )

    def _link_matters_until(self):
        days = filter(None, (self.due_date, self.paid_date))
        return max(days, default=None) or super()._link_matters_until()

    def _page_facts(self):
        facts = [(self.env._("Number"), self.name)]
        facts.append((self.env._("Date"), self._say_day(self.issue_date)))
        if self.kind == "invoice":
            facts.append((self.env._("Due"), self._say_day(self.due_date)))
        return [*facts, (self.env._("Total"), self._format_money(self.amount_total))]

    def _page_panels(self):
        panels = super()._page_panels()
        if self.kind in ("invoice", "proforma") and self.state in ("issued", "paid"):
            panels.append("bmasia_portal.page_pay")
        return panels

    def _page_values(self, link):
        values = super()._page_values(link)
        if "bmasia_portal.page_pay" in values["panels"]:
            values["pay"] = self._page_payment()
        return values

    def _page_payment(self):
        """What is due, and all that somebody needs to pay it.

        :returns: ``due`` (a figure), ``amount`` (its words), ``rows`` (how it comes
            about), ``bank`` (label, text, whether it is copied), ``code`` (an address
            of a picture, or False), ``receipts``, ``claims``, ``is_overdue``,
            ``invoice`` (that took the place of this proforma), ``largest`` (bytes of
            a slip)
        :rtype: dict
        """
        due = self._page_due()
        values = self.env["report.bmasia_crm.report_invoice"]
        receipts = self.sudo().receipt_ids.filtered(
            lambda receipt: receipt.state == "issued" and receipt._kept_pdf()
        )
        return {
            "due": due,
            "amount": self._format_money(due),
            "rows": self._page_due_rows() if self.kind == "invoice" else [],
            "bank": self._page_bank_rows(),
            "code": values._code_of(self, self.currency_id, due),
            "receipts": receipts.sorted("id"),
            "claims": self.sudo().claim_ids.filtered(lambda c: c.state == "open"),
            "is_overdue": self.is_overdue,
            "invoice": self._issued_invoice(),
            "largest": slips.LARGEST,
        }

    def _page_due(self):
        """What the page asks for now: what is due, less what is withheld. A proforma
        asks for nothing once its invoice does.
        """
        if self._issued_invoice():
            return 0.0
        is_invoice = self.kind == "invoice"
        due = self._amount_to_transfer() if is_invoice else self._left_to_pay()
        return max(due, 0.0)

    def _account_state(self):
        """Paid, or what is due of it and when."""
        _ = self.env._
        if "bmasia_portal.page_pay" not in self._page_panels():
            ended = self.state in self._ended_states | self._void_states
            states = dict(self._fields["state"]._description_selection(self.env))
            return states[self.state] if ended else ""
        due = self._page_due()
        if due > 0:
            words = {"amount": self._format_money(due)}
            if "open" in self.claim_ids.mapped("state"):
                return _("Due: %(amount)s. We check the payment you reported.", **words)
            if self.kind != "invoice" or not self.due_date:
                return _("To be paid: %(amount)s", **words)
            words["day"] = self._say_day(self.due_date)
            if self.is_overdue:
                return _("Overdue: %(amount)s, due on %(day)s", **words)
            return _("To be paid by %(day)s: %(amount)s", **words)
        return _("Paid") if self.payment_state == "paid" else _("Nothing is due")

    def _shown_instead(self):
        """The invoice that took the place of this proforma, once it was sent."""
        invoice = self._issued_invoice()
        if invoice.sent_date and self._is_for_the_same(invoice):
            return invoice
        return super()._shown_instead()

    def _page_due_rows(self):
        """From the total to what is due: label and amount of each step.

        :rtype: list[tuple[str, str]]
        """
        steps = [
            (self.env._("Total"), self.amount_total),
            (self.env._("Paid"), -self.amount_paid),
            (self.env._("Credited"), -self.amount_credited),
            (
                self.env._("Tax that you withhold"),
                self._amount_to_transfer() - self.amount_due,
            ),
        ]
        shown = [step for step in steps if not self.currency_id.is_zero(step[1])]
        if len(shown) < 2:
            return []
        return [(label, self._format_figure(amount)) for label, amount in shown]

    def _page_bank_rows(self):
        """The account to pay to, as the document names it.

        :returns: label, text, and whether it is something to copy
        :rtype: list[tuple[str, str, bool]]
        """
        bank = self._seller()["bank"] or {}
        rows = [
            (self.env._("Beneficiary"), bank.get("beneficiary"), True),
            (self.env._("Bank"), bank.get("name"), False),
            (self.env._("SWIFT"), bank.get("swift"), True),
            (self.env._("Account"), bank.get("account"), True),
            (self.env._("Reference"), self.name, True),
        ]
        return [row for row in rows if row[1]] if bank else []

    def _follow_claim(self, claim):
        """A customer reports a payment: our people read it in the chatter, and who is
        responsible gets a mail.
        """
        who = claim.name or self.env._("The customer")
        amount = self._format_money(claim.amount)
        text = Markup("<p>%s</p>%s") % (
            self.env._(
                "%(who)s reports on the page that %(amount)s were paid on %(day)s. "
                "Nothing is booked yet.",
                who=who,
                amount=amount,
                day=self._say_day(claim.date),
            ),
            plaintext2html(claim.note or ""),
        )
        self.sudo()._message_log(body=text)
        self._mail_colleague(
            self._responsible_people().filtered("active")[:1],
            lambda document: document.env._(
                "%(customer)s reports a payment of %(number)s",
                customer=document._todo_customer(),
                number=document.name,
            ),
            text,
        )

    # ------------------------------------------------------------
    # EVIDENCE
    # ------------------------------------------------------------

    def _evidence_chain(self):
        sale = self.env["bmasia.evidence"]
        invoices = sale._with_relatives(self)
        quotes = sale._with_revisions(invoices.quote_id)
        contracts = invoices.contract_ids | quotes.contract_ids
        return sale._sale_of(quotes, contracts, invoices)
