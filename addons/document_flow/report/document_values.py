"""What the templates of documents may call, beside the document itself."""

import re

from odoo import api, models

from ..tools import colours, figures

ACCENT = "#e8910c"  # of an entity that has chosen none
THAI_BRANCH = re.compile(r"(?:branch|สาขาที่)\s*(?:no\.?\s*)?(\d{1,5})", re.I)
HEAD_OFFICE = {"head office", "สำนักงานใหญ่"}


class DocumentValues(models.AbstractModel):
    """The values of every document.

    Gives: formats, the entity's colour, logo and signature, as functions by name.

    A report that needs more has a model of its own, ``report.<its report_name>``, that
    inherits this, names its documents (``_document_model``) and adds values
    (``_values``).

    Example: ``day(doc, doc.date)`` in a template.

    How it works: reports of all kinds of documents get these values
    (``ir_actions_report.py``); those of a report's own model count more.
    """

    _name = "document.report.values"
    _description = "Values of Documents"

    _document_model = ""

    @api.model
    def _get_report_values(self, docids, data=None):
        return {
            "docs": self.env[self._document_model].browse(docids),
            **self._values(),
        }

    def _values(self):
        """What the template may call, by name.

        :rtype: dict
        """
        return {
            "figure": self._figure,
            "money": self._money,
            "number": figures.number,
            "day": self._day,
            "choice": self._choice,
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

    def _choice(self, record, name):
        """What a selection field's value is called in the document's language."""
        labels = dict(record._fields[name]._description_selection(record.env))
        return labels.get(record[name])

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
        return f"--accent: {colour}; --accent-text: {self._accent_text(document)}"

    def _accent_text(self, document):
        """The shade of the entity's colour that can be read on white, and white on it.

        :rtype: str
        """
        return colours.readable(document.company_id.sudo().document_accent or ACCENT)

    def _logo_of(self, company):
        """The entity's logo; Odoo's own "Your logo" is none."""
        company = company.sudo().with_context(bin_size=False)
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
        whole = company.with_context(bin_size=False)
        return own and self._picture(whole.document_signature)
