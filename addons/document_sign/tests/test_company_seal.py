"""Who gives an entity its seal, what it needs, and that nobody reads the key again."""

import base64
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.encrypted_field.fields import DEMO_MARKER, SecretUserError
from odoo.addons.encrypted_field.tests.common import use_keys

from ..models.document_seal import WARN_DAYS
from ..models.res_company import INTERNAL
from ..tools import certificates, timestamps
from ..tools.verification import B_B, B_T, read
from .common import (
    DAY,
    HOST,
    PASSWORD,
    PDF,
    SealCase,
    TimestampServer,
    key_and_certificate,
    nobody_listens,
    pkcs12_file,
)

SECRETS = ("key_file", "key_password")


def typed(content, password=PASSWORD):
    """What the form sends."""
    return {"seal_file": base64.b64encode(content), "seal_password": password}


@tagged("post_install", "-at_install")
class TestCompanySeal(SealCase):
    def column(self, seal, name):
        """What a dump of the database shows."""
        self.env.flush_all()
        self.env.cr.execute(
            f"SELECT {name} FROM document_seal WHERE id = %s", (seal.id,)
        )
        return self.env.cr.fetchone()[0]

    # -- giving one

    def test_a_manager_makes_one_with_one_click(self):
        thai = self.thai.with_user(self.manager)
        action = thai.action_make_own_seal()
        self.assertEqual(action["tag"], "display_notification")
        seal = thai.seal_id
        self.assertEqual(seal.company_id, self.thai)
        self.assertIn("Thai Sample Co., Ltd.", seal.subject)
        self.assertTrue(thai.sudo().seal_id.is_own)
        self.assertIn("no authority", thai.seal_issuer)
        self.assertGreaterEqual(
            thai.seal_ends, fields.Date.today() + timedelta(days=3650)
        )
        content, level = thai._seal_pdf(PDF, "Tested")
        self.assertEqual(level, B_B)
        [found] = read(content).signatures
        self.assertEqual(found.fingerprint, thai.seal_fingerprint)
        self.assertEqual(found.level, B_B)

    def test_a_demo_says_that_it_is_one(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param(DEMO_MARKER, False)
        self.thai.action_make_own_seal()
        self.assertIn("(own certificate)", self.thai.seal_id.subject)
        parameters.set_param(DEMO_MARKER, "abcd1234")
        self.thai.action_make_own_seal()
        self.assertIn("(demo certificate)", self.thai.seal_id.subject)

    def test_a_manager_uses_a_certificate_of_an_authority(self):
        pair = key_and_certificate(name="Thai Sample, by an authority")
        thai = self.thai.with_user(self.manager)
        thai.write(typed(pkcs12_file(*pair)))
        self.assertEqual(thai.seal_id.subject, "Thai Sample, by an authority")
        self.assertEqual(
            read(thai._seal_pdf(PDF, "")[0]).signatures[0].subject,
            "Thai Sample, by an authority",
        )

    def test_the_form_takes_file_and_password_and_shows_neither(self):
        view = "document_flow.entity_view_form"
        with Form(self.thai.with_user(self.manager), view) as form:
            form.seal_file = base64.b64encode(pkcs12_file())
            form.seal_password = PASSWORD
        form = Form(self.thai.with_user(self.manager), view)
        self.assertFalse(form.seal_file or form.seal_password)
        self.assertEqual(form.seal_subject, "Test")

    def test_a_new_entity_may_bring_one(self):
        made = self.env["res.company"].create(
            {"name": "Third Ltd.", **typed(pkcs12_file())}
        )
        self.assertEqual(made.seal_id.subject, "Test")

    def test_a_file_without_a_password_has_none_to_keep(self):
        pair = key_and_certificate()
        content = certificates.pkcs12.serialize_key_and_certificates(
            b"", *pair, None, certificates.NoEncryption()
        )
        self.thai.write(typed(content, False))
        field = self.env["document.seal"]._fields["key_password"]
        self.assertFalse(field.is_set(self.thai.seal_id))
        self.assertEqual(self.thai._seal_pdf(PDF, "")[1], B_B)

    def test_what_cannot_seal_is_refused_and_the_present_one_stays(self):
        self.thai.action_make_own_seal()
        present = self.thai.seal_id
        server = key_and_certificate(
            uses=[certificates.x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]
        )
        over = key_and_certificate(begins=-3 * DAY, ends=-DAY)
        early = key_and_certificate(begins=DAY, ends=3 * DAY)
        for vals, words in (
            (typed(b"garbage"), "no certificate with a key"),
            ({"seal_file": "no base64", "seal_password": "x"}, "no certificate"),
            (typed(pkcs12_file(), "wrong"), "password does not open"),
            (typed(pkcs12_file(None, key_and_certificate()[1])), "no private key"),
            (typed(pkcs12_file(*server)), "not for signing"),
            (typed(pkcs12_file(*over)), "has expired"),
            (typed(pkcs12_file(*early)), "not valid yet"),
            ({"seal_password": PASSWORD}, "Choose the file"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.thai.write(vals)
        self.assertEqual(self.thai.seal_id, present)
        self.assertEqual(self.thai._seal_pdf(PDF, "")[1], B_B)

    def test_another_one_makes_the_former_forget_its_key(self):
        self.thai.action_make_own_seal()
        former = self.thai.seal_id
        sealed = self.thai._seal_pdf(PDF, "")[0]
        self.thai.action_make_own_seal()
        self.assertNotEqual(self.thai.seal_id, former)
        self.assertFalse(former.active)
        for name in SECRETS:
            self.assertFalse(self.column(former, name))
        # what it sealed is still known
        verdict = self.env["document.verification"]._verdict_of(sealed)
        self.assertEqual(verdict.seals[0].subject, former.subject)

    def test_an_entity_seals_with_one_at_a_time(self):
        self.thai.action_make_own_seal()
        former = self.thai.seal_id
        self.thai.action_make_own_seal()
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as raised:
            with self.env.cr.savepoint():
                former.active = True
                self.env.flush_all()
        self.assertEqual(type(raised.exception).__name__, "UniqueViolation")

    def test_a_manager_seals_no_more(self):
        thai = self.thai.with_user(self.manager)
        thai.action_make_own_seal()
        seal = thai.seal_id
        thai.action_drop_seal()
        self.assertFalse(thai.seal_id)
        for name in SECRETS:
            self.assertFalse(self.column(seal, name))
        with self.assertRaisesRegex(UserError, "has no seal"):
            thai._seal_pdf(PDF, "")

    # -- who may

    def ways(self, user, company):
        """All that changes how an entity seals."""
        own = company.with_user(user)
        seal = company.sudo().seal_id.with_user(user)
        return {
            "make": own.action_make_own_seal,
            "drop": own.action_drop_seal,
            "try": own.action_try_seal,
            "file": lambda: own.write(typed(pkcs12_file())),
            "url": lambda: own.write({"timestamp_url": "https://tsa.example.com"}),
            "row": lambda: seal.write({"subject": "x"}),
            "new row": lambda: seal.create({"company_id": company.id, "subject": "x"}),
            "delete": seal.unlink,
            "copy": seal.copy,
        }

    def test_nobody_else_gives_or_takes_a_seal(self):
        self.thai.action_make_own_seal()
        present = self.thai.seal_id
        for user in (
            self.user,
            self.numbering,
            self.employee,
            self.customer,
            self.visitor,
            self.stranger,
        ):
            for name, way in self.ways(user, self.thai).items():
                with (
                    self.subTest(name, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    way()
        for name in ("row", "new row", "delete", "copy"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.ways(self.manager, self.thai)[name]()
        self.assertEqual(self.thai.seal_id, present)

    def test_a_manager_of_another_entity_sees_none_of_it(self):
        self.thai.action_make_own_seal()
        seals = self.env["document.seal"].with_user(self.stranger)
        self.assertFalse(seals.with_context(active_test=False).search([]))
        with self.assertRaises(AccessError):
            self.thai.seal_id.with_user(self.stranger).read(["subject"])

    def test_users_do_not_read_the_settings(self):
        self.thai.action_make_own_seal()
        for user in (self.user, self.numbering, self.employee, self.customer):
            for name in ("seal_id", "seal_ids", "timestamp_url", "seal_password"):
                with (
                    self.subTest(name, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    self.thai.with_user(user).read([name])

    # -- the key

    def test_neither_key_nor_password_comes_out_again(self):
        content = pkcs12_file()
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        self.thai.with_user(self.manager).write(typed(content))
        seal = self.thai.seal_id
        hidden = (PASSWORD, base64.b64encode(content).decode()[40:200])
        for user in (self.manager, self.env.ref("base.user_admin"), self.env.user):
            own, company = seal.with_user(user), self.thai.with_user(user)
            own.invalidate_recordset()
            answers = [
                own.read(),
                own.export_data([*SECRETS, "subject"]),
                company.read([*("seal_file", "seal_password"), "seal_ids"]),
                company.export_data(["seal_file", "seal_password"]),
                own.web_read({name: {} for name in own._fields if name in SECRETS}),
                company.web_read({"seal_file": {}, "seal_password": {}}),
                [own[name] for name in SECRETS],
            ]
            for words in hidden:
                self.assertNotIn(words, json.dumps(answers, default=str))
        for name in SECRETS:
            column = self.column(seal, name)
            self.assertTrue(column.startswith("v2:"))
            for words in hidden:
                self.assertNotIn(words, column)
            with self.assertRaises(UserError):
                seal.search([(name, "!=", False)])
        self.env.cr.execute("SELECT * FROM res_company WHERE id = %s", self.thai.ids)
        self.assertNotIn(PASSWORD, str(self.env.cr.fetchall()))
        self.env.cr.execute(
            "SELECT count(*) FROM ir_attachment WHERE res_field = 'seal_file'"
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_a_key_that_is_moved_to_another_entity_is_refused(self):
        self.thai.action_make_own_seal()
        self.other.action_make_own_seal()
        mine, theirs = self.thai.seal_id, self.other.seal_id
        self.env.cr.execute(
            "UPDATE document_seal SET key_file = %s, key_password = %s WHERE id = %s",
            (*(self.column(mine, name) for name in SECRETS), theirs.id),
        )
        with self.assertRaises(SecretUserError):
            self.other._seal_pdf(PDF, "")

    def test_without_the_key_ring_nothing_is_stored_or_sealed(self):
        with use_keys(), self.assertRaises(SecretUserError):
            self.thai.action_make_own_seal()
        self.thai.action_make_own_seal()
        with use_keys(), self.assertRaises(SecretUserError):
            self.thai._seal_pdf(PDF, "")

    def test_a_key_that_is_gone_is_named(self):
        self.thai.action_make_own_seal()
        field = self.env["document.seal"]._fields["key_file"]
        field.clear(self.thai.seal_id)
        with self.assertRaisesRegex(UserError, "is not there"):
            self.thai._seal_pdf(PDF, "")

    def test_a_file_that_the_database_lost_is_named(self):
        self.thai.action_make_own_seal()
        self.thai.seal_id.key_file = base64.b64encode(b"something else").decode()
        with self.assertRaisesRegex(UserError, "no certificate with a key"):
            self.thai._seal_pdf(PDF, "")

    # -- sealing

    def test_a_file_that_cannot_be_sealed_says_why(self):
        sealed = self.sealed()
        for content, words in ((b"x", "no PDF"), (sealed, "sealed already")):
            with self.assertRaisesRegex(UserError, words):
                self.thai._seal_pdf(content, "")

    def test_an_expired_certificate_seals_nothing(self):
        self.thai.action_make_own_seal()
        later = fields.Datetime.now() + timedelta(days=4000)
        self.patch(fields.Datetime, "now", lambda: later)
        with self.assertRaisesRegex(UserError, "has expired"):
            self.thai._seal_pdf(PDF, "")

    def test_the_time_stamp_service_is_asked_where_one_is_set(self):
        self.thai.action_make_own_seal()
        self.env["ir.config_parameter"].set_param(INTERNAL, f"other.example, {HOST}")
        with TimestampServer() as server:
            self.thai.timestamp_url = server.url
            content, level = self.thai._seal_pdf(PDF, "")
            self.assertEqual(level, B_T)
            self.assertEqual(read(content).signatures[0].stamped_by, "Test TSA")
            self.other.action_make_own_seal()
            self.assertEqual(self.other._seal_pdf(PDF, "")[1], B_B)
            self.assertEqual(len(server.queries), 1)
        self.assertFalse(self.thai.seal_fault)
        self.assertEqual(self.thai._seal_pdf(PDF, "")[1], B_B)
        self.assertEqual(self.thai.seal_fault, timestamps.UNREACHABLE)
        with TimestampServer() as server:
            self.thai.timestamp_url = server.url
            self.thai._seal_pdf(PDF, "")
        self.assertFalse(self.thai.seal_fault)

    def test_a_service_inside_the_network_is_the_administrator_s_to_allow(self):
        self.thai.action_make_own_seal()
        with TimestampServer() as server:
            self.thai.timestamp_url = server.url
            self.assertEqual(self.thai._seal_pdf(PDF, "")[1], B_B)
            self.assertEqual(server.queries, [])
        self.assertEqual(self.thai.seal_fault, timestamps.ADDRESS)

    def test_the_button_says_which_level_is_reached(self):
        thai = self.thai.with_user(self.manager)
        thai.action_make_own_seal()
        told = thai.action_try_seal()["params"]
        self.assertEqual(told["type"], "success")
        self.assertIn(B_B, told["message"])
        self.env["ir.config_parameter"].set_param(INTERNAL, HOST)
        with TimestampServer() as server:
            thai.timestamp_url = server.url
            told = thai.action_try_seal()["params"]
            self.assertEqual(told["type"], "success")
            self.assertIn(B_T, told["message"])
        with nobody_listens() as service:
            thai.timestamp_url = service.url
            told = thai.action_try_seal()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn(B_B, told["message"])
        self.assertIn("did not answer", told["message"])

    def test_the_address_of_a_service_is_one_of_the_web(self):
        for url in (
            "tsa.example.com",
            "ftp://tsa.example.com",
            "https://",
            "https://{}@tsa.example.com".format("ada:x"),
            "https://a b.example",
        ):
            with self.subTest(url), self.assertRaises(ValidationError):
                self.thai.timestamp_url = url
        self.thai.timestamp_url = "https://tsa.example.com/tsr?x=1"

    # -- before it expires

    def test_my_day_warns_before_it_expires(self):
        self.thai.write(typed(pkcs12_file(*key_and_certificate(ends=3650 * DAY))))
        self.assertFalse(self.on_my_day(self.manager))
        ends = fields.Date.today() + timedelta(days=WARN_DAYS)
        self.thai.seal_id.ends = ends
        [line] = self.on_my_day(self.manager)
        self.assertEqual(line["name"], "Test")
        self.assertEqual(line["day"], fields.Date.to_string(ends))
        self.assertIn("It seals until", line["why"])
        self.thai.seal_id.ends = fields.Date.today() - DAY
        self.assertIn("nothing is sealed", self.on_my_day(self.manager)[0]["why"])
        for other in (self.user, self.numbering, self.stranger):
            self.assertFalse(self.on_my_day(other))
        action = self.thai.seal_id.with_user(self.manager).action_open_entity()
        self.assertEqual(action["res_id"], self.thai.id)
        self.thai.action_drop_seal()
        self.assertFalse(self.on_my_day(self.manager))

    def on_my_day(self, user):
        """The lines of seals; other kinds of work are for roles of other addons."""
        day = self.env["document.day"].with_user(user)
        [(model, todo)] = [
            pair for pair in day._todos() if pair[1].key == "seals_expiring"
        ]
        return day._answer(model, todo, False)["lines"] if day._is_for(todo) else []
