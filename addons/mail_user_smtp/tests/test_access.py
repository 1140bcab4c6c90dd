from odoo.exceptions import AccessError
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, AccountMixin
from .mailbox import STARTTLS

HIDDEN = ("smtp_host", "smtp_login", "smtp_email", "smtp_error", "smtp_preset")
PRIVATE_TEXTS = ("localhost", "ali.login", "alice@mail.example.com", PASSWORD, "v2:")
FIELDS = [
    *HIDDEN,
    "smtp_port",
    "smtp_security",
    "smtp_password",
    "smtp_password_set",
    "smtp_state",
    "smtp_checked_at",
]


class AccessCase(AccountMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user("ada", "base.group_system")
        cls.portal = cls.make_user("portia", "base.group_portal")

    def setUp(self):
        super().setUp()
        server = self.start_server(STARTTLS, users={"ali.login": PASSWORD})
        self.give_account(
            self.alice,
            server,
            smtp_login="ali.login",
            smtp_email="alice@mail.example.com",
        )

    def assertNothingPrivate(self, seen):
        for text in PRIVATE_TEXTS:
            self.assertNotIn(text, repr(seen))


@tagged("post_install", "-at_install")
class TestAccess(AccessCase, TransactionCase):
    def test_the_owner_reads_all_but_the_password(self):
        self.alice.group_ids |= self.env.ref("base.group_allow_export")
        own = self.alice.with_user(self.alice)
        (seen,) = own.read(FIELDS)
        self.assertEqual(seen["smtp_host"], "localhost")
        self.assertEqual(seen["smtp_login"], "ali.login")
        self.assertEqual(seen["smtp_state"], "ok")
        self.assertIs(seen["smtp_password"], False)
        everything = [
            own.export_data(FIELDS),
            own.web_read({name: {} for name in FIELDS}),
        ]
        self.assertNotIn(PASSWORD, repr(everything))
        self.assertNotIn("v2:", repr(everything))

    def test_nobody_else_reads_anything_private(self):
        for user in (self.bob, self.admin):
            with self.subTest(user=user.login):
                other = self.alice.with_user(user)
                self.assertNothingPrivate(
                    [
                        other.read(FIELDS),
                        other.web_read({name: {} for name in FIELDS}),
                        [other[name] for name in FIELDS],
                        other.search_read([("id", "=", other.id)], FIELDS),
                    ]
                )
        self.assertNothingPrivate(self.alice.with_user(self.admin).export_data(FIELDS))
        self.assertNothingPrivate(self.alice.with_user(self.admin).copy_data())

    def test_portal_and_public_reach_nothing(self):
        for user in (self.portal, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.alice.with_user(user).read(FIELDS)

    def test_the_administrator_sees_who_is_ready(self):
        other = self.alice.with_user(self.admin)
        self.assertEqual(other.smtp_state, "ok")
        self.assertTrue(other.smtp_checked_at)
        users = self.env["res.users"].with_user(self.admin)
        self.assertIn(self.alice, users.search([("smtp_state", "=", "ok")]))
        self.assertIn(self.bob, users.search([("smtp_state", "=", "none")]))
        self.assertNotIn(self.alice, users.search([("smtp_state", "!=", "ok")]))

    def test_a_colleague_does_not_even_see_that(self):
        self.assertFalse(self.alice.with_user(self.bob).smtp_state)
        users = self.env["res.users"].with_user(self.bob)
        self.assertNotIn(self.alice, users.search([("smtp_state", "=", "ok")]))

    def test_private_fields_cannot_be_searched_or_grouped(self):
        users = self.env["res.users"].with_user(self.admin)
        for name in HIDDEN + ("smtp_password",):
            with self.subTest(name=name), self.assertRaises(ValueError):
                users.search([(name, "ilike", "a")])
            with self.subTest(name=name), self.assertRaises(ValueError):
                users.formatted_read_group([], [name], ["__count"])

    def test_nobody_else_changes_or_tests_it(self):
        for user in (self.bob, self.admin):
            other = self.alice.with_user(user)
            for act in (
                lambda other=other: other.write({"smtp_host": "evil.example"}),
                lambda other=other: other.write({"smtp_password": "mine"}),
                lambda other=other: other.action_test_smtp(),
                lambda other=other: other.action_send_test_mail(),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    act()
        with self.assertRaises(AccessError):
            self.alice.with_user(self.bob).action_clear_smtp()
        self.assertEqual(self.alice.smtp_server_ids.smtp_host, "localhost")

    def test_an_administrator_cannot_make_an_account_for_somebody(self):
        users = self.env["res.users"].with_user(self.admin)
        with self.assertRaises(AccessError):
            users.create({"name": "Eve", "login": "eve", "smtp_preset": "gmail"})

    def test_the_row_behind_it_is_hidden_from_administrators(self):
        servers = self.env["ir.mail_server"].with_user(self.admin)
        row = self.alice.smtp_server_ids.with_user(self.admin)
        self.assertNotIn(row, servers.search([]))
        for act in (
            lambda: row.read(["smtp_host"]),
            lambda: row.write({"smtp_host": "evil.example"}),
            lambda: row.unlink(),
            lambda: row.copy(),
            lambda: row.test_smtp_connection(),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_ir_mail_server_rule_own_account(self):
        """Hidden from administrators, who see the servers of the company."""
        row = self.alice.sudo().smtp_server_ids
        relay = self.env["ir.mail_server"].create({"name": "Relay", "smtp_host": "x"})
        mine = [("id", "in", (row | relay).ids)]
        servers = self.env["ir.mail_server"].with_context(active_test=False)
        self.assertEqual(servers.with_user(self.admin).search(mine).ids, relay.ids)
        self.alice.group_ids |= self.env.ref("base.group_system")
        self.assertEqual(servers.with_user(self.alice).search_count(mine), 2)

    def test_a_refused_test_names_the_owner_to_nobody_without_access(self):
        portal = self.make_user("paula", "base.group_portal")
        for user in (portal, self.make_user("ian", "base.group_user")):
            row = self.alice.smtp_server_ids.with_user(user)
            with self.assertRaises(AccessError) as caught:
                row.test_smtp_connection()
            self.assertNotIn(self.alice.name, str(caught.exception))

    def test_the_form_of_a_user_opens_for_an_administrator(self):
        view = self.env.ref("base.view_users_form")
        arch = self.env["res.users"].with_user(self.admin).get_view(view.id)["arch"]
        self.assertIn("smtp_state", arch)
        self.assertNotIn("smtp_host", arch)
        specification = {
            "smtp_state": {},
            "outgoing_mail_server_id": {"fields": {"display_name": {}}},
        }
        seen = self.alice.with_user(self.admin).web_read(specification)
        self.assertEqual(seen[0]["smtp_state"], "ok")
        self.assertNothingPrivate(seen)

    def test_an_administrator_clears_and_reminds(self):
        other = self.alice.with_user(self.admin)
        self.assertTrue(other.action_remind_smtp())
        with self.assertRaises(AccessError):
            self.alice.with_user(self.bob).action_remind_smtp()
        self.assertTrue(other.action_clear_smtp())
        self.assertEqual(other.smtp_state, "none")

    def test_password_of_the_relay_is_write_only_too(self):
        with self.relay():
            relay = self.env["ir.mail_server"].with_user(self.admin).search([])
            self.assertEqual(len(relay), 1)
            self.assertFalse(relay.smtp_pass)
            self.assertFalse(relay.read(["smtp_pass"])[0]["smtp_pass"])
            relay.write({"smtp_pass": False, "name": "Renamed"})
            self.assertEqual(relay._fields["smtp_pass"].reveal__(relay), "relay")

    def test_the_list_of_users_shows_the_state_to_administrators(self):
        view = self.env.ref("base.view_users_tree")
        arch = self.env["res.users"].with_user(self.admin).get_view(view.id)["arch"]
        self.assertIn("smtp_state", arch)
        for name in HIDDEN:
            self.assertNotIn(name, arch)


@tagged("post_install", "-at_install")
class TestAccessFromOutside(AccessCase, HttpCase):
    """The same over JSON-2 and XML-RPC."""

    def setUp(self):
        super().setUp()
        self.users = {
            user.login: user for user in (self.alice, self.bob, self.admin, self.portal)
        }
        self.keys = {
            login: self.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate("rpc", "test", None)
            for login, user in self.users.items()
        }

    def json2(self, user, method, **arguments):
        return self.url_open(
            f"/json/2/res.users/{method}",
            json={"ids": self.alice.ids, **arguments},
            headers={
                "Authorization": f"Bearer {self.keys[user.login]}",
                "X-Odoo-Database": self.env.cr.dbname,
            },
        )

    def xmlrpc(self, user, method, *arguments):
        return self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            user.id,
            self.keys[user.login],
            "res.users",
            method,
            [self.alice.ids, *arguments],
        )

    def test_the_owner_sets_reads_and_tests_it_by_json2(self):
        answer = self.json2(self.alice, "read", fields=FIELDS)
        self.assertEqual(answer.json()[0]["smtp_login"], "ali.login")
        self.assertNotIn(PASSWORD, answer.text)
        written = self.json2(self.alice, "write", vals={"smtp_password": PASSWORD})
        self.assertEqual(written.status_code, 200, written.text)
        tested = self.json2(self.alice, "action_test_smtp")
        self.assertEqual(tested.json()["params"]["type"], "success", tested.text)

    @mute_logger("odoo.http")
    def test_others_read_nothing_private_by_json2(self):
        for user in (self.bob, self.admin, self.portal):
            with self.subTest(user=user.login):
                answer = self.json2(user, "read", fields=FIELDS)
                self.assertNothingPrivate(answer.text)
                for method in ("action_test_smtp", "action_send_test_mail"):
                    self.assertEqual(self.json2(user, method).status_code, 403)

    @mute_logger("odoo.http")
    def test_others_change_nothing_by_json2(self):
        for user in (self.bob, self.admin, self.portal):
            with self.subTest(user=user.login):
                answer = self.json2(user, "write", vals={"smtp_host": "evil.example"})
                self.assertEqual(answer.status_code, 403)
                self.assertNothingPrivate(answer.text)
        self.assertEqual(self.alice.smtp_server_ids.smtp_host, "localhost")

    @mute_logger("odoo.http", "odoo.addons.rpc.controllers.xmlrpc")
    def test_others_read_nothing_private_by_xmlrpc(self):
        (own,) = self.xmlrpc(self.alice, "read", FIELDS)
        self.assertEqual(own["smtp_login"], "ali.login")
        for user in (self.bob, self.admin):
            with self.subTest(user=user.login):
                self.assertNothingPrivate(self.xmlrpc(user, "read", FIELDS))
        with self.assertRaises(Exception) as refused:
            self.xmlrpc(self.portal, "read", FIELDS)
        self.assertNothingPrivate(str(refused.exception))

    @mute_logger("odoo.http")
    def test_an_error_does_not_quote_what_was_sent(self):
        vals = {"smtp_host": "10.0.0.1", "smtp_password": "hunter2hunter2"}
        answer = self.json2(self.alice, "write", vals=vals)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("own network", answer.text)
        self.assertNotIn("hunter2", answer.text)

    @mute_logger("odoo.http")
    def test_helpers_cannot_be_called(self):
        for method in ("_get_mail_sender", "_write_smtp", "_smtp_server"):
            with self.subTest(method=method):
                answer = self.json2(self.alice, method)
                self.assertGreaterEqual(answer.status_code, 400)
