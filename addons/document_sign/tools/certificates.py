"""The certificate of a seal: made by ourselves, or read from a PKCS#12 file. No ORM.

PKCS#12 (RFC 7292) is the file with key and certificate that authorities hand out and
that people export from a browser or a card, as ``.p12`` or ``.pfx``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtensionOID, NameOID

# As long as people keep what is sealed: the longest of Thai and Hong Kong rules on
# accounts is seven years (s. 51C of Hong Kong's IRO), s. 14 of Thailand's Accounting
# Act B.E. 2543 says five to seven.
YEARS = 10
NAME_LENGTH = 64  # characters, ub-common-name of RFC 5280, appendix A
SMALLEST_RSA = 2048  # bits, ETSI TS 119 312
CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)  # those that PDF readers know
LARGEST_FILE = 100_000  # bytes; one with a chain of four has 10,000
CLOCK_SKEW = timedelta(minutes=5)  # of whoever looks at a new certificate
# Of a certificate that names its uses at all, one of these: any use, e-mail, document
# signing (RFC 9336), Adobe's and Microsoft's marks for documents.
SIGNING_USES = frozenset(
    {
        "2.5.29.37.0",
        "1.3.6.1.5.5.7.3.4",
        "1.3.6.1.5.5.7.3.36",
        "1.2.840.113583.1.1.5",
        "1.3.6.1.4.1.311.10.3.12",
    }
)
OWN, DEMO = "own certificate", "demo certificate"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class CertificateError(Exception):
    """A certificate that cannot seal."""


class NotACertificateFile(CertificateError):
    """The file is no PKCS#12."""


class WrongPassword(CertificateError):
    """The password does not open the file."""


class NoKey(CertificateError):
    """The file has no private key, or none with its certificate."""


class NotForSigning(CertificateError):
    """The certificate is for something else, or its key is too weak."""


class Expired(CertificateError):
    """Its last day is over."""


class NotYetValid(CertificateError):
    """Its first day has not come."""


@dataclass(frozen=True)
class Facts:
    """What anybody may know of a certificate.

    :param str subject: whose it is
    :param str issuer: who says so
    :param str fingerprint: SHA-256 of the certificate, in hex digits
    :param bool is_own: it is signed with its own key, by no authority
    """

    subject: str
    issuer: str
    begins: datetime
    ends: datetime
    fingerprint: str
    is_own: bool


@dataclass(frozen=True)
class Seal:
    """A key and its certificate, with those above it up to the authority's."""

    key: Key
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def facts(self) -> Facts:
        return facts(self.certificate)

    def check(self, now: datetime) -> None:
        """
        :param datetime now: in UTC
        :raises CertificateError: it may not seal now
        """
        if now > self.certificate.not_valid_after_utc:
            raise Expired()
        if now < self.certificate.not_valid_before_utc:
            raise NotYetValid()
        if not _is_for_signing(self.certificate):
            raise NotForSigning()


def facts(certificate: x509.Certificate) -> Facts:
    """What a certificate says, for people.

    >>> seal = read_pkcs12(own_certificate("Ada", "pw"), "pw")
    >>> seal.facts.subject, seal.facts.is_own, len(seal.facts.fingerprint)
    ('Ada (own certificate)', True, 64)
    """
    return Facts(
        subject=name_of(certificate.subject),
        issuer=name_of(certificate.issuer),
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        is_own=certificate.issuer == certificate.subject,
    )


def name_of(name: x509.Name) -> str:
    """The name by which people know somebody.

    >>> name_of(x509.Name.from_rfc4514_string("O=Ada Ltd.,C=TH"))
    'Ada Ltd.'
    >>> name_of(x509.Name.from_rfc4514_string("C=TH"))
    'C=TH'
    """
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := name.get_attributes_for_oid(kind):
            return str(found[0].value)
    return name.rfc4514_string()


def own_certificate(
    name: str, password: str, kind: str = OWN, now: datetime | None = None
) -> bytes:
    """A certificate that we issue to ourselves, and its new key.

    ECDSA on P-256: every reader of PDFs checks it, and a signature has 70 bytes. It
    says of itself what it is, and can sign nothing but documents: no other
    certificates, no connections.

    :param str name: of the entity, cut to what a certificate takes
    :param str password: of the file
    :param str kind: ``OWN`` or ``DEMO``; stands behind the name
    :param datetime now: its first moment, in UTC
    :returns: a PKCS#12 file

    >>> seal = read_pkcs12(own_certificate("A" * 100, "pw", DEMO), "pw")
    >>> len(seal.facts.subject), seal.facts.subject[-24:]
    (64, 'AAAAA (demo certificate)')
    >>> (seal.facts.ends - seal.facts.begins).days // 365
    10
    """
    key = ec.generate_private_key(ec.SECP256R1())
    words = f" ({kind})"
    common = name.strip()[: NAME_LENGTH - len(words)].rstrip() + words
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name.strip()[:NAME_LENGTH]),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
    certificate = _signed_by_itself(subject, key, now or datetime.now(UTC))
    return pkcs12.serialize_key_and_certificates(
        common.encode(),
        key,
        certificate,
        None,
        BestAvailableEncryption(password.encode()),
    )


def _signed_by_itself(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.Certificate:
    public, begins = key.public_key(), now.replace(microsecond=0)
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    no_authority = x509.BasicConstraints(ca=False, path_length=None)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins - CLOCK_SKEW)
        .not_valid_after(begins + timedelta(days=YEARS * 365 + YEARS // 4))
        .add_extension(no_authority, critical=True)
        .add_extension(_for_signing(), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(issuer, critical=False)
        .sign(key, hashes.SHA256())
    )


def _for_signing() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def read_pkcs12(content: bytes, password: str) -> Seal:
    """The key and the certificate of a file.

    :param bytes content: the file
    :param str password: empty for a file without one
    :raises CertificateError: it cannot be opened, or is not for signing

    >>> read_pkcs12(b"", "")
    Traceback (most recent call last):
    ...
    odoo.addons.document_sign.tools.certificates.NotACertificateFile
    >>> read_pkcs12(own_certificate("Ada", "right"), "wrong")
    Traceback (most recent call last):
    ...
    odoo.addons.document_sign.tools.certificates.WrongPassword
    """
    if len(content) > LARGEST_FILE or not _is_pkcs12(content):
        raise NotACertificateFile()
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(
            content, password.encode() or None
        )
    except UnsupportedAlgorithm:
        raise NotForSigning() from None
    except ValueError:
        # without the cause, which may name what was typed
        raise WrongPassword() from None
    if key is None or certificate is None:
        raise NoKey()
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise NotForSigning()
    if key.public_key() != certificate.public_key():
        raise NoKey()
    if not _is_for_signing(certificate):
        raise NotForSigning()
    return Seal(key, certificate, tuple(others))


def key_der(key: Key) -> bytes:
    """The key as PKCS#8, for the library that signs."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def der(certificate: x509.Certificate) -> bytes:
    """The certificate as it stands in signatures."""
    return certificate.public_bytes(Encoding.DER)


def _is_pkcs12(content: bytes) -> bool:
    try:
        pfx = asn1_pkcs12.Pfx.load(content)
        return str(pfx["version"].native) == "v3"
    except (ValueError, TypeError, KeyError):
        return False


def _is_for_signing(certificate: x509.Certificate) -> bool:
    return _has_strong_key(certificate) and _may_sign(certificate)


def _has_strong_key(certificate: x509.Certificate) -> bool:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= SMALLEST_RSA
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, CURVES)


def _may_sign(certificate: x509.Certificate) -> bool:
    """What a certificate does not restrict, it allows (RFC 5280, 4.2.1.3 and .12)."""
    try:
        found = {each.oid: each.value for each in certificate.extensions}
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return False
    usage = found.get(ExtensionOID.KEY_USAGE)
    if isinstance(usage, x509.KeyUsage):
        if not (usage.digital_signature or usage.content_commitment):
            return False
    extended = found.get(ExtensionOID.EXTENDED_KEY_USAGE)
    if isinstance(extended, x509.ExtendedKeyUsage):
        return bool(SIGNING_USES & {use.dotted_string for use in extended})
    return True
