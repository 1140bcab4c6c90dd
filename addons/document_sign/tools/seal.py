"""Sealing a PDF: an incremental PAdES signature without a picture. No ORM.

PAdES (ETSI EN 319 142-1) knows levels: **B-B** is a signature with the certificate of
who signed bound into it; **B-T** also has a time stamp of a service that is not us
(RFC 3161), so that nobody has to believe our clock. A service that does not answer
lowers the level, and the caller is told: the level is read from the finished file.

The seal certifies the document (ISO 32000-2, 12.8.2.2, DocMDP) and permits no changes,
not even filled-in forms or notes: what is archived is final. Signatures that are there
already forbid that, for certification comes first; the seal is then an ordinary one.

It is invisible: a stamp that is drawn afterwards would change a page that was checked,
and may end its conformity with PDF/A. What people read is printed before it is sealed.
"""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import keys, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from . import certificates, timestamps
from .certificates import Seal
from .timestamps import Service, TimestampError
from .verification import B_T, read

FIELD = "Seal"  # name of the signature field; a second one is Seal2
DIGEST = "sha256"
END = b"\nendstream"  # as the library writes it
# Hex digits for a signature with a token: a token has up to 8 KB with all certificates
# of its service. Without this the service would be asked twice for each document.
RESERVED = 2 * 12_288

# The smallest file that is a PDF, to try a seal with.
BLANK_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n"
    b"0000000052 00000 n \n0000000101 00000 n \n"
    b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n"
)
# What the library raises on files that are no PDF, or a broken one.
BROKEN = (PdfError, ValueError, TypeError, LookupError, AttributeError, RecursionError)
# Why a file cannot be sealed.
UNREADABLE, ENCRYPTED, CLOSED = "unreadable", "encrypted", "closed"


class CannotSeal(Exception):
    """A file that cannot be sealed; ``reason`` is one of the kinds above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Sealed:
    """A sealed file.

    :param bytes content: begins with the very bytes that were sealed
    :param str level: ``B-B`` or ``B-T``, as found in the file
    :param TimestampError fault: why there is no time stamp though one was asked for
    """

    content: bytes
    level: str
    fault: TimestampError | None = None


def seal_pdf(
    content: bytes,
    seal: Seal,
    reason: str = "",
    service: Service | None = None,
    now: datetime | None = None,
) -> Sealed:
    """Seal a PDF.

    :param bytes content: the finished file; nothing may be written to it afterwards
    :param Seal seal: key and certificate
    :param str reason: why, in words; stands in the file
    :param Service service: to ask for a time stamp
    :param datetime now: the time that the seal names, in UTC
    :raises CannotSeal: the file is broken, locked by a password or closed by a seal
    :raises certificates.CertificateError: the certificate may not sign now

    >>> seal = certificates.read_pkcs12(certificates.own_certificate("Ada", "x"), "x")
    >>> seal_pdf(b"no PDF", seal)
    Traceback (most recent call last):
    ...
    odoo.addons.document_sign.tools.seal.CannotSeal: unreadable
    """
    now = now or datetime.now(UTC)
    seal.check(now)
    fault = None
    if service:
        try:
            return _stamped(content, seal, reason, service, now)
        except TimestampError as error:
            fault = error
    signed = _signed(content, seal, reason, now)
    return Sealed(signed, _level(signed), fault)


def _stamped(
    content: bytes, seal: Seal, reason: str, service: Service, now: datetime
) -> Sealed:
    """
    :raises TimestampError: there is no time stamp, or none that holds
    """
    stamper = timestamps.Stamper(service)
    try:
        signed = _signed(content, seal, reason, now, stamper)
    except TimestampRequestError as error:
        raise TimestampError(timestamps.ANSWER, str(error)) from error
    if (level := _level(signed)) != B_T:
        raise TimestampError(timestamps.ANSWER, "the token does not hold")
    return Sealed(signed, level)


def _signed(
    content: bytes,
    seal: Seal,
    reason: str,
    now: datetime,
    stamper: timestamps.Stamper | None = None,
) -> bytes:
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
        signer = _PdfSigner(
            _metadata(_names_of_signatures(writer), reason),
            _signer(seal),
            timestamper=stamper,
        )
        signer.now = now
        reserved = RESERVED if stamper else None
        output = _Output()
        signer.sign_pdf(writer, bytes_reserved=reserved, output=output)
    except (TimestampError, TimestampRequestError, CannotSeal):
        raise
    except SigningError as error:
        if stamper:  # a token that is too large, say; without it we shall see
            raise TimestampError(timestamps.ANSWER, str(error)) from error
        raise CannotSeal(UNREADABLE) from error
    except BROKEN as error:
        raise CannotSeal(UNREADABLE) from error
    return bytes(output.getbuffer())


class _Output(io.BytesIO):
    """What the library writes, with streams whose length is beyond doubt.

    A stream whose last byte is a carriage return and that is followed by a line feed
    seems to be one byte shorter than it says, which PDF/A forbids. Of what a seal adds
    the metadata are one, and end so in one second of ten.
    """

    last = b""

    def write(self, content: Any) -> int:
        if content == END and self.last == b"\r":
            super().write(b"\r")
        self.last = bytes(content[-1:])
        return super().write(content)


class _PdfSigner(signers.PdfSigner):
    """The library's, with the time of the caller instead of the machine's zone."""

    now: datetime

    def init_signing_session(self, *arguments: Any, **options: Any) -> Any:
        session = super().init_signing_session(*arguments, **options)
        session.system_time = self.now
        return session


def _names_of_signatures(writer: IncrementalPdfFileWriter) -> set[str]:
    """
    :raises CannotSeal: nothing may be added to this file
    """
    if writer.prev.encrypted:
        raise CannotSeal(ENCRYPTED)
    earlier = writer.prev.embedded_signatures
    if any(each.docmdp_level == fields.MDPPerm.NO_CHANGES for each in earlier):
        raise CannotSeal(CLOSED)
    return {each.field_name for each in earlier}


def _metadata(taken: set[str], reason: str) -> signers.PdfSignatureMetadata:
    free = (f"{FIELD}{number}" for number in range(2, len(taken) + 3))
    return signers.PdfSignatureMetadata(
        field_name=next(name for name in (FIELD, *free) if name not in taken),
        md_algorithm=DIGEST,
        reason=reason or None,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=not taken,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )


def _signer(seal: Seal) -> signers.SimpleSigner:
    store = SimpleCertificateStore()
    store.register_multiple(
        x509.Certificate.load(certificates.der(each)) for each in seal.chain
    )
    return signers.SimpleSigner(
        signing_cert=x509.Certificate.load(certificates.der(seal.certificate)),
        signing_key=keys.PrivateKeyInfo.load(certificates.key_der(seal.key)),
        cert_registry=store,
    )


def _level(content: bytes) -> str:
    """The level of the last signature, as whoever gets the file finds it."""
    found = read(content).signatures
    return found[-1].level if found else ""
