from functools import lru_cache

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.report_weasyprint.tools.pool import POOL, Job

from ..tools import copies, marks


@lru_cache(maxsize=32)
def _sheet(word, width, height):
    """The page that is laid over others. The same few words mark every print."""
    return POOL.do(Job.document(copies.corner(word, width, height))).content


class DocumentCopiesMixin(models.AbstractModel):
    """A document that is handed over as original and copy.

    Gives: a print of the file that was sent, with the word in the upper margin of each
    page (``action_print_original``, ``action_print_copy``, ``action_print_copies``).

    A model has nothing to add.

    How it works: the word is laid over the archived bytes, which stay as they are. A
    draft has neither original nor copy.
    """

    _name = "document.copies.mixin"
    _description = "Document With Original and Copy"
    _inherit = ["document.archived.mixin"]

    def action_print_original(self):
        """Print the file that was sent, marked as the original.

        :returns: an action
        :rtype: dict
        :raises UserError: it was not issued yet
        """
        return self._print_marked("original")

    def action_print_copy(self):
        """Print the file that was sent, marked as a copy.

        :returns: an action
        :rtype: dict
        :raises UserError: it was not issued yet
        """
        return self._print_marked("copy")

    def action_print_copies(self):
        """Print the file that was sent twice: as the original, and as a copy.

        :returns: an action
        :rtype: dict
        :raises UserError: it was not issued yet
        """
        return self._print_marked("both")

    def _print_marked(self, which):
        self.ensure_one()
        self.check_access("read")
        self._check_has_original()
        dialog = self.env["document.copies.wizard"].create(
            {"document": f"{self._name},{self.id}", "which": which}
        )
        address = f"/web/content/{dialog._name}/{dialog.id}/file"
        return {
            "type": "ir.actions.act_url",
            "url": f"{address}?download=true&filename_field=name",
            "target": "new",
        }

    def _check_has_original(self):
        """
        :raises UserError: nothing went out yet
        """
        if not self._kept_pdf() or self._is_draft():
            raise UserError(
                self.env._(
                    "%s was not issued yet: it has neither original nor copy.",
                    self.display_name,
                )
            )

    def _copies_pdf(self, which):
        """The file that readers get, marked.

        :param str which: ``original``, ``copy`` or ``both``
        :rtype: bytes
        """
        document = self.with_context(lang=self._get_print_lang())
        labels = {
            "original": document.env._("ORIGINAL"),
            "copy": document.env._("COPY"),
        }
        words = [labels[which]] if which in labels else [*labels.values()]
        pdf, _name = self._shown_pdf()
        sheets = {
            (word, *size): _sheet(word, *size)
            for word in words
            for size in marks.page_sizes(pdf)
        }
        return copies.stamped(pdf, words, sheets)
