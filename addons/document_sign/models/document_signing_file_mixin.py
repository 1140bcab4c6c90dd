import hashlib
import logging

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.mail_delivery.tools.file_names import cut_file_name

_logger = logging.getLogger(__name__)


class DocumentSigningFileMixin(models.AbstractModel):
    """The signed file of a request that all have signed.

    Gives: the document printed once more, with a page of its signatures, as PDF/A-3
    with the very file in it that was signed, sealed by the billing entity where it has
    a seal, and kept in the archive.

    The model is ``document.signing``.

    How it works: printed, sealed, archived, in this order; nothing writes to the file
    afterwards. Its level of seal is only known then, so it is here and in the events,
    not on the page.
    """

    _name = "document.signing.file.mixin"
    _description = "Signed File"

    signed_file_id = fields.Many2one(
        "ir.attachment", "Signed File", readonly=True, ondelete="restrict"
    )
    signed_sha256 = fields.Char("SHA-256 of the Signed File", readonly=True)
    seal_level = fields.Char(
        readonly=True, help="B-T with a time stamp, B-B without; empty: not sealed."
    )
    seal_problem = fields.Text(
        "Not Sealed, Because", readonly=True, help="Make the signed file again then."
    )

    def _lacks_file(self):
        """Whether the signed file is still to be made, or sealed."""
        sealable = self.seal_problem or self.company_id.sudo().seal_id
        return not self.signed_file_id or bool(not self.seal_level and sealable)

    def _can_make_file(self):
        """Whether what all have signed can still be had: a file that was printed then
        is sealed as it is; else the document has to say the same as then.

        :rtype: bool
        """
        document = self._document()
        if document._last_archived() not in self.signed_file_id | self.file_id:
            return False
        if self.signed_file_id:
            return True
        return bool(document._archived_pdf()) and self._has_its_lines()

    def _make_file(self):
        """Print, seal and archive. A file that was printed and not sealed is not
        printed again: the document may have been corrected since.

        :returns: what went wrong, or an empty text
        """
        try:
            with self.env.cr.savepoint():
                self._archive_signed()
        except Exception as error:
            if getattr(error, "pgcode", None) == "40001":
                raise
            _logger.exception("no signed file of %s", self.document_name)
            self.seal_problem = str(error)
            return self.env._(
                "The signed file could not be made: %s Make it again on the form.",
                error,
            )
        if self.seal_problem:
            return self.env._(
                "The signed file has no seal: %s Seal it on the form.",
                self.seal_problem,
            )
        return ""

    def _archive_signed(self):
        document = self._document()
        printed = self.signed_file_id.with_context(bin_size=False).raw
        content = (
            printed or document.with_context(document_signing=self.id)._render_pdf()
        )
        content, level, problem = self._sealed(document, content)
        digest = hashlib.sha256(content).hexdigest()
        stem = self.file_id.name.removesuffix(".pdf")
        word = self._printed().env._("signed")
        file = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": cut_file_name(f"{stem} {word}.pdf"),
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": self.res_model,
                    "res_id": self.res_id,
                    "document_sha256": digest,
                    "description": f"SHA-256 {digest}",
                }
            )
        )
        document.archive_ids = [Command.link(file.id)]
        self.write(
            {
                "signed_file_id": file.id,
                "signed_sha256": digest,
                "seal_level": level,
                "seal_problem": problem,
            }
        )
        document._record_event(
            "signed_file", sha256=digest, original=self.sha256, level=level
        )

    def _sealed(self, document, content):
        """The file with the entity's seal, if it has one.

        :returns: the file, the level of its seal, and why it has none though it should
        :rtype: tuple[bytes, str, str]
        """
        company = document.company_id.sudo()
        if not company.seal_id:
            return content, "", ""
        try:
            with self.env.cr.savepoint():
                reason = self._printed().env._("Signed by all: %s", self.document_name)
                return *company._seal_pdf(content, reason), ""
        except UserError as error:
            return content, "", str(error)

    def _original_name(self):
        """What the file that was signed is called within the signed one."""
        return cut_file_name(f"{self.document_name} original.pdf")
