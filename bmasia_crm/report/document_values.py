"""What the templates of the documents may call, beside the document itself."""

import re
from base64 import b64encode

from markupsafe import Markup

from odoo import api, models

from ..tools import colours, figures, promptpay, words

ACCENT = "#e8910c"  # of an entity that has chosen none
THAI_BRANCH = re.compile(r"(?:branch|สาขาที่)\s*(?:no\.?\s*)?(\d{1,5})", re.I)
HEAD_OFFICE = {"head office", "สำนักงานใหญ่"}


class DocumentValues(models.AbstractModel):
    """The values of every document; each report has a model of its own name below."""

    _name = "bmasia.document.values"
    _description = "Values of Documents"

    _document_model = ""

    @api.model
    def _get_report_values(self, docids, data=None):
        return {
            "docs": self.env[self._document_model].browse(docids),
            "figure": self._figure,
            "money": self._money,
            "number": figures.number,
            "day": self._day,
            "in_words": self._in_words,
            "choice": self._choice,
            "described": self._described,
            "notice": self._notice,
            "branch": self._branch,
            "accent": self._accent,
            "logo_of": self._logo_of,
            "picture": self._picture,
            "promptpay_code": self._promptpay_code,
            "term_rows": self._term_rows,
            "signature_of": self._signature_of,
        }

    def _figure(self, document, amount):
        return document._format_figure(amount)

    def _money(self, document, amount):
        return document._format_money(amount)

    def _day(self, document, value):
        return document._format_day(value, "d MMM")

    def _in_words(self, document, amount, lang=None):
        """An amount in words; default: in the document's language."""
        lang = lang or document._get_print_lang()
        return words.in_words(amount, document.currency_id.name, lang)

    def _choice(self, record, name):
        """What a selection field's value is called in the document's language."""
        labels = dict(record._fields[name]._description_selection(record.env))
        return labels.get(record[name])

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

    def _branch(self, document, text):
        """Head office or branch, as Thai tax documents word it, in the document's
        language.

        What is worded otherwise is printed as it was typed.
        """
        env = document.with_context(lang=document._get_print_lang()).env
        if (text or "").strip().lower() in HEAD_OFFICE:
            return env._("Head Office")
        if number := THAI_BRANCH.fullmatch((text or "").strip()):
            return env._("Branch %s", number[1].zfill(5))
        return text

    def _accent(self, document):
        """The entity's colour, for rules and, dark enough to be read, for headings.

        :returns: CSS declarations of two custom properties
        """
        colour = document.company_id.sudo().document_accent or ACCENT
        readable = colours.readable(colour)
        return f"--accent: {colour}; --accent-text: {readable}"

    def _logo_of(self, company):
        """The entity's logo; Odoo's own "Your logo" is none."""
        company = company.sudo()
        return not company.uses_default_logo and self._picture(company.logo)

    def _picture(self, value):
        """A stored picture as a ``data:`` address.

        :param bytes value: of a binary field, base64
        """
        if not value:
            return False
        kind = "svg+xml" if value[:1] in (b"P", b"D") else "png"
        return f"data:image/{kind};base64,{value.decode()}"

    def _signature_of(self, document, name):
        """The entity's signature, for the person that it belongs to: of a document that
        was sent, who signed for the entity then and still does.

        :returns: a ``data:`` address or False: nobody else signs with it
        """
        company = document.company_id.sudo()
        own = (
            name
            and name == document._seller()["signatory"] == company.document_signatory
        )
        return own and self._picture(company.document_signature)

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


class QuoteValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_quote"
    _inherit = "bmasia.document.values"
    _description = "Values of the Quote"
    _document_model = "bmasia.quote"


class ContractValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_contract"
    _inherit = "bmasia.document.values"
    _description = "Values of the Contract"
    _document_model = "bmasia.contract"


class RenewalNoticeValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_renewal_notice"
    _inherit = "bmasia.document.values"
    _description = "Values of the Renewal Notice"
    _document_model = "bmasia.contract"


class InvoiceValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_invoice"
    _inherit = "bmasia.document.values"
    _description = "Values of the Invoice"
    _document_model = "bmasia.invoice"


class ProformaValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_proforma"
    _inherit = "bmasia.document.values"
    _description = "Values of the Proforma Invoice"
    _document_model = "bmasia.invoice"


class ReceiptValues(models.AbstractModel):
    _name = "report.bmasia_crm.report_receipt"
    _inherit = "bmasia.document.values"
    _description = "Values of the Receipt"
    _document_model = "bmasia.payment"
