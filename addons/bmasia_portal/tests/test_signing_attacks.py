"""What somebody tries who is not the signer, or sends what no browser does."""

import base64
import io
import struct
import zlib

import psycopg2
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.document_sign.tools import drawings

from .signing import PREFIX, SigningCase, drawn

SOMCHAI, ANONG = "somchai@example.com", "anong@example.com"
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def png(width, height, rows=b""):
    """A PNG that says it has these dots."""

    def chunk(kind, content):
        body = kind + content
        return (
            struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = (
        chunk(b"IHDR", head),
        chunk(b"IDAT", zlib.compress(rows)),
        chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def address(content):
    return PREFIX + base64.b64encode(content).decode()


@tagged("post_install", "-at_install")
class TestSigningAttacks(SigningCase):
    def setUp(self):
        super().setUp()
        self.ask_signatures()
        self.key = self.key_of(SOMCHAI)
        self.other_key = self.key_of(ANONG)

    def assert_unsigned(self):
        self.assertFalse(self.signing().signature_ids)
        self.assertEqual(self.signing().state, "open")

    # ------------------------------------------------------------
    # LINKS AND CODES
    # ------------------------------------------------------------

    def test_opening_and_looking_sign_nothing(self):
        page = self.want(self.key)
        for path in ("/sign", "/sign/confirm", "/sign/decline", "/sign/delegate"):
            self.assertEqual(self.open(path, key=self.key).status, 405)
        self.open(f"/sign/code?ticket={self.ticket(page)}", key=self.key)
        self.assert_unsigned()

    def test_another_signer_s_code_counts_for_nothing(self):
        mine, theirs = self.want(self.key), self.want(self.other_key)
        code = self.mailed_code(ANONG)
        if code != self.mailed_code(SOMCHAI):
            self.assertTrue(self.prove(mine, SOMCHAI, self.key, code).alert())
        # and their request is none of my link
        given = {"ticket": self.ticket(theirs), "code": code}
        page = self.post("/sign/confirm", key=self.key, **given)
        self.assertIn("out of date", page.alert())
        self.assert_unsigned()

    def test_an_ordinary_link_signs_nothing(self):
        key = self.new_key(self.document)
        for path in ("/sign", "/sign/decline", "/sign/delegate"):
            page = self.post(
                path, key=key, sha256=self.signing().sha256, full_name="Somchai"
            )
            self.assertEqual(page.status, 404)
        page = self.want(self.key)
        given = {"ticket": self.ticket(page), "code": self.mailed_code(SOMCHAI)}
        self.post("/sign/confirm", key=key, **given)
        self.assert_unsigned()

    def test_a_code_counts_once(self):
        page = self.want(self.key)
        code = self.mailed_code(SOMCHAI)
        self.prove(page, SOMCHAI, self.key, code)
        again = self.prove(page, SOMCHAI, self.key, code)
        self.assertIn("You have signed on", again.text)
        self.assertEqual(len(self.signing().signature_ids), 1)

    def test_a_code_is_tried_five_times(self):
        page = self.want(self.key)
        code = self.mailed_code(SOMCHAI)
        wrong = "000000" if code != "000000" else "111111"
        for _time in range(5):
            self.assertTrue(self.prove(page, SOMCHAI, self.key, wrong).alert())
        self.assertTrue(self.prove(page, SOMCHAI, self.key, code).alert())
        self.assert_unsigned()
        self.assertEqual(self.kinds().count("code_wrong"), 5)

    def test_a_code_of_another_contract_counts_for_nothing(self):
        first = self.want(self.key)
        code, ticket = self.mailed_code(SOMCHAI), self.ticket(first)
        self.document = self.sent_contract()
        self.ask_signatures()
        key = self.key_of(SOMCHAI)
        page = self.post("/sign/confirm", key=key, ticket=ticket, code=code)
        self.assertIn("out of date", page.alert())
        self.assert_unsigned()

    def test_another_file_is_not_signed(self):
        for digest in ("", "0" * 64, self.document._kept_pdf().document_sha256[:-1]):
            page = self.want(self.key, sha256=digest)
            self.assertIn("has changed since", page.alert())
        self.assert_unsigned()

    def test_a_file_that_is_not_what_it_was_is_not_signed(self):
        file = self.signing().file_id
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = NULL, db_datas = %s WHERE id = %s",
            (b"%PDF-1.4 other", file.id),
        )
        file.invalidate_recordset()
        self.assertIn("not as it was sent", self.want(self.key).alert())
        self.assert_unsigned()

    def test_a_link_that_is_called_back_signs_nothing(self):
        self.document.action_call_back_links()
        self.assertEqual(self.open(key=self.key).status, 410)
        page = self.post(
            "/sign", key=self.key, sha256=self.signing().sha256, full_name="S"
        )
        self.assertEqual(page.status, 410)

    def test_who_has_left_does_not_sign(self):
        page = self.want(self.other_key)
        self.anong.active = False
        page = self.prove(page, ANONG, self.other_key)
        self.assertEqual(page.status, 410)
        self.assert_unsigned()

    def test_only_our_own_signer_gets_our_link(self):
        for user in (self.nikki, self.pom):
            self.assertFalse(self.document.with_user(user).can_sign)
            with self.assertRaisesRegex(UserError, "not your turn"):
                self.document.with_user(user).action_sign()
        for user in (self.customer, self.visitor):
            with self.assertRaises(AccessError):
                self.document.with_user(user).action_sign()
        key = self.key_of_norbert()
        self.want(key)
        self.assertTrue(self.code_mail("norbert@example.com"))

    def test_what_our_own_signer_does_is_no_view_of_the_customer(self):
        key = self.key_of_norbert()
        self.post("/seen", key=key)
        self.prove(self.want(key), self.norbert.login, key)
        self.assertEqual(self.signer("Norbert").state, "signed")
        self.assertFalse(self.document.viewed_date)
        self.assertNotIn("viewed", self.kinds())
        self.post("/seen", key=self.key)
        self.assertTrue(self.document.viewed_date)
        self.assertIn("viewed", self.kinds())

    def test_an_answer_s_route_takes_no_signer_s_code(self):
        page = self.want(self.key)
        given = {"ticket": self.ticket(page), "code": self.mailed_code(SOMCHAI)}
        self.post("/answer", key=self.key, **given)
        self.assert_unsigned()

    def test_codes_are_mailed_a_few_times(self):
        for _time in range(3):
            self.want(self.key)
        self.assertIn("several codes already", self.want(self.key).alert())

    # ------------------------------------------------------------
    # DRAWINGS
    # ------------------------------------------------------------

    def test_what_is_no_drawing_is_refused_and_the_name_stays(self):
        gif = io.BytesIO()
        Image.new("P", (10, 10)).save(gif, "GIF")
        for name, drawing in {
            "text": "hello",
            "svg": "data:image/svg+xml;base64,PHN2Zy8+",
            "no base64": PREFIX + "%%%",
            "gif": address(gif.getvalue()),
            "cut off": drawn()[:200],
            "broken": address(png(10, 10, b"x")),
            "bomb": address(png(30_000, 30_000, b"\0" * 1000)),
            "long": PREFIX + "A" * (drawings.LONGEST + 1),
            "empty": drawn(line=None),
        }.items():
            with self.subTest(name):
                self.tries.clear()
                page = self.want(self.key, drawing=drawing, full_name="Som C.")
                self.assertEqual(page.status, 422)
                self.assertIn("raw", page.alert())
                self.assertEqual(self.field(page, "full_name"), "Som C.")
        self.assert_unsigned()

    def test_what_was_drawn_comes_back_with_an_error(self):
        drawing = drawn()
        page = self.want(self.key, drawing=drawing, full_name="")
        self.assertIn("Type your name", page.alert())
        self.assertEqual(self.field(page, "drawing"), drawing)

    def test_only_the_dots_of_a_drawing_are_kept(self):
        picture = io.BytesIO()
        image = Image.open(io.BytesIO(base64.b64decode(drawn()[len(PREFIX) :])))
        told = PngInfo()
        told.add_text("secret", "<script>")
        image.save(picture, "PNG", pnginfo=told)
        self.sign(SOMCHAI, drawing=address(picture.getvalue() + b"<script>"))
        kept = base64.b64decode(self.signing().signature_ids.picture)
        self.assertNotIn(b"script", kept)
        self.assertEqual(Image.open(io.BytesIO(kept)).format, "PNG")

    # ------------------------------------------------------------
    # TEXTS
    # ------------------------------------------------------------

    def test_no_text_becomes_markup(self):
        self.document.action_void_signing()
        wizard = self.wizard()
        wizard.signer_ids[0].write({"name": EVIL, "title": EVIL})
        wizard.action_confirm()
        key = self.key_of(SOMCHAI)
        pages = [
            self.open(key=key),
            self.want(key, full_name=EVIL),
            self.want(key, "/sign/decline", reason=EVIL, full_name=""),
            self.want(
                key, "/sign/delegate", to_name=EVIL, to_address=EVIL, reason=EVIL
            ),
            self.want(key, drawing=EVIL),
        ]
        self.tries.clear()
        page = self.want(key, "/sign/decline", reason=EVIL, full_name=EVIL[:80])
        pages += [page, self.prove(page, SOMCHAI, key)]
        for page in pages:
            self.assertNotIn("<script>alert", page.answer.text)
            self.assertNotIn("<img src=x", page.answer.text)
        mails = self.env["mail.mail"].search([])
        messages = self.document.message_ids
        for body in [*mails.mapped("body_html"), *messages.mapped("body")]:
            self.assertNotIn("<script>", body or "")
            self.assertNotIn("<img src=x", body or "")
        for activity in self.document.activity_ids:
            self.assertNotIn("<script>", activity.note or "")

    def test_the_signed_file_prints_texts_as_texts(self):
        self.document.action_void_signing()
        self.print_for_real()
        wizard = self.wizard()
        wizard.signer_ids[1:].unlink()
        wizard.signer_ids.title = EVIL
        wizard.action_confirm()
        self.sign(SOMCHAI, full_name="<b>Som</b> & Co")
        self.assertTrue(self.signing().signed_file_id)
        self.assertFalse(self.signing().seal_problem)

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_who_may_read(self):
        self.sign(SOMCHAI)
        abroad = new_test_user(
            self.env,
            login="abroad@example.com",
            groups="bmasia_crm.group_manager",
            company_id=self.hongkong.id,
            company_ids=[Command.set(self.hongkong.ids)],
        )
        request = self.signing()
        readers = self.nikki | self.pom | self.norbert
        for record in (request, request.signer_ids[0], request.signature_ids):
            for user in readers | abroad | self.customer | self.visitor:
                mine = self.env[record._name].with_user(user)
                with self.subTest(record._name, user=user.login):
                    if user in readers:
                        self.assertIn(record, mine.search([]))
                        mine.browse(record.id).read(["company_id"])
                    else:
                        with self.assertRaises(AccessError):
                            mine.browse(record.id).read(["company_id"])
                for mode in ("create", "write", "unlink"):
                    self.assertFalse(mine.has_access(mode))
        with self.assertRaises(AccessError):
            self.document.with_user(abroad).action_void_signing()
        with self.assertRaises(AccessError):
            self.document.with_user(abroad).action_ask_signatures()

    @mute_logger("odoo.sql_db")
    def test_nobody_changes_or_deletes_a_signature(self):
        self.sign(SOMCHAI)
        [signature] = self.signing().signature_ids
        for act in (lambda: signature.write({"name": "Eve"}), signature.unlink):
            with self.assertRaises(UserError):
                act()
        self.env.flush_all()
        for statement in (
            "UPDATE document_signature SET name = 'Eve'",
            "DELETE FROM document_signature",
            "TRUNCATE document_signature",
            "UPDATE document_signature SET link_id = (SELECT max(id) FROM document_link"
            " WHERE id != document_signature.link_id)",
            "UPDATE document_signature SET create_uid = create_uid + 1",
            "UPDATE document_signature SET link_id = NULL, name = 'Eve'",
        ):
            with self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
                self.env.cr.execute(statement)
        # as a foreign key does it
        self.env.cr.execute("UPDATE document_signature SET link_id = NULL")
        self.env["document.signature"].init()

    def test_a_dialog_is_about_its_document(self):
        self.document.action_void_signing()
        wizard = self.wizard()
        other = self.sent_contract()
        with self.assertRaises(UserError):
            wizard.document = other
        with self.assertRaises(AccessError):
            wizard.with_user(self.pom).action_confirm()
