import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open

from odoo.addons.document_flow.models.document_archived_mixin import (
    UNSAFE_IN_FILE_NAMES,
)
from odoo.addons.mail_delivery.tools.file_names import cut_file_name
from odoo.addons.report_weasyprint.tools.layout.articles import articles
from odoo.addons.report_weasyprint.tools.layout.attached import (
    DATA,
    SOURCE,
    Attached,
)
from odoo.addons.report_weasyprint.tools.layout.limits import DocumentTooLarge
from odoo.addons.report_weasyprint.tools.pool import POOL, Job, LayoutFailed

from ..tools import evidence
from ..tools.evidence import File

# The page that verifies files takes 20 MB; text, fonts and the seal have the rest.
LARGEST = 16 * evidence.MEGABYTE
STYLESHEET = "document_sign/static/src/report/evidence.css"
VARIANT = "pdf/a-3b"
EVENTS_FILE = "evidence.json"


class DocumentEvidence(models.AbstractModel):
    """Makes evidence packs: one PDF/A-3 that says what is kept of a sale, with the
    files that were sent attached byte for byte, sealed where the entity has a seal.

    How it works: ``_documents_of`` asks which documents there are and leaves out what
    the acting user may not read; from then on all is read as superuser, in the language
    of the document. The PDF is laid out, sealed and kept, in this order. A pack is an
    attachment of its document, never one of its sent files; ``/verify`` knows it by its
    SHA-256. Who may read the document may read its packs.
    """

    _name = "document.evidence"
    _description = "Evidence Pack"

    @api.model
    def _make(self, document):
        """Make and keep a pack.

        :param document: one record of a kind of document, that its user may read
        :returns: the pack
        :rtype: ir.attachment
        :raises UserError: see ``action_evidence_pack``
        """
        if not _is_out(document):
            raise UserError(
                self.env._(
                    "%s is a draft: there is nothing to prove yet. Send or issue it "
                    "first.",
                    document.display_name,
                )
            )
        about = document.sudo().with_context(
            lang=document._get_print_lang(), bin_size=False
        )
        documents, left_out = self._documents_of(document, about)
        files = self._files_of(documents)
        content = self._printed(about, documents, files, left_out)
        if about.company_id.seal_id:
            reason = about.env._("Evidence pack of %s", _called(about))
            content, _level = about.company_id._seal_pdf(content, reason)
        return self._kept(document, about, content, documents, files)

    # ------------------------------------------------------------
    # WHAT IS IN IT
    # ------------------------------------------------------------

    def _documents_of(self, document, about):
        """The documents of a sale that the acting user may read, of the same entity.

        :param document: as its user sees it
        :param about: the same as superuser, in the language of the pack
        :returns: the documents as superuser, and how many others are left out
        :rtype: tuple[list, int]
        """
        found, left_out = [], 0
        chain = about._evidence_chain()
        if about not in [each for records in chain for each in records]:
            chain = [about, *chain]
        for records in chain:
            out = records.filtered(_is_out)
            own = out.filtered(lambda each: each.company_id == about.company_id)
            asked = document.env[own._name].sudo(False).browse(own.ids)
            readable = own.browse(asked._filtered_access("read").ids)
            left_out += len(out) - len(readable)
            found += readable
        return found, left_out

    def _files_of(self, documents):
        """The files that were sent of some documents.

        :rtype: list[File]
        :raises UserError: together they are too large
        """
        kept = [(each, file) for each in documents for file in each._evidence_files()]
        size = sum(file.file_size for _each, file in kept)
        if size > LARGEST:
            raise UserError(
                self.env._(
                    "The files of this sale have %(size)s MB together; an evidence "
                    "pack holds up to %(most)s MB. Download the files one by one.",
                    size=-(-size // evidence.MEGABYTE),
                    most=LARGEST // evidence.MEGABYTE,
                )
            )
        return [
            self._file_of(number, each, file)
            for number, (each, file) in enumerate(kept, 1)
        ]

    def _file_of(self, number, document, file):
        content = file.with_context(bin_size=False).raw or b""
        sent = document.delivery_ids.filtered(
            lambda row: file in row.mail_message_id.attachment_ids
        ).sorted("id")
        first = sent[:1]
        digest = file.document_sha256 or file.scan_sha256 or ""
        return File(
            name=evidence.numbered(number, cut_file_name(file.name)),
            title=file.name,
            of=_called(document),
            day=document._format_day(file.create_date, "d MMM"),
            sender=first.author_id.name or first.user_id.name or "",
            sha256=digest,
            content=content,
            is_whole=hashlib.sha256(content).hexdigest() == digest,
            moment=file.create_date,
        )

    # ------------------------------------------------------------
    # THE PDF
    # ------------------------------------------------------------

    def _printed(self, about, documents, files, left_out):
        """The pack before its seal.

        :rtype: bytes
        :raises UserError: it cannot be laid out
        """
        reports = about.env["ir.actions.report"]
        with file_open(STYLESHEET) as sheet:
            sheets = [*about._get_report()._stylesheets(), sheet.read()]
        try:
            values = self._values(about, documents, files, left_out)
            html = reports._render_template("document_sign.evidence", values)
            [page] = articles(html.decode())
            attached = self._attached(about, documents, files)
            job = Job.document(page.source, sheets, {}, VARIANT, attached)
            return POOL.do(job).content
        except DocumentTooLarge as error:
            raise UserError(
                self.env._(
                    "There is too much to tell of this sale for one evidence pack, of "
                    "%s documents. Download the files one by one.",
                    len(documents),
                )
            ) from error
        except LayoutFailed as error:
            raise UserError(reports._not_laid_out(error, about)) from error

    def _values(self, about, documents, files, left_out):
        """What the template prints, in the language of the pack.

        :rtype: dict
        """
        _ = about.env._
        now = evidence.both_times(fields.Datetime.now(), about.company_id.time_zone)
        utc, here = now.split("\n")
        return {
            **about.env["document.report.values"]._values(),
            "doc": about,
            "title": _("Evidence pack"),
            "pdf_title": _("Evidence pack of %s", _called(about)),
            "facts": [
                (_("About"), _called(about)),
                (_("Made on"), utc),
                (_("Local time"), here),
                (_("Made by"), self.env.user.name),
                (_("Documents"), str(len(documents))),
                (_("Files"), str(len(files))),
            ],
            "breakable": evidence.breakable,
            "lines": evidence.lines,
            "sentences": self._sentences(about),
            "warnings": self._warnings(about, documents, files, left_out),
            "files": files,
            "chapters": [
                (
                    _called(each),
                    [p for p in each._evidence_parts() if p.rows],
                )
                for each in documents
            ],
        }

    def _sentences(self, about):
        """What the pack is, and how to check it.

        :rtype: list[str]
        """
        _ = about.env._
        seal = about.company_id.seal_id
        sealed = _(
            "This pack carries no seal: %(entity)s has no certificate. Its SHA-256 is "
            "kept in the archive.",
            entity=about._seller()["name"],
        )
        if seal:
            sealed = _(
                "This pack is sealed with the certificate of %(subject)s (SHA-256 "
                "%(fingerprint)s): a program that checks signatures tells of every "
                "change.",
                subject=seal.subject,
                fingerprint=seal.fingerprint,
            )
        return [
            _(
                "This pack tells what the archive keeps of this sale. The files are "
                "attached to this PDF as they were sent, byte for byte: open the list "
                "of attachments of your PDF program."
            ),
            sealed,
            _(
                "Anybody can check this pack, and each file in it that we sent, on "
                "%(page)s. The attached file %(name)s has all digests for programs.",
                page=f"{about.get_base_url()}/verify",
                name=EVENTS_FILE,
            ),
        ]

    def _warnings(self, about, documents, files, left_out):
        """What whoever relies on the pack must know first.

        :rtype: list[str]
        """
        _ = about.env._
        warnings = [
            _(
                "%(file)s is NOT as it was sent: the archive has another SHA-256 for "
                "it.",
                file=file.title,
            )
            for file in files
            if not file.is_whole
        ]
        warnings += [
            _("The events of %s are NOT as they were written.", _called(each))
            for each in documents
            if each.event_ids._first_broken()
        ]
        if left_out:
            warnings.append(
                _(
                    "Documents of this sale that are left out, because who made this "
                    "pack may not read them or they are of another entity: %s.",
                    left_out,
                )
            )
        return warnings

    def _attached(self, about, documents, files):
        """
        :rtype: list[Attached]
        """
        told = [
            {
                "document": _called(each),
                "events": [e._link() for e in each.event_ids.sorted("id")],
            }
            for each in documents
        ]
        return [
            *(
                Attached(file.name, file.content, file.of, SOURCE, file.moment)
                for file in files
            ),
            Attached(
                EVENTS_FILE,
                evidence.as_json(told, files),
                about.env._("All digests, for programs"),
                DATA,
                fields.Datetime.now(),
            ),
        ]

    # ------------------------------------------------------------
    # KEPT
    # ------------------------------------------------------------

    def _kept(self, document, about, content, documents, files):
        """Keep a finished pack with its document, and note that it was made.

        :rtype: ir.attachment
        """
        digest = hashlib.sha256(content).hexdigest()
        pack = about.env["ir.attachment"].create(
            {
                "name": self._filename(about),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": about._name,
                "res_id": about.id,
                "document_sha256": digest,
                "is_evidence_pack": True,
                "description": f"SHA-256 {digest}",
            }
        )
        about._record_event(
            "evidence",
            self.env.user.name,
            sha256=digest,
            documents=len(documents),
            files=len(files),
        )
        document._log_for_us(
            document.env._(
                "%(who)s made an evidence pack. Documents: %(documents)s; files: "
                "%(files)s; SHA-256: %(digest)s.",
                who=self.env.user.name,
                documents=len(documents),
                files=len(files),
                digest=digest,
            )
        )
        return pack.sudo(False)

    def _filename(self, about):
        name = about.env._("Evidence pack of %s", about._pdf_filename())
        return cut_file_name(UNSAFE_IN_FILE_NAMES.sub(" ", name))


def _is_out(document):
    """Whether a document has left the house: a draft proves nothing.

    :param document: one record of a kind of document
    """
    return bool(document.name) and not document._is_draft()


def _called(document):
    """Kind and number, as ``Quote Q-2026-0001``."""
    kind = document._kind_label()
    return f"{kind[:1].upper()}{kind[1:]} {document.name}"
