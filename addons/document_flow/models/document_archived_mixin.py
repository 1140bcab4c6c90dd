import hashlib
import re

from odoo import fields, models
from odoo.fields import Command

from odoo.addons.mail_delivery.tools.file_names import GRAPHEMES, cut_file_name

from ..tools import snapshots

# the last ones turn the order of the letters around them
UNSAFE_IN_FILE_NAMES = re.compile(
    r"[\\/:*?\"<>|\x00-\x1f\u200e\u200f\u202a-\u202e\u2066-\u2069]+"
)
FILE_NAME_LENGTH = 120  # letters; some mail programs cut longer ones, with the ending


class DocumentArchivedMixin(models.AbstractModel):
    """A document that is printed, and whose PDF is kept for good once it is sent.

    Gives: both parties as they are printed (``_seller``, ``_customer``), the PDF
    (``_render_pdf``, ``action_print``), the file that was sent (``_archive_pdf``,
    ``_kept_pdf``).

    A model names its report (``_report``), whose paper format, engine and stylesheet
    are those of all documents unless it says otherwise, adds what it prints to
    ``_document_values``, and names the states in which that is void (``_void_states``).

    How it works: ``_archive_pdf`` fixes both parties, prints once and keeps the bytes
    with their SHA-256, and with a snapshot of all that they say; downloads, links and
    further mails serve these bytes. As long as the document still says what the
    snapshot says, it is not printed again; one more printed field is no change. Of a
    void document, readers get the bytes with a mark over them and no code to pay by;
    the archive keeps them as they were sent.
    """

    _name = "document.archived.mixin"
    _description = "Archived Document"
    _inherit = ["document.numbered.mixin"]

    # Set by the model: xml id of the report that prints it.
    _report = ""
    # States in which what the file says no longer holds.
    _void_states = frozenset({"cancelled"})

    archive_ids = fields.Many2many(
        "ir.attachment",
        string="Sent Documents",
        readonly=True,
        copy=False,
        bypass_search_access=True,
    )
    content_snapshot = fields.Json(
        readonly=True,
        copy=False,
        help="All that the archived PDF says, with the version of this form.",
    )
    document_digest = fields.Char(readonly=True, copy=False, help="Of the snapshot.")
    seller_snapshot = fields.Json(readonly=True, copy=False)
    customer_snapshot = fields.Json(readonly=True, copy=False)

    # ------------------------------------------------------------
    # WHAT IS COPIED ONTO THE DOCUMENT
    # ------------------------------------------------------------

    def _seller(self):
        """The billing entity as this document names it.

        :returns: dict with ``name``, ``branch``, ``vat``, ``address`` (lines),
            ``phone``, ``email``, ``website``, ``footer``, ``signatory``,
            ``signatory_title`` and ``bank`` (dict or False): as fixed when it was
            issued, of a draft as they are now
        """
        self.ensure_one()
        fixed = not self._is_draft() and self.seller_snapshot
        return fixed or self._in_its_language()._seller_values()

    def _customer(self):
        """The customer as this document names it.

        :returns: dict with ``name`` (legal), ``trade_name``, ``branch``, ``vat``,
            ``address`` (lines), ``phone``, ``email``, ``contact``
        """
        self.ensure_one()
        fixed = not self._is_draft() and self.customer_snapshot
        return fixed or self._in_its_language()._customer_values()

    def _in_its_language(self):
        return self.with_context(lang=self._get_print_lang())

    def _parties(self):
        """Both parties as they are now, in the document's language."""
        document = self._in_its_language()
        return {
            "seller_snapshot": document._seller_values(),
            "customer_snapshot": document._customer_values(),
        }

    def _freeze_parties(self):
        """Copy both parties onto the document, as long as it is a draft."""
        for document in self:
            if document._is_draft() or not document.seller_snapshot:
                document.sudo().write(document._parties())

    def _seller_values(self):
        """The seller as of now; asked in the document's language."""
        company = self.company_id.sudo()
        return {
            "name": company.legal_name or company.name,
            "branch": company.legal_branch or "",
            "vat": company.vat or "",
            "address": self._seller_address(company),
            "phone": company.phone or "",
            "email": company.email or "",
            "website": company.website or "",
            "footer": company.document_footer or "",
            "signatory": company.document_signatory or "",
            "signatory_title": company.document_signatory_title or "",
            "bank": self._bank_values(),
        }

    def _seller_address(self, company):
        """As typed for documents, with a Thai version; else that of the contact."""
        if company.document_address:
            lines = (line.strip() for line in company.document_address.splitlines())
            return [line for line in lines if line]
        return self._address_lines(company.partner_id)

    def _bank_values(self):
        account = self.company_id._bank_account(self.currency_id)
        return self._bank_block(account) if account else False

    def _bank_block(self, account):
        bank = account.bank_id
        return {
            "beneficiary": account.acc_holder_name
            or self.company_id.sudo().legal_name
            or self.company_id.sudo().name,
            "name": bank.name or "",
            "address": ", ".join(filter(None, [bank.street, bank.street2, bank.city])),
            "swift": bank.bic or "",
            "account": account.acc_number,
            "currency": self.currency_id.name,
        }

    def _customer_values(self):
        """The customer as of now; asked in the document's language."""
        partner = self.partner_id.sudo()
        return {
            "name": partner.commercial_company_name or partner.name or "",
            "trade_name": "",
            "branch": "",
            "vat": partner.vat or "",
            "address": self._address_lines(partner),
            "phone": partner.phone or "",
            "email": partner.email or "",
            "contact": "",
        }

    def _address_lines(self, partner):
        text = partner._display_address(without_company=True)
        return [line.strip() for line in text.splitlines() if line.strip()]

    # ------------------------------------------------------------
    # PDF
    # ------------------------------------------------------------

    def _get_report(self):
        """The report that prints this document."""
        return self.env.ref(self._report).sudo()

    def _is_printed_by(self, report):
        """Whether a report prints this document itself: a contract has a notice as
        well.

        :param report: an ``ir.actions.report``
        """
        return report.report_name == self._get_report().report_name

    def _render_pdf(self, preview=False):
        """The PDF as it would go out now.

        :param bool preview: mark a draft as one
        :rtype: bytes
        """
        self.ensure_one()
        reports = self.env["ir.actions.report"].sudo()
        # A real PDF in tests too: what is archived there is looked at there.
        reports = reports.with_context(
            lang=self._get_print_lang(),
            force_report_rendering=True,
            document_goes_out=not (preview and self._is_draft()),
        )
        return reports._render_qweb_pdf(self._get_report().id, self.ids)[0]

    def _pdf_filename(self):
        """Number and customer, as the customer files it."""
        self.ensure_one()
        parts = [self.name or self._draft_name(), self.name and self._addressee()]
        stem = " ".join(filter(None, parts)).replace("·", "-")
        stem = " ".join(UNSAFE_IN_FILE_NAMES.sub(" ", stem).split())
        kept = "".join(GRAPHEMES.findall(stem)[:FILE_NAME_LENGTH])
        return cut_file_name(f"{kept.rstrip('. ')}.pdf")

    def action_print(self):
        """Open the document: the PDF that was sent, or one of now if none was.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        kept = self._kept_pdf()
        if not kept or self._marked_words():
            # config: else an entity without a layout of Odoo's asks for one first
            return self._get_report().report_action(self, config=False)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{kept.id}?download=true",
            "target": "new",
        }

    # ------------------------------------------------------------
    # ARCHIVE
    # ------------------------------------------------------------

    def _issue_document(self):
        """Number first, then the PDF that shows it.

        :returns: the archived PDF, an ``ir.attachment``
        """
        self.ensure_one()
        self._assign_number()
        return self._archive_pdf()

    def _archived_pdf(self):
        """The file that was sent, if the document still says the same.

        :rtype: ir.attachment
        """
        self.ensure_one()
        printed = self.content_snapshot
        if printed and snapshots.agrees(printed, self._document_values()):
            return self._last_archived()
        return self.env["ir.attachment"]

    def _last_archived(self):
        """The file that counts among those of the archive: the last one.

        :rtype: ir.attachment
        """
        return self.archive_ids.sudo(self.env.su).sorted("id")[-1:]

    def _kept_pdf(self):
        """The file that every download serves: what was sent, whatever was corrected
        since; of a draft that a mail waits for or was refused, as long as it still
        says the same.

        :rtype: ir.attachment
        """
        archived = self._archived_pdf()
        if archived or self._is_draft():
            return archived
        return self._last_archived()

    def _shown_pdf(self):
        """What readers get: the file that was sent, marked if it is void or asks for
        nothing any more; else a print of now.

        :returns: the PDF and the name of its file
        :rtype: tuple[bytes, str]
        """
        kept = self._kept_pdf()
        if not kept:
            return self._render_pdf(preview=True), self._pdf_filename()
        name = cut_file_name(kept.name)
        content = kept.with_context(bin_size=False).raw
        lines = tuple(self._marked_words())
        if not lines:
            return content, name
        reports = self.env["ir.actions.report"]
        return reports._marked_pdf(content, lines, "red", keep_codes=False), name

    def _is_void(self):
        """Whether what the file says no longer holds: readers get it marked."""
        return "state" in self._fields and self.state in self._void_states

    def _marked_words(self):
        """What is written across the file for readers; nothing as long as it holds.

        :rtype: list[str]
        """
        return self._void_words() if self._is_void() else []

    def _void_sentence(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(document)s is %(state)s: it is not sent any more.",
            document=self.display_name,
            state=states[self.state].lower(),
        )

    def _void_words(self):
        """What is written across a void document.

        :rtype: list[str]
        """
        document = self.with_context(lang=self._get_print_lang())
        states = dict(document._fields["state"]._description_selection(document.env))
        return [states[document.state].upper()]

    def _archive_pdf(self):
        """Render this document, unless its PDF is there, and keep the exact bytes.

        :returns: the attachment
        """
        self.ensure_one()
        self._freeze_parties()
        if archived := self._archived_pdf():
            return archived
        pdf = self._render_pdf()
        digest = hashlib.sha256(pdf).hexdigest()
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": self._pdf_filename(),
                    "raw": pdf,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                    "document_sha256": digest,
                    "description": f"SHA-256 {digest}",
                }
            )
        )
        snapshot = snapshots.take(self._document_values())
        self.sudo().write(
            {
                "archive_ids": [Command.link(attachment.id)],
                "content_snapshot": snapshot,
                "document_digest": snapshots.digest(snapshot),
            }
        )
        return attachment.sudo(self.env.su)

    def _document_values(self):
        """All that the document prints, by names that keep their meaning.

        Add a name for each further thing that is printed: snapshots that do not have it
        stay true. What records print counts, never their ids, which a merge changes.

        :returns: values that JSON can write
        :rtype: dict
        """
        return {
            "name": self.name,
            "lang": self._get_print_lang(),
            "currency": self.currency_id.name,
            "seller": self._seller(),
            "customer": self._customer(),
        }
