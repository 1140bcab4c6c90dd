"""A certificate authority of this machine, and a server certificate signed by it."""

import ipaddress
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # what browsers and the CA/Browser Forum accept at most
RENEW_DAYS = 30


def ensure_certificates(folder: Path, names: list[str]) -> None:
    """Make what is missing or about to expire; a second call changes nothing.

    :param pathlib.Path folder: where ``ca.pem``, ``ca-key.pem``, ``server.pem``,
        ``server-key.pem`` and ``ca-bundle.pem`` go; the last one holds the public
        authorities and ours, for ``SSL_CERT_FILE``
    :param list[str] names: host names and addresses of the server
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if not _is_valid(folder / "ca.pem"):
        _write_authority(folder)
        (folder / "server.pem").unlink(missing_ok=True)
    if not _is_valid(folder / "server.pem"):
        _write_server(folder, names)
    bundle = Path(certifi.where()).read_bytes() + (folder / "ca.pem").read_bytes()
    (folder / "ca-bundle.pem").write_bytes(bundle)


def _is_valid(path: Path) -> bool:
    if not path.exists():
        return False
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    limit = datetime.now(UTC) + timedelta(days=RENEW_DAYS)
    return certificate.not_valid_after_utc > limit


def _write_authority(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "BMAsia CRM demo mail (this machine)")]
    )
    certificate = (
        _builder(name, name, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=True,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    _write(folder / "ca-key.pem", _private(key), 0o600)
    _write(folder / "ca.pem", certificate.public_bytes(serialization.Encoding.PEM))


def _write_server(folder: Path, names: list[str]) -> None:
    authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    authority_key = serialization.load_pem_private_key(
        (folder / "ca-key.pem").read_bytes(), password=None
    )
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"the key in {folder} is not of the kind that is made here")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        _builder(subject, authority.subject, key.public_key(), SERVER_DAYS)
        .add_extension(
            x509.SubjectAlternativeName([_general_name(n) for n in names]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                authority_key.public_key()
            ),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )
    _write(folder / "server-key.pem", _private(key), 0o600)
    _write(folder / "server.pem", certificate.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    days: int,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False)
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, data: bytes, mode: int = 0o644) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
