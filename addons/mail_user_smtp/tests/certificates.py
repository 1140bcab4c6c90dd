"""A certificate authority for tests."""

import tempfile
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """Makes certificates in a folder of its own.

    ``authority.path`` is what a client has to trust.
    """

    def __init__(self, name="Test authority"):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.name = _name(name)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.path = self._write("authority", self._authority_certificate)

    @cached_property
    def _authority_certificate(self):
        builder = _builder(self.name, self.name, self.key, self.key, -DAY, 2 * DAY)
        builder = builder.add_extension(x509.BasicConstraints(True, None), True)
        builder = builder.add_extension(SIGNS_CERTIFICATES, True)
        return builder.sign(self.key, hashes.SHA256())

    def certificate(self, host="localhost", start=-DAY, end=DAY, self_signed=False):
        """
        :param str host: the name that it is for
        :param timedelta start: valid from, seen from now
        :param timedelta end: valid until, seen from now
        :param bool self_signed: sign with its own key
        :returns: path of a file with key and certificate
        """
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = _name(host) if self_signed else self.name
        issuer_key = key if self_signed else self.key
        builder = _builder(_name(host), issuer, key, issuer_key, start, end)
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host)]), False
        )
        signed = builder.sign(issuer_key, hashes.SHA256())
        return self._write(f"{host}-{signed.serial_number}", signed, key)

    def _write(self, name, certificate, key=None):
        path = self.folder / f"{name}.pem"
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        if key:
            pem += key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        path.write_bytes(pem)
        return str(path)


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject, issuer, key, issuer_key, start, end):
    now = datetime.now(UTC)
    public_key, issuer_public_key = key.public_key(), issuer_key.public_key()
    # Python 3.13 refuses certificates without these
    own_identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
    of_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_public_key)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + start)
        .not_valid_after(now + end)
        .add_extension(own_identifier, False)
        .add_extension(of_issuer, False)
    )
