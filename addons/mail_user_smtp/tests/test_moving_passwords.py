"""A stored password is shown to the server that it was typed for, and to no other,
whoever moves it and however. The other server here is real, speaks TLS with a
certificate that is trusted, and remembers whether it ever heard AUTH.
"""

from contextlib import suppress

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, JsonRpcException, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.encrypted_field.fields import SecretUserError, secret_fields

from .common import PASSWORD, AccountMixin
from .mailbox import TLS

AGAIN = "Type the password again"
# Models that log in somewhere: each secret there is for that place only.
CONNECTING = ("ir.mail_server", "fetchmail.server")
# What tells where a connection goes, how, and as whom.
PLACES = {
    "ir.mail_server": {
        "smtp_host": "trap.example",
        "smtp_port": 2525,
        "smtp_encryption": "ssl_strict",
        "smtp_user": "eve@example.com",
        "smtp_authentication": "cli",
        "owner_user_id": False,
    },
    "fetchmail.server": {
        "server": "trap.example",
        "port": 995,
        "is_ssl": False,
        "user": "eve@example.com",
        "server_type": "pop",
    },
}


class MovingCase(AccountMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user("ada", "base.group_system")

    def setUp(self):
        super().setUp()
        self.home = self.start_server()
        self.own = self.give_account(self.alice, self.home)
        self.row = self.alice.smtp_server_ids
        self.trap = self.start_server()
        self.tls_trap = self.start_server(TLS)
        self.env.flush_all()

    def assertNothingHeard(self):
        for trap in (self.trap, self.tls_trap):
            self.assertNotIn(b"AUTH", trap.heard[True] + trap.heard[False])
            self.assertFalse(trap.attempts)

    def assertForgotten(self):
        self.env.invalidate_all()
        self.assertFalse(self.row._fields["smtp_pass"].is_set(self.row))
        own = self.alice.with_user(self.alice)
        self.assertFalse(own.smtp_password_set)
        self.assertEqual(own.smtp_state, "untested")

    def set_back(self):
        address = self.alice.login
        self.set_account(self.alice, self.home, smtp_email=address, smtp_login=address)
        self.alice.with_user(self.alice).action_test_smtp()
        self.env.flush_all()


@tagged("post_install", "-at_install")
class TestEverySecret(MovingCase, TransactionCase):
    """All secrets of the registry, those of later addons, too."""

    def connecting_secrets(self):
        secrets = [s for s in secret_fields(self.env) if s.model_name in CONNECTING]
        self.assertLessEqual(
            {"smtp_pass", "password"}, {secret.name for secret in secrets}
        )
        return secrets

    def record_of(self, model):
        if model == "ir.mail_server":
            return self.row
        return self.env[model].create(
            {
                "name": "Inbox",
                "server_type": "imap",
                "server": "mail.example.com",
                "port": 993,
                "is_ssl": True,
                "user": "in@example.com",
            }
        )

    def test_each_is_bound_to_where_it_goes(self):
        for secret in self.connecting_secrets():
            with self.subTest(secret=str(secret)):
                self.assertLessEqual(
                    set(PLACES[secret.model_name]), set(secret.bound_to)
                )

    def test_whatever_connects_seals_its_credentials(self):
        """No password or token of these models is a plain field."""
        for model in CONNECTING:
            for field in self.env[model]._fields.values():
                words = {"pass", "password", "token"} & set(field.name.split("_"))
                if words and field.store and field.type == "char":
                    with self.subTest(field=str(field)):
                        self.assertIn(field, secret_fields(self.env))

    @mute_logger("odoo.sql_db")
    def test_moving_one_makes_it_worthless(self):
        for secret in self.connecting_secrets():
            record = self.record_of(secret.model_name)
            for name, value in PLACES[secret.model_name].items():
                with self.subTest(secret=str(secret), name=name, by="ORM"):
                    with self.cr.savepoint() as undo:
                        record.write({secret.name: "s3cret"})
                        # what else a change entails, as for a row without owner
                        extra = (
                            {}
                            if name != "owner_user_id"
                            else {"smtp_authentication": "login"}
                        )
                        record.write({name: value, **extra})
                        self.assertFalse(secret.is_set(record))
                        undo.rollback()
                    self.env.invalidate_all()
                with self.subTest(secret=str(secret), name=name, by="SQL"):
                    with self.cr.savepoint() as undo:
                        record.write({secret.name: "s3cret"})
                        self.env.flush_all()
                        self.move_in_sql(record, name, value)
                        with self.assertRaises(SecretUserError) as refused:
                            secret.reveal__(record)
                        self.assertIn(AGAIN, str(refused.exception))
                        undo.rollback()
                    self.env.invalidate_all()

    def move_in_sql(self, record, name, value):
        self.env.cr.execute(
            f"ALTER TABLE {record._table} DROP CONSTRAINT IF EXISTS"
            f" {record._table}_user_smtp_owner"
        )
        query = f'UPDATE {record._table} SET "{name}" = %s WHERE id = %s'
        self.env.cr.execute(query, (value or None, record.id))
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestMovingPasswords(MovingCase, TransactionCase):
    def moves(self):
        """What an account's owner can type, towards a server that listens."""
        return {
            "smtp_port": self.trap.port,
            "smtp_security": "tls",
            "smtp_login": "bob@example.com",
            "smtp_host": "127.0.0.1",
            "smtp_email": "alice@other.example",  # the login was the address
        }

    def test_a_change_of_any_field_asks_for_the_password(self):
        self.allow("localhost,127.0.0.1", self.trap.port)
        for name, value in self.moves().items():
            with self.subTest(name=name):
                self.own.write({name: value})
                self.assertForgotten()
                with self.assertRaisesRegex(Exception, "Type the password"):
                    self.own.action_test_smtp()
                with self.assertRaisesRegex(OSError, "password"):
                    self.row._connect_personal__("alice@example.com")
                self.set_back()
        self.assertNothingHeard()

    def test_all_at_once_does_not_pass_either(self):
        self.own.write({"smtp_port": self.tls_trap.port, "smtp_security": "tls"})
        self.assertForgotten()
        self.assertNothingHeard()

    def test_there_and_back_does_not_bring_it_back(self):
        self.own.write({"smtp_port": self.trap.port})
        self.own.write({"smtp_port": self.home.port})
        self.assertForgotten()

    def test_with_the_password_it_is_a_change_like_any_other(self):
        self.own.write({"smtp_port": self.trap.port, "smtp_password": PASSWORD})
        self.own.action_test_smtp()
        self.assertEqual(self.own.smtp_state, "ok", self.own.smtp_error)
        self.assertEqual(self.trap.logins[self.alice.login], 1)

    def test_another_way_to_write_the_same_keeps_it(self):
        for same in ("LOCALHOST", " localhost ", "localhost."):
            with self.subTest(same=same):
                self.own.write({"smtp_host": same, "smtp_port": str(self.home.port)})
                self.own.action_test_smtp()
                self.assertEqual(self.own.smtp_state, "ok", self.own.smtp_error)

    def test_an_administrator_moves_the_row_without_its_rule(self):
        self.env["ir.rule"].search([("model_id.model", "=", "ir.mail_server")]).unlink()
        row = self.row.with_user(self.admin)
        for values in (
            {"smtp_port": self.trap.port},
            {"smtp_port": self.trap.port, "smtp_pass": False},
            {"smtp_authentication": "login", "smtp_port": self.trap.port},
            {"owner_user_id": False, "smtp_authentication": "login"},
        ):
            with self.subTest(values=values):
                row.write(values)
                with self.assertRaises(Exception):  # noqa: B017
                    row.test_smtp_connection()
                with self.assertRaises(Exception):  # noqa: B017
                    row.sudo()._connect__(
                        mail_server_id=row.id, smtp_from=self.alice.email
                    )
                self.assertFalse(self.row._fields["smtp_pass"].is_set(self.row))
                self.row.write(
                    {"owner_user_id": self.alice.id, "smtp_authentication": "user_smtp"}
                )
                self.set_back()
        self.assertNothingHeard()

    def test_sql_moves_it_and_it_cannot_be_opened(self):
        self.env.cr.execute(
            "UPDATE ir_mail_server SET smtp_port = %s", [self.trap.port]
        )
        self.env.invalidate_all()
        self.own.action_test_smtp()
        self.assertEqual(self.own.smtp_state, "error")
        self.assertIn(AGAIN, self.own.smtp_error)
        self.assertNothingHeard()

    def test_the_relay_and_its_password(self):
        with self.relay() as relay:
            row = self.env["ir.mail_server"].search([("smtp_user", "=", "relay")])
            row = row.with_user(self.admin)
            row.smtp_port = self.trap.port
            self.assertFalse(row.smtp_pass_set)
            with self.assertRaisesRegex(Exception, "Type it again"):
                row.test_smtp_connection()
            row.write({"smtp_port": relay.port, "smtp_pass": "relay"})
            self.assertTrue(row.smtp_pass_set)
            row.test_smtp_connection()
            self.assertEqual(relay.logins["relay"], 1)
        self.assertNothingHeard()

    def test_an_inbox_and_its_password(self):
        inbox = self.env["fetchmail.server"].create(
            {
                "name": "Inbox",
                "server": "mail.example.com",
                "port": 993,
                "is_ssl": True,
                "user": "in",
                "password": PASSWORD,
            }
        )
        self.assertTrue(inbox.password_set)
        inbox.write({"server": "trap.example"})
        self.assertFalse(inbox.password_set)
        with self.assertRaisesRegex(Exception, "Type it again"):
            inbox._password__()


@tagged("post_install", "-at_install")
class TestMovingFromOutside(MovingCase, HttpCase):
    """The same by whoever came in over the network; nobody is patched to be there."""

    with_user_logs_in = False

    def setUp(self):
        super().setUp()
        apikeys = self.env["res.users.apikeys"]
        self.keys = {
            user: apikeys.with_user(user).sudo()._generate("rpc", "test", None)
            for user in (self.alice, self.bob, self.admin)
        }

    def give_account(self, user, server, **values):
        own = self.set_account(user, server, **values)
        account = own._smtp_server()
        account._try_account__(account._ask_sender_address)
        server.forget()
        return own

    set_back = None

    def json2(self, user, model, method, ids, **arguments):
        return self.url_open(
            f"/json/2/{model}/{method}",
            json={"ids": ids, **arguments},
            headers={
                "Authorization": f"Bearer {self.keys[user]}",
                "X-Odoo-Database": self.env.cr.dbname,
            },
        )

    def run_code(self, user, code):
        """A server action that an administrator wrote."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Nosy",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "state": "code",
                "code": code,
            }
        )
        return self.json2(user, "ir.actions.server", "run", action.ids)

    def move(self):
        return {"smtp_port": self.trap.port}

    def test_the_owner_tests_by_session_key_and_rpc(self):
        self.authenticate("alice@example.com", "alice@example.com")
        by_session = self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {
                "model": "res.users",
                "method": "action_test_smtp",
                "args": [self.alice.ids],
                "kwargs": {},
            },
        )
        self.assertEqual(by_session["params"]["type"], "success", by_session)
        self.logout()
        by_key = self.json2(self.alice, "res.users", "action_test_smtp", self.alice.ids)
        self.assertEqual(by_key.json()["params"]["type"], "success", by_key.text)
        by_rpc = self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            self.alice.id,
            self.keys[self.alice],
            "res.users",
            "action_test_smtp",
            [self.alice.ids],
        )
        self.assertEqual(by_rpc["params"]["type"], "success", by_rpc)
        self.assertEqual(self.home.logins[self.alice.login], 3)

    @mute_logger("odoo.http")
    def test_the_owners_session_does_not_move_it(self):
        self.authenticate("alice@example.com", "alice@example.com")
        for method, arguments in (
            ("write", [self.alice.ids, self.move()]),
            ("web_save", [self.alice.ids, self.move(), {}]),
            ("action_test_smtp", [self.alice.ids]),
        ):
            params = {"model": "res.users", "method": method, "args": arguments}
            with suppress(JsonRpcException):
                self.make_jsonrpc_request(
                    "/web/dataset/call_kw", {**params, "kwargs": {}}
                )
        self.assertForgotten()
        self.assertNothingHeard()

    @mute_logger("odoo.http")
    def test_the_owners_key_does_not_move_it(self):
        ids = self.alice.ids
        self.json2(self.alice, "res.users", "write", ids, vals=self.move())
        answer = self.json2(self.alice, "res.users", "action_test_smtp", ids)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Type the password", answer.text)
        self.assertForgotten()
        self.assertNothingHeard()

    @mute_logger("odoo.http")
    def test_an_administrator_does_neither_move_nor_test_it(self):
        ids = self.alice.ids
        for method, arguments in (
            ("write", {"vals": self.move()}),
            ("action_test_smtp", {}),
            ("action_send_test_mail", {}),
        ):
            answer = self.json2(self.admin, "res.users", method, ids, **arguments)
            self.assertEqual(answer.status_code, 403, answer.text)
        self.env["ir.rule"].search([("model_id.model", "=", "ir.mail_server")]).unlink()
        answer = self.json2(
            self.admin, "ir.mail_server", "test_smtp_connection", self.row.ids
        )
        self.assertEqual(answer.status_code, 403, answer.text)
        self.assertIn("logged in themselves", answer.text)
        self.assertFalse(self.home.attempts)
        self.assertNothingHeard()

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_actions")
    def test_a_server_action_does_neither(self):
        uid = self.alice.id
        as_owner = f"env['res.users'].with_user({uid}).browse({uid})"
        row = f"env['ir.mail_server'].sudo().browse({self.row.id})"
        for call in (
            f"{as_owner}.action_test_smtp()",
            f"{as_owner}.action_send_test_mail()",
            f"env['res.users'].sudo().browse({uid}).action_test_smtp()",
            f"{as_owner}.sudo().action_test_smtp()",
            f"{row}.test_smtp_connection()",
            f"{row}.with_user({uid}).sudo().test_smtp_connection()",
            f"{row}.action_retrieve_max_email_size()",
        ):
            with self.subTest(call=call):
                answer = self.run_code(self.admin, call)
                self.assertGreaterEqual(answer.status_code, 400, answer.text)
        for call in (
            f"{row}._try_account__(len)",
            f"{row}._open_personal__(9)",
            f"{row}._connect__(mail_server_id={self.row.id})",
            f"{row}._smtp_login__(None, 'a', '')",
            f"{row}._stored_password__()",
        ):
            with (
                self.subTest(call=call),
                self.assertRaisesRegex(Exception, "forbidden"),
            ):
                self.run_code(self.admin, call)
        self.assertFalse(self.home.attempts)
        moved = self.run_code(self.admin, f"{as_owner}.write({self.move()!r})")
        self.assertEqual(moved.status_code, 200, moved.text)
        self.assertForgotten()
        self.assertNothingHeard()

    def test_nobody_is_logged_in_in_a_cron_or_a_shell(self):
        with self.assertRaises(AccessError):
            self.alice.with_user(self.alice).action_test_smtp()
        self.assertFalse(self.home.attempts)
