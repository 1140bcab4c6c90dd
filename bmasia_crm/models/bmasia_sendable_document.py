"""Number, PDF and archive of a document."""

import hashlib
import json
import re

from odoo import fields, models
from odoo.fields import Command
from odoo.tools.misc import format_date

from odoo.addons.mail_delivery.tools.file_names import GRAPHEMES, cut_file_name

from ..tools import figures

# the last ones turn the order of the letters around them
UNSAFE_IN_FILE_NAMES = re.compile(
    r"[\\/:*?\"<>|\x00-\x1f\u200e\u200f\u202a-\u202e\u2066-\u2069]+"
)
BUDDHIST_ERA = 543  # years that Thai documents count ahead of the common era
FILE_NAME_LENGTH = 120  # letters; some mail programs cut longer ones, with the ending


class BmasiaSendableMixin(models.AbstractModel):
    _inherit = "bmasia.sendable.mixin"

    # ------------------------------------------------------------
    # NUMBER
    # ------------------------------------------------------------

    def _assign_number(self):
        """Give this document its number, once."""
        self.ensure_one()
        if not self.name:
            day = self._number_day()
            number = self.env["bmasia.number"]._next_number(
                self, self._number_kind(), day
            )
            # As superuser: nobody else may write a number.
            self.sudo().name = number

    def _number_day(self):
        """The day that stands in the number: the day of issue."""
        return self._today()

    # ------------------------------------------------------------
    # WHAT IS COPIED ONTO THE DOCUMENT
    # ------------------------------------------------------------

    def _seller(self):
        """The billing entity as this document names it.

        :returns: dict with ``name``, ``branch``, ``vat``, ``address`` (lines),
            ``phone``, ``email``, ``website``, ``tax_label``, ``footer``,
            ``promptpay_id``, ``signatory``, ``signatory_title`` and ``bank`` (dict or
            False): as fixed when it was issued, of a draft as they are now
        """
        self.ensure_one()
        fixed = not self._is_draft() and self.seller_snapshot
        return fixed or self._seller_values()

    def _customer(self):
        """The customer as this document names it.

        :returns: dict with ``name`` (legal), ``trade_name``, ``branch``, ``vat``,
            ``address`` (lines), ``phone``, ``email``, ``contact``
        """
        self.ensure_one()
        fixed = not self._is_draft() and self.customer_snapshot
        return fixed or self._customer_values()

    def _freeze_parties(self):
        """Copy both parties onto the document, as long as it is a draft."""
        for document in self:
            if document._is_draft() or not document.seller_snapshot:
                document.sudo().write(
                    {
                        "seller_snapshot": document._seller_values(),
                        "customer_snapshot": document._customer_values(),
                    }
                )

    def _seller_values(self):
        company = self.company_id.sudo().with_context(lang=self._get_print_lang())
        return {
            "name": company.legal_name or company.name,
            "branch": company.legal_branch or "",
            "vat": company.vat or "",
            "address": self._seller_address(company),
            "phone": company.phone or "",
            "email": company.email or "",
            "website": company.website or "",
            "tax_label": company.tax_label or "",
            "footer": company.document_footer or "",
            "promptpay_id": company.promptpay_id or "",
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
        partner = self.partner_id.sudo().with_context(lang=self._get_print_lang())
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
    # DAYS AND FIGURES, IN DOCUMENTS AND MAILS ALIKE
    # ------------------------------------------------------------

    def _format_day(self, value, form="d MMMM"):
        """A day in the document's language, in Thai with the year of the Buddhist era.

        :param value: a date, a datetime (of the entity's day) or False
        :param str form: of day and month; in letters, since 11/12 is another day for
            half of the readers
        """
        if not value:
            return ""
        if hasattr(value, "hour"):
            zone = self.company_id.sudo().time_zone
            value = fields.Datetime.context_timestamp(self.with_context(tz=zone), value)
        lang = self._get_print_lang()
        text = format_date(self.env, value, lang_code=lang, date_format=form)
        return f"{text} {self._format_year(value)}"

    def _format_year(self, day):
        """The year of a day, counted as the document's language counts."""
        is_thai = self._get_print_lang().startswith("th")
        return str(day.year + (BUDDHIST_ERA if is_thai else 0))

    def _format_figure(self, amount):
        """An amount in its currency's digits, as columns show it."""
        return figures.amount(amount, self.currency_id.decimal_places)

    def _format_price(self, price):
        """A price per unit: with more decimals than its currency, where it has more."""
        return figures.price(price, self.currency_id.decimal_places)

    def _format_money(self, amount):
        """An amount with its currency's code: a symbol would leave "$" or "฿" open."""
        return f"{self.currency_id.name} {self._format_figure(amount)}"

    # ------------------------------------------------------------
    # PDF
    # ------------------------------------------------------------

    def _get_report(self):
        """The report that prints this document."""
        return self.env.ref(f"bmasia_crm.action_report_{self._number_kind()}").sudo()

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
        if not kept:
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

    def _archived_pdf(self):
        """The file that was sent, if the document still says the same.

        :rtype: ir.attachment
        """
        self.ensure_one()
        if (
            self.document_digest
            and self.document_digest == self._document_fingerprint()
        ):
            return self.archive_ids.sudo(self.env.su).sorted("id")[-1:]
        return self.env["ir.attachment"]

    def _kept_pdf(self):
        """The file that every download serves: what was sent, whatever was corrected
        since; of a draft that a mail waits for or was refused, as long as it still
        says the same.

        :rtype: ir.attachment
        """
        archived = self._archived_pdf()
        if archived or self._is_draft():
            return archived
        return self.archive_ids.sudo(self.env.su).sorted("id")[-1:]

    def _shown_pdf(self):
        """What readers get: the file that was sent, else a print of now.

        :returns: the PDF and the name of its file
        :rtype: tuple[bytes, str]
        """
        if kept := self._kept_pdf():
            return kept.raw, cut_file_name(kept.name)
        return self._render_pdf(preview=True), self._pdf_filename()

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
        self.sudo().write(
            {
                "archive_ids": [Command.link(attachment.id)],
                "document_digest": self._document_fingerprint(),
            }
        )
        return attachment.sudo(self.env.su)

    def _document_fingerprint(self):
        """Changes when something that is printed changes."""
        content = json.dumps(self._document_values(), sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()

    def _document_values(self):
        """What the document says, JSON-able enough to be compared."""
        return {
            "name": self.name,
            "lang": self._get_print_lang(),
            "currency": self.currency_id.name,
            "seller": self._seller(),
            "customer": self._customer(),
        }
