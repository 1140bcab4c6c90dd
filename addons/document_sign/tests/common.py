"""What the tests of seals share: certificates of every kind, a time-stamp service."""

import ssl
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from cryptography.x509.oid import NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.encrypted_field.tests.common import new_key, use_keys

from ..tools import certificates
from ..tools.seal import BLANK_PAGE
from ..tools.timestamps import Service

PDF = BLANK_PAGE
PASSWORD = "correct horse 1234"
HOST = "127.0.0.1"
DAY = timedelta(days=1)


def own_seal(name="Ada Ltd."):
    """A seal as the button makes one."""
    content = certificates.own_certificate(name, PASSWORD)
    return certificates.read_pkcs12(content, PASSWORD)


def key_and_certificate(
    key=None, uses=None, usage=None, begins=-DAY, ends=DAY, name="Test"
):
    """A certificate that signs itself.

    :param uses: extended uses; None: of any use
    :param usage: names of what the key is for; None: for anything
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )
    if uses is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=True)
    if usage is not None:
        names = (
            "digital_signature content_commitment key_encipherment data_encipherment "
            "key_agreement key_cert_sign crl_sign encipher_only decipher_only"
        )
        flags = {name: name in usage for name in names.split()}
        builder = builder.add_extension(x509.KeyUsage(**flags), critical=True)
    return key, builder.sign(key, hashes.SHA256())


def pkcs12_file(key=None, certificate=None, password=PASSWORD):
    """A file with them; neither: a certificate that may seal."""
    if key is None and certificate is None:
        key, certificate = key_and_certificate()
    return pkcs12.serialize_key_and_certificates(
        b"test", key, certificate, None, BestAvailableEncryption(password.encode())
    )


@cache
def rsa_key(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def flipped(content, position):
    """The same bytes but for one bit."""
    changed = bytearray(content)
    changed[position] ^= 1
    return bytes(changed)


def stamper(uses=(Use.TIME_STAMPING,), fixed=None):
    """A time-stamp authority in memory."""
    # the library's stand-in knows RSA only
    key, certificate = key_and_certificate(rsa_key(), list(uses), name="Test TSA")
    return DummyTimeStamper(
        asn1_x509.Certificate.load(certificates.der(certificate)),
        keys.PrivateKeyInfo.load(certificates.key_der(key)),
        fixed_dt=fixed,
    )


class TimestampServer:
    """A time-stamp service on this machine.

    :param answer: what makes the body of an answer from a query; None: a true token
    :param int status: of its answers
    :param str kind: their content type
    :param str tls: path of a file with key and certificate
    :param float drop: seconds between the bytes of the body; 0: all at once
    """

    def __init__(
        self,
        answer=None,
        status=200,
        kind="application/timestamp-reply",
        tls=None,
        drop=0,
    ):
        self.stamper = stamper()
        self.queries = []
        self.answer = answer or self.token
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                outer.queries.append((self.path, dict(self.headers), query))
                body = outer.answer(query)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if not drop:
                    self.wfile.write(body)
                    return
                with suppress(OSError):  # it went away
                    for byte in body:
                        self.wfile.write(bytes([byte]))
                        time.sleep(drop)

            def log_message(self, *_words):
                """Say nothing."""

        self.server = HTTPServer((HOST, 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True
            )
        place = "https://localhost" if tls else f"http://{HOST}"
        self.url = f"{place}:{self.server.server_port}/tsr"

    def token(self, query, changes=None):
        request = tsp.TimeStampReq.load(query)
        if changes:
            changes(request)
        return self.stamper.request_tsa_response(request).dump()

    def service(self, **options):
        return Service(self.url, frozenset({HOST, "localhost"}), **options)

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@contextmanager
def nobody_listens():
    """A service that is not there: a port that is taken and never answered."""
    with TimestampServer() as server:
        service = server.service()
    yield service


class SealCase(TransactionCase):
    """Two entities, each with a manager, and people who are none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = new_key()
        cls.enterClassContext(use_keys(cls.key))
        cls.thai = cls.env.company
        cls.thai.write({"name": "Thai Ltd.", "legal_name": "Thai Sample Co., Ltd."})
        cls.other = cls.env["res.company"].create({"name": "Other Ltd."})
        for login, group, company in (
            ("manager", "document_flow.group_manager", cls.thai),
            ("stranger", "document_flow.group_manager", cls.other),
            ("numbering", "document_flow.group_numbering", cls.thai),
            ("user", "document_flow.group_user", cls.thai),
            ("employee", "base.group_user", cls.thai),
            ("customer", "base.group_portal", cls.thai),
            ("visitor", "base.group_public", cls.thai),
        ):
            user = new_test_user(
                cls.env,
                f"{login}.seal@example.com",
                group,
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )
            setattr(cls, login, user)

    @classmethod
    def sealed(cls, company=None, content=PDF):
        """A file with the seal of an entity, which gets one."""
        company = company or cls.thai
        if not company.sudo().seal_id:
            company.action_make_own_seal()
        return company._seal_pdf(content, "Tested")[0]
