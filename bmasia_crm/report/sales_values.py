"""What the templates of quotes, contracts, invoices and receipts may call besides."""

from base64 import b64encode

from markupsafe import Markup

from odoo import models

from ..tools import promptpay, words


class SalesValues(models.AbstractModel):
    """The values of documents with lines and totals; each report has a model below."""

    _name = "bmasia.report.values"
    _inherit = ["document.report.values"]
    _description = "Values of Documents With Lines"

    def _values(self):
        return {
            **super()._values(),
            "in_words": self._in_words,
            "described": self._described,
            "notice": self._notice,
            "promptpay_code": self._promptpay_code,
            "term_rows": self._term_rows,
        }

    def _in_words(self, document, amount, lang=None):
        """An amount in words; default: in the document's language."""
        lang = lang or document._get_print_lang()
        return words.in_words(amount, document.currency_id.name, lang)

    def _described(self, line):
        """A line's title and what stands below it; a product is not named twice.

        :returns: tuple of two texts, the second one may be empty
        """
        product, own = line.product_id.name, (line.name or "").strip()
        if not product:
            title, _line, text = own.partition("\n")
            return title, text
        rest = own.removeprefix(product)
        if rest == own or rest[:1].isalnum():
            return product, own
        rest = rest.lstrip(" :;,.–—-·\n")
        return product, rest[:1].upper() + rest[1:]

    def _notice(self, contract):
        """The sentences of the letter about the end of a contract.

        :returns: dict ``greeting``, ``offer``, ``request``
        """
        _ = contract.with_context(lang=contract._get_print_lang()).env._
        customer = contract._customer()
        return {
            "greeting": _("Dear %s,", customer["contact"] or customer["name"]),
            "offer": _(
                "Your agreement %(number)s on background music ends on %(day)s. We "
                "would be glad to keep the music playing and offer to renew it for "
                "%(months)d months from the day after, on these terms:",
                number=contract.name,
                day=contract._format_day(contract.end_date),
                months=contract.term_months,
            ),
            "request": _(
                "Nothing is renewed without your word. Please tell us at least "
                "%(days)d days before the end whether you wish to go on, change the "
                "number of zones, or stop.",
                days=contract.notice_days,
            ),
        }

    def _promptpay_code(self, document):
        """The QR code of what is still to be paid, on documents in baht.

        :returns: a ``data:`` address, or False where there is nothing to pay so
        """
        account = document._seller()["promptpay_id"]
        due = document.amount_due
        if not account or document.currency_id.name != "THB" or due <= 0:
            return False
        try:
            text = promptpay.payload(account, due)
        except ValueError:
            # a wrong id is the entity's set-up to mend; the bank block is there too
            return False
        svg = promptpay.drawing(text)
        return Markup("data:image/svg+xml;base64,%s") % b64encode(svg.encode()).decode()

    def _term_rows(self, document):
        """What a total of yearly and of single amounts is made of, and the whole term.

        :returns: list of (label, net amount)
        """
        env = document.with_context(lang=document._get_print_lang()).env
        paid = document._priced_lines().filtered("amount_untaxed")
        yearly = paid.filtered(lambda line: line._charge() == "yearly")
        if not yearly:
            return []
        rows = []
        if once := paid - yearly:
            rows = [
                (env._("Yearly, before tax"), sum(yearly.mapped("amount_untaxed"))),
                (env._("Once, before tax"), sum(once.mapped("amount_untaxed"))),
            ]
        if document.term_value != document.amount_untaxed:
            label = env._("Whole term of %s months, before tax", document.term_months)
            rows.append((label, document.term_value))
        return rows


class QuoteValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_quote"
    _inherit = "bmasia.report.values"
    _description = "Values of the Quote"
    _document_model = "bmasia.quote"


class ContractValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_contract"
    _inherit = "bmasia.report.values"
    _description = "Values of the Contract"
    _document_model = "bmasia.contract"


class RenewalNoticeValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_renewal_notice"
    _inherit = "bmasia.report.values"
    _description = "Values of the Renewal Notice"
    _document_model = "bmasia.contract"


class InvoiceValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_invoice"
    _inherit = "bmasia.report.values"
    _description = "Values of the Invoice"
    _document_model = "bmasia.invoice"


class ProformaValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_proforma"
    _inherit = "bmasia.report.values"
    _description = "Values of the Proforma Invoice"
    _document_model = "bmasia.invoice"


class ReceiptValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_receipt"
    _inherit = "bmasia.report.values"
    _description = "Values of the Receipt"
    _document_model = "bmasia.payment"
