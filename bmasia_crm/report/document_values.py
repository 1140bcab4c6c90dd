"""What the templates of the documents may call, beside the document itself."""

import re

from odoo import api, models

from ..tools import colours, figures, words

ACCENT = "#e8910c"  # of an entity that has chosen none
THAI_BRANCH = re.compile(r"(?:branch|สาขาที่)\s*(?:no\.?\s*)?(\d{1,5})", re.I)
HEAD_OFFICE = {"head office", "สำนักงานใหญ่"}


class DocumentValues(models.AbstractModel):
    """The values of every document. Each report has a model of its own name, in a file
    beside this one, which names the model that it prints (``_document_model``) and adds
    what only its template calls.
    """

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
            "branch": self._branch,
            "accent": self._accent,
            "logo_of": self._logo_of,
            "picture": self._picture,
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
        went out, who signed for the entity then and still does.

        :returns: a ``data:`` address or False: nobody else signs with it
        """
        company = document.company_id.sudo()
        own = (
            name
            and name == document._seller()["signatory"] == company.document_signatory
        )
        return own and self._picture(company.document_signature)
