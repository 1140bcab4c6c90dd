"""What the templates of documents with lines and totals may call besides."""

from markupsafe import Markup

from odoo import models

from ..tools import words


class SalesValues(models.AbstractModel):
    """The values of documents with lines and totals. Each report has a model of its own
    name, in a file beside this one, which names the model that it prints
    (``_document_model``) and adds what only its template calls.
    """

    _name = "bmasia.report.values"
    _inherit = ["document.report.values"]
    _description = "Values of Documents With Lines"

    def _values(self):
        return {
            **super()._values(),
            "in_words": self._in_words,
            "description": self._description_of,
        }

    def _in_words(self, document, amount, lang=None):
        """An amount in words; default: in the document's language."""
        lang = lang or document._get_print_lang()
        currency = document.currency_id
        return words.in_words(amount, currency.name, lang, currency.decimal_places)

    def _description_of(self, line):
        """A line's description as it is printed, blanks and line ends as they are.

        :rtype: Markup
        """
        return Markup('<span class="product">%s</span>%s') % self._described(line)

    def _described(self, line):
        """A line's description as it was written, in two parts: what is printed bold,
        and what follows it. A product that it does not name stands above it.

        :returns: tuple of two texts, the second one may be empty
        """
        product, own = (line.product_id.name or "").strip(), (line.name or "").strip()
        if product and product.casefold() not in own.casefold():
            return product, f"\n{own}" if own else ""
        rest = own.removeprefix(product) if product else own
        if rest != own and not rest[:1].isalnum():
            return product, rest
        title, line_end, text = own.partition("\n")
        return title, line_end + text
