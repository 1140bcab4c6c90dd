"""A seal is what it says: to us, to two other validators, and after each change."""

import io
import os
import subprocess
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader, PdfWriter
from pypdf.xmp import XmpInformation

from odoo.tests import BaseCase, tagged

from odoo.addons.mail_user_smtp.tests.certificates import Authority

from ..tools import certificates, seal, timestamps, verification
from ..tools.certificates import read_pkcs12
from ..tools.seal import CannotSeal, seal_pdf
from ..tools.timestamps import Service
from ..tools.verification import B_B, B_T, carries, is_by, read
from .common import (
    DAY,
    HOST,
    PASSWORD,
    PDF,
    TimestampServer,
    flipped,
    key_and_certificate,
    nobody_listens,
    own_seal,
    pkcs12_file,
    rsa_key,
    stamper,
)

# how attribute and content of a time stamp are named in DER
TOKEN_OID = cms.CMSAttributeType("signature_time_stamp_token").dump()
TOKEN = cms.ContentType("tst_info").dump()


def now():
    """The present second: a certificate made in a test holds from then on."""
    return datetime.now(UTC).replace(microsecond=0)


def written(pages=1, **options):
    """Another PDF."""
    stream, writer = io.BytesIO(), PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    if options.get("password"):
        writer.encrypt(options["password"])
    if options.get("metadata"):
        writer.xmp_metadata = options["metadata"]
    writer.write(stream)
    return stream.getvalue()


def appended(content):
    """The file with one more revision, as an editor saves it."""
    stream, writer = io.BytesIO(), PdfWriter(io.BytesIO(content), incremental=True)
    writer.add_blank_page(595, 842)
    writer.write(stream)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestCertificates(BaseCase):
    def test_our_own_is_good_for_ten_years_and_says_what_it_is(self):
        made = own_seal("Ada Ltd.")
        facts = made.facts
        self.assertEqual(facts.subject, "Ada Ltd. (own certificate)")
        self.assertTrue(facts.is_own)
        self.assertGreaterEqual(facts.ends - now(), timedelta(days=3650))
        made.check(now())
        demo = certificates.own_certificate("Ada", PASSWORD, certificates.DEMO)
        self.assertIn("(demo certificate)", read_pkcs12(demo, PASSWORD).facts.subject)

    def test_a_file_that_cannot_seal_is_refused_by_its_reason(self):
        key, certificate = key_and_certificate()
        other_key, _other = key_and_certificate()
        server = key_and_certificate(uses=[Use.SERVER_AUTH])
        locking = key_and_certificate(usage={"key_encipherment"})
        weak = key_and_certificate(rsa_key(1024))
        odd = key_and_certificate(ec.generate_private_key(ec.BrainpoolP256R1()))
        refused = {
            certificates.NotACertificateFile: [
                b"",
                b"garbage",
                PDF,
                pkcs12_file()[:500],
                b"\x30" * certificates.LARGEST_FILE * 2,
            ],
            certificates.WrongPassword: [pkcs12_file(password="other")],
            certificates.NoKey: [
                pkcs12_file(None, certificate),
                pkcs12_file(key, None),
            ],
            certificates.NotForSigning: [
                pkcs12_file(*server),
                pkcs12_file(*locking),
                pkcs12_file(*weak),
                pkcs12_file(*odd),
            ],
        }
        for error, contents in refused.items():
            for number, content in enumerate(contents):
                with self.subTest(error.__name__, number=number):
                    with self.assertRaises(error) as raised:
                        read_pkcs12(content, PASSWORD)
                    self.assertNotIn(PASSWORD, str(raised.exception))
        self.assertNotEqual(key, other_key)

    def test_a_key_that_no_reader_of_pdfs_knows_is_refused(self):
        key = ed25519.Ed25519PrivateKey.generate()
        _key, certificate = key_and_certificate()
        with self.assertRaises(ValueError):
            pkcs12_file(key, certificate)
        with self.patched_load(key, certificate):
            self.assertRaises(
                certificates.NotForSigning, read_pkcs12, pkcs12_file(), PASSWORD
            )

    def test_a_key_of_another_certificate_is_refused(self):
        key, _own = key_and_certificate()
        _key, certificate = key_and_certificate()
        with self.patched_load(key, certificate):
            self.assertRaises(certificates.NoKey, read_pkcs12, pkcs12_file(), PASSWORD)

    def patched_load(self, key, certificate):
        """Files that no library writes."""
        return patch.object(
            certificates.pkcs12,
            "load_key_and_certificates",
            lambda *_arguments: (key, certificate, []),
        )

    def test_what_a_certificate_does_not_restrict_it_allows(self):
        for uses in (
            None,
            [Use.EMAIL_PROTECTION],
            [Use.SERVER_AUTH, Use.ANY_EXTENDED_KEY_USAGE],
        ):
            for usage in (None, {"digital_signature"}, {"content_commitment"}):
                pair = key_and_certificate(uses=uses, usage=usage)
                with self.subTest(uses=uses, usage=usage):
                    read_pkcs12(pkcs12_file(*pair), PASSWORD).check(now())
        self.assertTrue(
            read_pkcs12(pkcs12_file(*key_and_certificate(rsa_key())), PASSWORD)
        )

    def test_it_seals_on_its_days_only(self):
        late = read_pkcs12(pkcs12_file(*key_and_certificate(ends=DAY)), PASSWORD)
        for moment, error in (
            (now() + 2 * DAY, certificates.Expired),
            (now() - 2 * DAY, certificates.NotYetValid),
        ):
            with self.assertRaises(error):
                seal_pdf(PDF, late, now=moment)
        self.assertEqual(seal_pdf(PDF, late, now=now()).level, B_B)


@tagged("post_install", "-at_install")
class TestSealing(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = own_seal()
        cls.certificate = certificates.der(cls.ours.certificate)

    def test_the_sealed_file_begins_with_the_file(self):
        moment = now()
        sealed = seal_pdf(PDF, self.ours, "Tested", now=moment)
        self.assertTrue(sealed.content.startswith(PDF))
        self.assertEqual((sealed.level, sealed.fault), (B_B, None))
        [found] = read(sealed.content).signatures
        self.assertTrue(found.is_intact and found.is_whole)
        self.assertEqual(found.level, B_B)
        self.assertEqual(found.subject, self.ours.facts.subject)
        self.assertEqual(found.fingerprint, self.ours.facts.fingerprint)
        self.assertEqual(found.signed_at, moment)
        self.assertIsNone(found.stamped_at)
        self.assertTrue(is_by(found, self.certificate))
        self.assertFalse(is_by(found, certificates.der(own_seal().certificate)))

    def test_rsa_keys_and_chains_seal_as_well(self):
        key, certificate = key_and_certificate(rsa_key())
        above = own_seal("Authority").certificate
        by_rsa = certificates.Seal(key, certificate, (above,))
        sealed = seal_pdf(PDF, by_rsa, now=now()).content
        [found] = read(sealed).signatures
        self.assertEqual((found.is_intact, found.level), (True, B_B))
        self.assertIn(certificates.der(above).hex(), sealed.decode("latin-1").lower())

    def test_nothing_may_be_added_to_a_sealed_file(self):
        sealed = seal_pdf(PDF, self.ours).content
        with self.assertRaises(CannotSeal) as raised:
            seal_pdf(sealed, self.ours)
        self.assertEqual(raised.exception.reason, seal.CLOSED)
        reader = PdfFileReader(io.BytesIO(sealed))
        self.assertEqual(reader.embedded_signatures[0].docmdp_level.value, 1)

    def test_a_file_that_somebody_signed_is_sealed_after_them(self):
        theirs = own_seal("Somebody")
        with self.patched_permission():
            signed = seal_pdf(PDF, theirs).content
        both = seal_pdf(signed, self.ours).content
        first, second = read(both).signatures
        self.assertEqual((first.is_intact, first.is_whole), (True, False))
        self.assertEqual((second.is_intact, second.is_whole), (True, True))
        names = [
            s.field_name for s in PdfFileReader(io.BytesIO(both)).embedded_signatures
        ]
        self.assertEqual(names, ["Seal", "Seal2"])

    def patched_permission(self):
        """Another program's signature: no certification, everything permitted."""
        plain = seal._metadata

        def metadata(taken, reason):
            made = plain(taken, reason)
            return type(made)(
                field_name=made.field_name,
                md_algorithm="sha256",
                subfilter=made.subfilter,
            )

        return patch.object(seal, "_metadata", metadata)

    def test_whatever_byte_a_stream_ends_with_it_is_as_long_as_it_says(self):
        """One in 256 ends with a carriage return."""
        encoded = StreamObject.encoded_data.fget
        ends = property(lambda stream: encoded(stream) + b"\r")
        file = written(metadata=XmpInformation.create())
        with patch.object(StreamObject, "encoded_data", ends):
            added = seal_pdf(file, self.ours, now=now()).content[len(file) :]
        self.assertRegex(added, rb"\r\r\nendstream")
        self.assertNotRegex(added, rb"[^\r]\r\nendstream")

    def test_what_cannot_be_sealed_says_why(self):
        for content, reason in (
            (b"", seal.UNREADABLE),
            (b"garbage", seal.UNREADABLE),
            (PDF[:100], seal.UNREADABLE),
            (b"%PDF-1.4\n" + b"[" * 5000, seal.UNREADABLE),
            (written(password="x"), seal.ENCRYPTED),
        ):
            with self.subTest(content[:20]), self.assertRaises(CannotSeal) as raised:
                seal_pdf(content, self.ours)
            self.assertEqual(raised.exception.reason, reason)

    def test_the_page_looks_as_before(self):
        sealed = seal_pdf(written(3), self.ours).content
        pages = PdfReader(io.BytesIO(sealed)).pages
        self.assertEqual(len(pages), 3)
        shown = [a.get_object()["/Rect"] for a in pages[0].get("/Annots", ())]
        self.assertEqual(shown, [[0, 0, 0, 0]])

    def test_every_flipped_byte_is_noticed(self):
        """Where the seal has slack, as in its own place, only the archive's digest
        knows (``verification.verdict``); the file stays recognised as ours everywhere.
        """
        sealed = seal_pdf(PDF, self.ours).content
        slack, lost = [], []
        for position in range(len(sealed)):
            changed = flipped(sealed, position)
            found = read(changed).signatures
            is_ours = carries(changed, self.certificate) or any(
                is_by(each, self.certificate) for each in found
            )
            if any(each.is_intact and each.is_whole for each in found):
                slack.append(position)
            if not is_ours:
                lost.append(position)
        self.assertEqual(lost, [])
        start, end = sealed.index(b"<30"), sealed.index(b"0>")
        self.assertEqual([p for p in slack if not start < p < end], [])
        self.assertLess(len(slack), 12)

    def test_each_kind_of_change_is_noticed(self):
        sealed = seal_pdf(PDF, self.ours).content
        start, end = sealed.index(b"<30") + 1, sealed.index(b"0>")
        digits = sealed[start:end]
        changes = {
            "something behind": sealed + b"\n",
            "a revision": appended(sealed),
            "something before": b"\n" + sealed,
            "cut": sealed[:-1],
            "padding": sealed[: end - 2] + b"ff" + sealed[end:],
            "small letters": sealed[:start] + digits.lower() + sealed[end:],
            "one small letter": sealed.replace(b"2A8648", b"2a8648", 1),
            "blanks": sealed[:start] + b" " + sealed[start:end][:-1] + sealed[end:],
            "no brackets": sealed[: start - 1] + b"(" + sealed[start:],
        }
        for name, content in changes.items():
            with self.subTest(name):
                self.assertNotEqual(content, sealed)
                whole = [
                    s for s in read(content).signatures if s.is_intact and s.is_whole
                ]
                if name == "small letters":  # the same seal, only the archive knows
                    self.assertTrue(whole)
                else:
                    self.assertEqual(whole, [])

    def test_a_seal_in_another_file_does_not_hold(self):
        """Whether as a whole with the ranges of the first, or with ranges made up."""
        sealed, other = seal_pdf(PDF, self.ours).content, written(2)
        moved = other + sealed[len(PDF) :]
        start, end = sealed.index(b"<30"), sealed.index(b"0>") + 2
        made_up = (
            (
                b"%PDF-1.7\n1 0 obj<</ByteRange [0 100 "
                + str(100 + end - start).encode()
                + b" 9]/Contents "
            ).ljust(100)
            + sealed[start:end]
            + b"\n/M (D:)>>"
        )
        for content in (moved, made_up):
            with self.subTest(len(content)):
                found = read(content).signatures
                self.assertEqual([s for s in found if s.is_intact], [])
                self.assertEqual([s.level for s in found if s.level], [])

    def test_garbage_never_breaks_it(self):
        sealed = seal_pdf(PDF, self.ours).content
        place = sealed[sealed.index(b"<30") : sealed.index(b"0>") + 2]
        rest = b"/ByteRange [0 40 %d 5]" % (40 + len(place))
        for content in (
            b"",
            b"\0" * 5000,
            b"/ByteRange [0 0 0 0]",
            b"/ByteRange [0 1 9999999999 1]",
            b"/ByteRange [0 1",
            rest.ljust(40) + b"<" + b"3" * (len(place) - 2) + b">12345",
            rest.ljust(40) + b"<308" + b"f" * (len(place) - 5) + b">12345",
            rest.ljust(40) + b"(" + b"\xff" * (len(place) - 2) + b")12345",
        ):
            with self.subTest(content[:30]):
                found = read(content)
                self.assertFalse(any(each.is_intact for each in found.signatures))
                self.assertFalse(carries(content, self.certificate))

    def test_a_flood_of_signatures_is_not_followed(self):
        flood = b"/ByteRange [0 10 20 30]" * (verification.MOST + 1)
        self.assertTrue(read(flood).is_too_many)
        self.assertEqual(read(flood).signatures, ())


@tagged("post_install", "-at_install")
class TestOtherValidators(BaseCase):
    """What we say of a seal, two others say, too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = own_seal()

    def poppler(self, content):
        """What ``pdfsig`` says, which checks with Mozilla's library."""
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            done = subprocess.run(
                ["pdfsig", "-nocert", file.name],
                capture_output=True,
                text=True,
                check=False,
            )
        return done.stdout

    def pyhanko(self, content):
        trusted = ValidationContext(
            trust_roots=[
                seal.x509.Certificate.load(certificates.der(self.ours.certificate))
            ],
            allow_fetching=False,
        )
        [signature] = PdfFileReader(io.BytesIO(content)).embedded_signatures
        return validate_pdf_signature(signature, trusted)

    def test_they_agree_on_what_was_sealed(self):
        with TimestampServer() as server:
            stamped = seal_pdf(written(2), self.ours, service=server.service())
        self.assertEqual(stamped.level, B_T)
        for sealed in (seal_pdf(written(2), self.ours), stamped):
            with self.subTest(sealed.level):
                said = self.poppler(sealed.content)
                self.assertIn("Signature is Valid", said)
                self.assertIn("Total document signed", said)
                self.assertIn("ETSI.CAdES.detached", said)
                self.assertIn(self.ours.facts.subject, said)
                status = self.pyhanko(sealed.content)
                self.assertTrue(status.intact and status.valid and status.trusted)
                self.assertTrue(status.docmdp_ok)
                self.assertEqual(status.modification_level, ModificationLevel.NONE)
                has_stamp = status.timestamp_validity is not None
                self.assertEqual(has_stamp, sealed.level == B_T)

    def test_they_agree_on_what_was_changed(self):
        sealed = seal_pdf(written(2), self.ours).content
        body = flipped(sealed, sealed.index(b"/MediaBox") + 12)
        self.assertNotIn("Signature is Valid", self.poppler(body))
        self.assertFalse(self.pyhanko(body).intact)
        self.assertFalse(read(body).signatures[0].is_intact)
        later = appended(sealed)
        self.assertNotIn("Total document signed", self.poppler(later))
        self.assertFalse(self.pyhanko(later).docmdp_ok)
        self.assertFalse(read(later).signatures[0].is_whole)


@tagged("post_install", "-at_install")
class TestTimestamps(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = own_seal()

    def test_a_service_that_answers_lifts_the_level(self):
        with TimestampServer() as server:
            sealed = seal_pdf(PDF, self.ours, service=server.service())
        self.assertEqual((sealed.level, sealed.fault), (B_T, None))
        [found] = read(sealed.content).signatures
        self.assertEqual(found.stamped_by, "Test TSA")
        self.assertLess(abs(found.stamped_at - datetime.now(UTC)), timedelta(minutes=1))
        # services count what they are asked
        [(path, headers, _query)] = server.queries
        self.assertEqual(path, "/tsr")
        self.assertEqual(headers["Content-Type"], timestamps.QUERY)

    def lowered(self, service, reason):
        sealed = seal_pdf(PDF, self.ours, service=service)
        self.assertEqual(sealed.level, B_B)
        self.assertEqual(sealed.fault.reason, reason)
        [found] = read(sealed.content).signatures
        self.assertEqual((found.is_intact, found.level), (True, B_B))
        self.assertIsNone(found.stamped_at)
        self.assertNotIn(TOKEN_OID.hex().upper().encode(), sealed.content)

    def test_a_service_that_is_not_there_lowers_the_level(self):
        with nobody_listens() as service:
            self.lowered(service, timestamps.UNREACHABLE)

    def test_a_service_that_says_nothing_lowers_the_level_soon(self):
        end = threading.Event()
        with TimestampServer(lambda _query: end.wait(20) and b"") as server:
            begun = datetime.now(UTC)
            self.lowered(server.service(timeout=0.3), timestamps.UNREACHABLE)
            self.assertLess(datetime.now(UTC) - begun, timedelta(seconds=5))
            end.set()

    def test_a_service_that_answers_in_drops_lowers_the_level_soon(self):
        """Each of its bytes comes in time, and all of them never would."""
        with TimestampServer(lambda _query: b"\0" * 40, drop=0.1) as server:
            begun = datetime.now(UTC)
            self.lowered(server.service(timeout=0.5), timestamps.UNREACHABLE)
            self.assertLess(datetime.now(UTC) - begun, timedelta(seconds=3))

    def test_wrong_answers_lower_the_level(self):
        def other_imprint(request):
            request["message_imprint"]["hashed_message"] = b"\1" * 32

        def other_nonce(request):
            request["nonce"] = 7

        def refused(_query):
            return bytes.fromhex("30053003020102")  # PKIStatus rejection, no token

        answers = {
            "nothing": {"answer": lambda _query: b""},
            "garbage": {"answer": lambda _query: b"\x30\x82garbage"},
            "HTTP 500": {"status": 500},
            "a page": {"kind": "text/html"},
            "too much": {"answer": lambda _query: b"\0" * 70_000},
            "a refusal": {"answer": refused},
        }
        for name, options in answers.items():
            with self.subTest(name), TimestampServer(**options) as server:
                self.lowered(server.service(), timestamps.ANSWER)
        for name, change in {"hash": other_imprint, "nonce": other_nonce}.items():
            with self.subTest(name), TimestampServer() as server:
                server.answer = lambda query, s=server, c=change: s.token(query, c)
                self.lowered(server.service(), timestamps.ANSWER)

    def test_a_certificate_for_something_else_stamps_nothing(self):
        for uses in ([], [Use.SERVER_AUTH], [Use.TIME_STAMPING, Use.SERVER_AUTH]):
            with self.subTest(uses), TimestampServer() as server:
                server.stamper = stamper(uses or [Use.ANY_EXTENDED_KEY_USAGE])
                self.lowered(server.service(), timestamps.ANSWER)

    def test_a_token_that_does_not_fit_lowers_the_level(self):
        with TimestampServer() as server:
            server.stamper.certs_to_embed = [
                seal.x509.Certificate.load(
                    certificates.der(own_seal(str(n)).certificate)
                )
                for n in range(40)
            ]
            self.lowered(server.service(), timestamps.ANSWER)

    def test_a_changed_token_is_none(self):
        with TimestampServer() as server:
            sealed = seal_pdf(PDF, self.ours, service=server.service()).content
        token = sealed.index(TOKEN.hex().upper().encode())
        levels = {
            found.level
            for position in range(token + 26, token + 500, 3)
            for found in read(flipped(sealed, position)).signatures
        }
        self.assertIn(B_B, levels)
        stamped = read(sealed).signatures[0]
        for position in range(token + 26, token + 300):
            for found in read(flipped(sealed, position)).signatures:
                if found.level == B_T:
                    self.assertEqual(found.stamped_at, stamped.stamped_at)

    def test_no_service_inside_the_network_is_asked(self):
        with TimestampServer() as server:
            for url in (
                server.url,
                server.url.replace(HOST, "localhost"),
                "http://169.254.169.254/latest",
                "http://[::1]/",
                "http://2130706433/",
                "file:///etc/passwd",
                "http://{}@{}/".format("ada:x", HOST),
            ):
                with self.subTest(url):
                    self.lowered(Service(url), timestamps.ADDRESS)
            self.assertEqual(server.queries, [])

    def test_the_certificate_of_a_server_is_checked_against_its_name(self):
        authority, stranger = Authority(), Authority()
        trusted = {"SSL_CERT_FILE": authority.path}
        with patch.dict(os.environ, trusted):
            with TimestampServer(tls=authority.certificate("localhost")) as server:
                sealed = seal_pdf(PDF, self.ours, service=server.service())
                self.assertEqual((sealed.level, sealed.fault), (B_T, None))
            for refused in (
                authority.certificate("tsa.example.com"),
                stranger.certificate("localhost"),
                authority.certificate("localhost", end=-timedelta(hours=1)),
            ):
                with TimestampServer(tls=refused) as server:
                    self.lowered(server.service(), timestamps.UNREACHABLE)
                    self.assertEqual(server.queries, [])
