"""What the templates of documents with lines and totals may call besides."""

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
            "described": self._described,
        }

    def _in_words(self, document, amount, lang=None):
        """An amount in words; default: in the document's language."""
        lang = lang or document._get_print_lang()
        currency = document.currency_id
        return words.in_words(amount, currency.name, lang, currency.decimal_places)

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
