"""A certificate authority for the length of a test."""

import datetime
import os
import tempfile
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALIDITY = datetime.timedelta(days=1)
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


class Certificates:
    """A CA and one server certificate, as files in a temporary directory.

    :param str host: the name in the certificate
    :param begins: when it begins to be valid, from now
    """

    def __init__(
        self, host: str = "localhost", begins: datetime.timedelta = -VALIDITY
    ) -> None:
        self.directory = tempfile.TemporaryDirectory(prefix="scripted-smtp-")
        folder = Path(self.directory.name)
        self.ca_file = str(folder / "ca.pem")
        self.certificate_file = str(folder / "server.pem")
        self.key_file = str(folder / "server.key")
        ca_key = ec.generate_private_key(ec.SECP256R1())
        ca_name = _name("Test CA")
        ca = self._sign(ca_name, ca_key.public_key(), ca_name, ca_key, authority=True)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(
            *(_name(host), key.public_key(), ca_name, ca_key),
            host=host,
            begins=begins,
        )
        pem = serialization.Encoding.PEM
        clear = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        self._write(self.ca_file, ca.public_bytes(pem))
        self._write(self.certificate_file, certificate.public_bytes(pem))
        self._write(self.key_file, key.private_bytes(pem, *clear))

    def _sign(
        self,
        name: x509.Name,
        key: Any,
        issuer: x509.Name,
        issuer_key: Any,
        host: str | None = None,
        authority: bool = False,
        begins: datetime.timedelta = -VALIDITY,
    ) -> x509.Certificate:
        builder = _unsigned(name, key, issuer, begins).add_extension(
            x509.BasicConstraints(authority, None), critical=True
        )
        # Python 3.13 refuses certificates without these
        of_issuer = issuer_key.public_key()
        for identifier in (
            x509.SubjectKeyIdentifier.from_public_key(key),
            x509.AuthorityKeyIdentifier.from_issuer_public_key(of_issuer),
        ):
            builder = builder.add_extension(identifier, critical=False)
        if authority:
            builder = builder.add_extension(SIGNS_CERTIFICATES, critical=True)
        if host:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(issuer_key, hashes.SHA256())

    def _write(self, path: str, content: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)

    def close(self) -> None:
        """Remove the files."""
        self.directory.cleanup()


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _unsigned(
    name: x509.Name, key: Any, issuer: x509.Name, begins: datetime.timedelta
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + VALIDITY)
    )
