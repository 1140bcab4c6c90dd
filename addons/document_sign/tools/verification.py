"""Which signatures a file has, and whether they hold. No ORM.

Only the bytes are looked at, the PDF in them is not interpreted: a signature names the
ranges that it is over, which are all of the file but the signature itself, and what is
in these ranges either has the digest that was signed or does not. So no trick with
hidden objects, forms or later revisions counts, nothing is decompressed, and the time
that it takes is bounded by the file's size, whoever made it.

What a signature leaves out is its own place in the file. There must be nothing but the
signature and zeros, and the archive's SHA-256 is over that place as well.

Whom a certificate was issued by is not asked here: it is ours if we know it.

Standards: ISO 32000-2 12.8 (signatures), ETSI EN 319 142-1 (PAdES), RFC 5652 (CMS), RFC
5035 (the certificate is bound into the signature), RFC 3161 (time stamps).
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import cms, parser, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from .certificates import name_of

B_B, B_T = "B-B", "B-T"
# Who sends a file decides how many signatures are in it and how many parts in each.
MOST = 10  # signatures of one file; each is a digest over all of it
LARGEST = 100_000  # digits of a signature; ours have 25,000 at most
RANGE = re.compile(rb"/ByteRange\s{0,9}\[\s{0,9}" + rb"(\d{1,10})\s{1,9}" * 3)
LAST_RANGE = re.compile(rb"(\d{1,10})\s{0,9}\]")
PADES = re.compile(rb"/SubFilter\s{0,9}/ETSI\.CAdES\.detached")
SIGNED_AT = re.compile(  # the colon may be written by its number
    rb"/M\s{0,9}\(D(?::|\\072)(\d{14})(?:Z|([+-])(\d\d)'(\d\d)'?)?\)",
)
DIGITS = re.compile(r"[0-9A-Fa-f]+")
AROUND = 4_000  # bytes before and after a signature that its dictionary lies in
HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
# States of a verdict.
UNCHANGED, CHANGED, UNKNOWN = "unchanged", "changed", "unknown"


@dataclass(frozen=True)
class Signature:
    """A signature that was found in a file.

    :param str subject: whose certificate it has, as that says; empty if unreadable
    :param str fingerprint: SHA-256 of this certificate
    :param tuple signer: issuer and serial number by which it names its certificate
    :param bool is_intact: nothing in its ranges, nor in itself, was changed
    :param bool is_whole: its ranges are the whole file: nothing was added later
    :param str level: ``B-B`` or ``B-T``; empty if it is not intact, or no PAdES
    :param datetime signed_at: when, as who signed says
    :param datetime stamped_at: when, as a time-stamp service says; only if that holds
    :param str stamped_by: the service
    """

    subject: str = ""
    fingerprint: str = ""
    signer: tuple[str, int] = ("", 0)
    is_intact: bool = False
    is_whole: bool = False
    level: str = ""
    signed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamped_by: str = ""


@dataclass(frozen=True)
class Found:
    """What was found in a file.

    :param tuple signatures: in the order of the file
    :param bool is_too_many: it names more of them than anybody reads
    """

    signatures: tuple[Signature, ...] = ()
    is_too_many: bool = False


@dataclass(frozen=True)
class Place:
    """Where a signature lies: ``start`` and ``end`` of its digits with their brackets,
    and the end of what it is over."""

    start: int
    end: int
    last: int


def read(content: bytes) -> Found:
    """The signatures of a file, whatever the file is.

    >>> read(b"garbage")
    Found(signatures=(), is_too_many=False)
    >>> [found] = read(b"/ByteRange [0 27 40 9]").signatures
    >>> found.is_intact, found.subject
    (False, '')
    >>> read(b"/ByteRange [0 1 2 3]" * 11).is_too_many
    True
    """
    places: list[Place | None] = []
    for match in RANGE.finditer(content):
        if len(places) == MOST:
            return Found(is_too_many=True)
        if last := LAST_RANGE.match(content, match.end()):
            numbers = [int(number) for number in (*match.groups(), *last.groups())]
            places.append(_place(numbers))
    return Found(tuple(_signature(content, place) for place in places))


def carries(content: bytes, certificate: bytes) -> bool:
    """Whether a file has the seal of a certificate in it, be it broken: as digits, the
    certificate, its key, or how a signature names it. One of them is left whole
    wherever a byte is changed.

    :param bytes content: the file
    :param bytes certificate: in DER

    >>> from . import certificates
    >>> seal = certificates.read_pkcs12(certificates.own_certificate("Ada", "x"), "x")
    >>> ours = certificates.der(seal.certificate)
    >>> carries(b"garbage", ours), carries(ours.hex().encode(), ours)
    (False, True)
    """
    known = asn1_x509.Certificate.load(certificate)
    named = cms.IssuerAndSerialNumber(
        {"issuer": known.issuer, "serial_number": known.serial_number}
    )
    parts = (certificate, known.public_key.dump(), named.dump())
    digits = content.lower()
    return any(part.hex().encode() in digits for part in parts)


def is_by(signature: Signature, certificate: bytes) -> bool:
    """Whether a signature says that it is by a certificate: it has it in it, or names
    it. That says nothing of whether it holds.

    :param bytes certificate: in DER
    """
    known = asn1_x509.Certificate.load(certificate)
    return signature.fingerprint == hashlib.sha256(
        certificate
    ).hexdigest() or signature.signer == _signer_of(known)


def verdict(is_archived: bool, has_our_seal: bool) -> str:
    """What is said of a file. The archive decides: it has each byte of what we sealed
    and sent, and a seal leaves its own place out.

    :param bool is_archived: the archive has a file of the same SHA-256
    :param bool has_our_seal: a seal of ours is in it, whole or broken

    >>> verdict(True, False), verdict(False, True), verdict(False, False)
    ('unchanged', 'changed', 'unknown')
    """
    if is_archived:
        return UNCHANGED
    return CHANGED if has_our_seal else UNKNOWN


# ------------------------------------------------------------
# ONE SIGNATURE
# ------------------------------------------------------------


def _place(numbers: Iterable[int]) -> Place | None:
    """
    >>> _place([0, 10, 30, 5])
    Place(start=10, end=30, last=35)
    >>> _place([1, 10, 30, 5]) is _place([0, 30, 10, 5]) is None
    True
    """
    first, length, second, rest = numbers
    if first != 0 or not length < second <= length + LARGEST:
        return None
    return Place(length, second, second + rest)


def _signature(content: bytes, place: Place | None) -> Signature:
    if place is None or place.last > len(content):
        return Signature()
    named = ("", 0)
    try:
        container = cms.ContentInfo.load(_der(content[place.start : place.end]))
        [signer] = container["content"]["signer_infos"]
        named = _named(signer)
        return _read(content, place, container["content"], signer)
    except Exception:
        # the libraries raise a dozen kinds on what is no signature, or a broken one
        return Signature(signer=named)


def _read(
    content: bytes, place: Place, signed: cms.SignedData, signer: cms.SignerInfo
) -> Signature:
    certificate = _certificate(signed, signer)
    around = _around(content, place)
    is_pades = PADES.search(around) is not None
    is_intact = _is_intact(content, place, signed, signer, certificate)
    if is_pades:
        is_intact = is_intact and _binds(signer, certificate)
    token = _token(signer) if is_intact and is_pades else None
    level = B_T if token else B_B
    return Signature(
        subject=name_of(certificate.subject),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        signer=_named(signer),
        is_intact=is_intact,
        is_whole=place.last == len(content),
        level=level if is_intact and is_pades else "",
        signed_at=_signed_at(around),
        stamped_at=token[0] if token else None,
        stamped_by=token[1] if token else "",
    )


def _is_intact(
    content: bytes,
    place: Place,
    signed: cms.SignedData,
    signer: cms.SignerInfo,
    certificate: x509.Certificate,
) -> bool:
    name = signer["digest_algorithm"]["algorithm"].native
    view = memoryview(content)
    digest = _digest(name, view[: place.start], view[place.end : place.last])
    return _is_plain(signed, name) and _holds(signer, certificate, digest, "data")


def _der(brackets: bytes) -> bytes:
    """The bytes that stand between brackets, as digits with zeros behind.

    >>> _der(b"<30030201050000>").hex()
    '3003020105'
    >>> _der(b"<3003020105ff>")
    Traceback (most recent call last):
    ...
    ValueError: something else stands in the place of the signature
    """
    digits = brackets[1:-1].decode("ascii")
    is_framed = brackets[:1] + brackets[-1:] == b"<>"
    # one way to write them, so that not even a small letter is changed unnoticed
    is_plain = DIGITS.fullmatch(digits) and digits in (digits.lower(), digits.upper())
    whole = bytes.fromhex(digits) if is_framed and is_plain else b""
    length = parser.peek(whole)
    if whole[length:].strip(b"\0"):
        raise ValueError("something else stands in the place of the signature")
    return whole[:length]


def _around(content: bytes, place: Place) -> bytes:
    """The dictionary of a signature, without the signature."""
    before = content[max(place.start - AROUND, 0) : place.start]
    after = content[place.end : place.end + AROUND]
    return before[before.rfind(b" obj") + 1 :] + after.partition(b"endobj")[0]


def _signed_at(around: bytes) -> datetime | None:
    r"""When somebody says that they signed, in UTC.

    >>> _signed_at(b"/M (D:20260131173000+07'00')")
    datetime.datetime(2026, 1, 31, 10, 30, tzinfo=datetime.timezone.utc)
    >>> _signed_at(rb"/M (D\07220260131173000Z)").hour
    17
    >>> _signed_at(b"/M (D:20269931173000Z)") is _signed_at(b"") is None
    True
    """
    if not (match := SIGNED_AT.search(around)):
        return None
    text, sign, hours, minutes = match.groups()
    try:
        moment = datetime.strptime(text.decode(), "%Y%m%d%H%M%S")
    except ValueError:
        return None
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    moment += ahead if sign == b"-" else -ahead
    return moment.replace(tzinfo=UTC)


# ------------------------------------------------------------
# CMS
# ------------------------------------------------------------


def _digest(name: str, *parts: bytes | memoryview) -> bytes:
    """
    >>> _digest("md5", b"")
    Traceback (most recent call last):
    ...
    ValueError: md5
    """
    if name not in HASHES:
        raise ValueError(name)
    digest = hashlib.new(name)
    for part in parts:
        digest.update(part)
    return digest.digest()


def _is_plain(signed: cms.SignedData, digest: str) -> bool:
    """Whether what a signature says beside of what it signs is as it must be."""
    named = [each["algorithm"].native for each in signed["digest_algorithms"]]
    content = signed["encap_content_info"]
    is_apart = content["content_type"].native == "data" and not content["content"]
    versions = {signed["version"].native, signed["signer_infos"][0]["version"].native}
    return versions == {"v1"} and named == [digest] and is_apart


def _certificate(signed: cms.SignedData, signer: cms.SignerInfo) -> x509.Certificate:
    """The certificate that a signer names.

    :raises LookupError: it is not there
    """
    wanted = _named(signer)
    for choice in signed["certificates"]:
        if choice.name == "certificate" and _signer_of(choice.chosen) == wanted:
            return x509.load_der_x509_certificate(choice.chosen.dump())
    raise LookupError("the certificate of the signature is not in it")


def _named(signer: cms.SignerInfo) -> tuple[str, int]:
    named = signer["sid"].chosen
    return named["issuer"].dump().hex(), int(named["serial_number"].native)


def _signer_of(certificate: asn1_x509.Certificate) -> tuple[str, int]:
    return certificate.issuer.dump().hex(), int(certificate.serial_number)


def _holds(
    signer: cms.SignerInfo, certificate: x509.Certificate, digest: bytes, kind: str
) -> bool:
    """Whether this certificate's key signed this digest of that kind of content."""
    attributes = signer["signed_attrs"]
    if _attribute(attributes, "message_digest") != digest:
        return False
    if _attribute(attributes, "content_type") != kind:
        return False
    # RFC 5652, 5.4: signed as a SET, in the message with a tag of its own
    message = b"\x31" + attributes.dump()[1:]
    try:
        _check(certificate, signer, message)
    except InvalidSignature:
        return False
    return True


def _check(
    certificate: x509.Certificate, signer: cms.SignerInfo, message: bytes
) -> None:
    """
    :raises InvalidSignature: another key signed, or another message
    :raises ValueError: a way of signing that is not used for documents
    """
    key, signature = certificate.public_key(), signer["signature"].native
    algorithm = HASHES[signer["digest_algorithm"]["algorithm"].native]()
    way = signer["signature_algorithm"].signature_algo
    if isinstance(key, ec.EllipticCurvePublicKey) and way == "ecdsa":
        key.verify(signature, message, ec.ECDSA(algorithm))
    elif isinstance(key, rsa.RSAPublicKey) and way == "rsassa_pkcs1v15":
        key.verify(signature, message, padding.PKCS1v15(), algorithm)
    elif isinstance(key, rsa.RSAPublicKey) and way == "rsassa_pss":
        mask = padding.MGF1(algorithm)
        key.verify(signature, message, padding.PSS(mask, padding.PSS.AUTO), algorithm)
    else:
        raise ValueError(way)


def _attribute(attributes: cms.CMSAttributes, kind: str) -> object:
    """The one value of an attribute, or None."""
    values = [each["values"] for each in attributes if each["type"].native == kind]
    if len(values) != 1 or len(values[0]) != 1:
        return None
    value: object = values[0][0].native
    return value


def _binds(signer: cms.SignerInfo, certificate: x509.Certificate) -> bool:
    """Whether the signature is over its certificate, too (RFC 5035): else another one
    with the same key could be put in its place.
    """
    value = _attribute(signer["signed_attrs"], "signing_certificate_v2")
    if not isinstance(value, dict):
        return False
    first = value["certs"][0]
    algorithm = HASHES[first["hash_algorithm"]["algorithm"]]()
    return bool(first["cert_hash"] == certificate.fingerprint(algorithm))


def _token(signer: cms.SignerInfo) -> tuple[datetime, str] | None:
    """The time stamp over a signature, if it holds.

    :returns: its time, in UTC, and whose it is
    """
    try:
        return _read_token(signer)
    except Exception:  # as above
        return None


def _read_token(signer: cms.SignerInfo) -> tuple[datetime, str] | None:
    for attribute in signer["unsigned_attrs"]:
        if attribute["type"].native != "signature_time_stamp_token":
            continue
        signed = attribute["values"][0]["content"]
        [stamper] = signed["signer_infos"]
        content = signed["encap_content_info"]["content"]
        info: tsp.TSTInfo = content.parsed
        imprint = info["message_imprint"]
        over = _digest(
            imprint["hash_algorithm"]["algorithm"].native, signer["signature"].native
        )
        certificate = _certificate(signed, stamper)
        digest = _digest(
            stamper["digest_algorithm"]["algorithm"].native, content.contents
        )
        if imprint["hashed_message"].native == over and _may_stamp(certificate):
            if _holds(stamper, certificate, digest, "tst_info"):
                return info["gen_time"].native, name_of(certificate.subject)
    return None


def _may_stamp(certificate: x509.Certificate) -> bool:
    """A certificate for time stamps is for nothing else (RFC 3161, 2.3)."""
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return list(uses.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
