import base64
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from odoo import api, models

from odoo.addons.document_flow.models.res_company import TIME_ZONE
from odoo.addons.document_flow.tools.days import say_day

from ..tools import verification
from ..tools.verification import CHANGED, UNCHANGED, UNKNOWN


@dataclass(frozen=True)
class Document:
    """What anybody may know of a document whose file they have."""

    kind: str
    number: str
    day: date
    entity: str
    signatures: int = 0  # of a file that people have signed
    signed_day: date | None = None  # of the last one


@dataclass(frozen=True)
class SealSeen:
    """A seal of ours in a file.

    :param str entity: whose it is
    :param str level: ``B-B`` or ``B-T``; empty if it is broken
    :param bool is_whole: nothing was added to the file after it
    :param datetime moment: when, in UTC: as the time-stamp service says, else as we do
    :param str stamped_by: the service
    """

    entity: str
    subject: str
    level: str
    is_whole: bool
    moment: datetime | None
    stamped_by: str
    company_id: int


@dataclass(frozen=True)
class Verdict:
    """What is said of a file.

    :param str state: ``UNCHANGED``, ``CHANGED`` or ``UNKNOWN``
    :param str name: of the file, as whoever asks calls it
    """

    state: str
    name: str = ""
    document: Document | None = None
    seals: tuple[SealSeen, ...] = ()


class DocumentVerification(models.AbstractModel):
    """Whether a file is ours, and as we made it.

    The archive is asked first: each file that was ever sent is there with its SHA-256,
    earlier versions, too, and one changed byte makes another digest. Then the seals in
    the file: what has one of ours and is not in the archive was changed since, or is a
    copy of a seal; nobody vouches for it.

    Anybody may ask, so the answer names no customer and no amount; and it takes the
    whole file to get one.
    """

    _name = "document.verification"
    _description = "Verification of Files"

    @api.model
    def _verdict_of(self, content, name=""):
        """
        :param bytes content: any file
        :param str name: what to call it
        :rtype: Verdict
        """
        digest = hashlib.sha256(content).hexdigest()
        archived = (
            self.env["ir.attachment"]
            .sudo()
            .search([("document_sha256", "=", digest)], order="id", limit=1)
        )
        seals, has_ours = self._seals_in(content)
        return Verdict(
            verification.verdict(bool(archived), has_ours),
            name,
            self._document_of(archived) if archived else None,
            seals,
        )

    # ------------------------------------------------------------
    # THE ARCHIVE
    # ------------------------------------------------------------

    def _document_of(self, archived):
        """
        :param archived: an ``ir.attachment`` that was sent
        :rtype: Document, or None if nothing is left of it but its file
        """
        model = self.env.get(archived.res_model or "")
        if not hasattr(model, "_kind_label"):
            return None
        document = model.sudo().browse(archived.res_id).exists()
        if not document:
            return None
        company = document.company_id
        signatures, signed_day = self._signatures_of(archived, company)
        return Document(
            kind=self._kind_of(archived, document),
            number=document.name or "",
            day=company._local_day(archived.create_date),
            entity=company.legal_name or company.name,
            signatures=signatures,
            signed_day=signed_day,
        )

    def _kind_of(self, archived, document):
        kind = document._kind_label()
        if archived.is_evidence_pack:
            return self.env._("Evidence pack, %s", kind)
        return _capital(kind)

    def _signatures_of(self, archived, company):
        """How many people have signed what a file carries the signatures of, and when
        the last one did; never who.

        :param archived: an ``ir.attachment``
        :rtype: tuple[int, date | None]
        """
        requests = self.env["document.signing"].sudo()
        moments = requests.search(
            [("signed_file_id", "=", archived.id)], limit=1
        ).signature_ids.mapped("moment")
        if not moments:
            return 0, None
        return len(moments), company._local_day(max(moments))

    # ------------------------------------------------------------
    # SEALS
    # ------------------------------------------------------------

    def _seals_in(self, content):
        """The seals of ours in a file, and whether there is one at all, be it broken.

        :rtype: tuple[tuple[SealSeen], bool]
        """
        known = self.env["document.seal"].sudo().with_context(active_test=False)
        certificates = {
            seal: base64.b64decode(seal.certificate) for seal in known.search([])
        }
        seen = []
        for signature in verification.read(content).signatures:
            for seal, certificate in certificates.items():
                if verification.is_by(signature, certificate):
                    seen.append(self._seen(signature, seal))
                    break
        has_ours = bool(seen) or any(
            verification.carries(content, certificate)
            for certificate in certificates.values()
        )
        return tuple(seen), has_ours

    def _seen(self, signature, seal):
        company = seal.company_id
        return SealSeen(
            entity=company.legal_name or company.name,
            subject=seal.subject,
            level=signature.level,
            is_whole=signature.is_whole,
            moment=signature.stamped_at or signature.signed_at,
            stamped_by=signature.stamped_by,
            company_id=company.id,
        )

    @api.model
    def _issuers(self):
        """Who asks here is told whose files are known: the entities that have issued a
        document.

        :rtype: list[str]
        """
        groups = self.env["document.number"].sudo()._read_group([], ["company_id"])
        companies = [company for (company,) in groups if company]
        return sorted(company.legal_name or company.name for company in companies)

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    @api.model
    def _headline(self, verdict):
        """The verdict in one sentence."""
        return {
            UNCHANGED: self.env._("This file is ours, and nothing in it was changed."),
            CHANGED: self.env._("This is not the file that we keep."),
            UNKNOWN: self.env._("We do not know this file."),
        }[verdict.state]

    @api.model
    def _explanation(self, verdict):
        """What the verdict means, and what to do."""
        return {
            UNCHANGED: self.env._(
                "It is kept in our archive, byte by byte. This page does not say "
                "whether the document is still valid: it may have been replaced or "
                "cancelled. Ask whoever sent it."
            ),
            CHANGED: self.env._(
                "It has our seal in it, but it was changed afterwards, or somebody "
                "copied the seal into it. Do not rely on it; ask us for the document."
            ),
            UNKNOWN: self.env._(
                "We did not send it, or it was changed: saved by another program, "
                "printed and scanned, or edited. Try the file as it came with our "
                "e-mail, or ask us."
            ),
        }[verdict.state]

    @api.model
    def _sentences(self, verdict):
        """The verdict in sentences, one a line: what a person reads who has no page.

        :rtype: list[str]
        """
        lines = [self._headline(verdict)]
        if found := verdict.document:
            lines.append(
                self.env._(
                    "%(kind)s %(number)s of %(entity)s, made on %(day)s.",
                    kind=found.kind,
                    number=found.number,
                    entity=found.entity,
                    day=self._day_of(verdict),
                )
            )
        if signed := self._signed_sentence(verdict):
            lines.append(signed)
        return [*lines, *self._seal_sentences(verdict), self._explanation(verdict)]

    @api.model
    def _signed_sentence(self, verdict):
        """How many have signed, and when; empty of a file that is not signed."""
        found = verdict.document
        if not found or not found.signatures:
            return ""
        day = say_day(self.env, found.signed_day, "d MMMM")
        if found.signatures == 1:
            return self.env._("Signed by one person, on %s.", day)
        return self.env._(
            "Signed by %(count)s people, the last one on %(day)s.",
            count=found.signatures,
            day=day,
        )

    @api.model
    def _seal_sentences(self, verdict):
        """What is to be known of the seals; of a file that is not in the archive, only
        whose they are and what is wrong with them.

        :rtype: list[str]
        """
        if verdict.state == UNCHANGED:
            return [self._seal_sentence(seen) for seen in verdict.seals]
        return [self._doubt(seen) for seen in verdict.seals]

    def _doubt(self, seen):
        if not seen.level:
            return self.env._("The seal of %s in it is broken.", seen.entity)
        if not seen.is_whole:
            return self.env._("After the seal of %s, something was added.", seen.entity)
        return self.env._("A seal of %s is in it.", seen.entity)

    def _seal_sentence(self, seen):
        values = {
            "entity": seen.entity,
            "moment": self._moment_of(seen),
            "level": seen.level,
            "service": seen.stamped_by,
        }
        if seen.stamped_by:
            return self.env._(
                "Sealed by %(entity)s; time stamp of %(service)s: %(moment)s (level "
                "%(level)s).",
                **values,
            )
        return self.env._(
            "Sealed by %(entity)s on %(moment)s by our clock, without a time stamp "
            "(level %(level)s).",
            **values,
        )

    def _day_of(self, verdict):
        found = verdict.document
        return say_day(self.env, found.day, "d MMMM") if found else ""

    def _moment_of(self, seen):
        if not seen.moment:
            return "?"
        company = self.env["res.company"].sudo().browse(seen.company_id)
        there = seen.moment.astimezone(ZoneInfo(company.time_zone or TIME_ZONE))
        offset = there.strftime("%z")
        day = say_day(self.env, there.date(), "d MMMM")
        return f"{day}, {there:%H:%M} (UTC{offset[:3]}:{offset[3:]})"


def _capital(text):
    return text[:1].upper() + text[1:]
