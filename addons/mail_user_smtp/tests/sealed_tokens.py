"""What holds for the tokens of every sign-in; each addon that seals some tests it."""

import json
import time
from unittest.mock import MagicMock, patch

import requests

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tools import mute_logger

from odoo.addons.encrypted_field.fields import SecretUserError
from odoo.addons.encrypted_field.tests.common import use_keys

from .common import AccountCase

REFRESH, ACCESS, FRESH = "1//refresh-t0ken", "ya29.st1ll-good", "ya29.fr3sh"
ENVELOPE = r"^v2:[0-9a-f]{8}:"
HOUR = 3600  # seconds


class SealedTokensCase(AccountCase):
    """:cvar kind: of log-in; :cvar module: Odoo's addon for it; :cvar hooks: of ours"""

    kind = module = hooks = endpoint = None

    def setUp(self):
        super().setUp()
        self.params = self.env["ir.config_parameter"]
        self.params.set_param(f"{self.module}_client_id", "id")
        self.params.set_param(f"{self.module}_client_secret", "secret")
        self.asked = []
        self.startPatcher(patch.object(requests, "post", self.provider))
        self.startPatcher(patch.object(requests, "get", self.provider))
        self.server = self.start_server(mechanisms="XOAUTH2", tokens={ACCESS, FRESH})
        self.outgoing = self.env["ir.mail_server"].create(
            {
                "name": "Signed in",
                "smtp_authentication": self.kind,
                "smtp_host": "localhost",
                "smtp_port": self.server.port,
                "smtp_encryption": "starttls",
                "smtp_user": self.alice.email,
                "from_filter": self.alice.email,
                "owner_user_id": self.alice.id,
                **self.tokens(),
            }
        )
        self.incoming = self.env["fetchmail.server"].create(
            {
                "name": "Signed in",
                "server_type": self.kind,
                "server": "imap.example.com",
                "port": 993,
                "is_ssl": True,
                "user": "in@example.com",
                **self.tokens(),
            }
        )

    def provider(self, url, data=None, params=None, **options):
        """Whoever renews tokens, wherever."""
        self.asked.append((url, (data or params or {}).get("refresh_token")))
        answer = requests.Response()
        answer.status_code = 200
        tokens = {"refresh_token": REFRESH, "access_token": FRESH, "id_token": "x"}
        answer._content = json.dumps({**tokens, "expires_in": HOUR}).encode()
        return answer

    def tokens(self):
        return {
            self.name("refresh"): REFRESH,
            self.name("access"): ACCESS,
            f"{self.module}_access_token_expiration": int(time.time()) + HOUR,
        }

    def name(self, token):
        return f"{self.module}_{token}_token"

    def columns(self, record):
        record.env.flush_all()
        names = f"{self.name('refresh')}, {self.name('access')}"
        query = f"SELECT {names} FROM {record._table} WHERE id = %s"
        self.env.cr.execute(query, record.ids)
        return self.env.cr.fetchone()

    def set_columns(self, record, refresh, access):
        names = f"{self.name('refresh')} = %s, {self.name('access')} = %s"
        query = f"UPDATE {record._table} SET {names} WHERE id = %s"
        self.env.cr.execute(query, (refresh, access, record.id))
        self.env.invalidate_all()

    def let_it_end(self, record):
        record[f"{self.module}_access_token_expiration"] = int(time.time()) - 1


class SealedTokensTests:
    """Mixed into the case of one addon."""

    def test_the_columns_hold_envelopes(self):
        for record in (self.outgoing, self.incoming):
            for text in self.columns(record):
                self.assertRegex(text, ENVELOPE)

    @mute_logger("odoo.models", "odoo.orm.domains")
    def test_nobody_reads_them(self):
        admin = self.make_user("ada", "base.group_system,base.group_allow_export")
        self.env["ir.rule"].search([("model_id.model", "=", "ir.mail_server")]).unlink()
        for record in (self.outgoing, self.incoming):
            for name in (self.name("refresh"), self.name("access")):
                for reader in (record, record.with_user(admin)):
                    with self.subTest(record=record, name=name, user=reader.env.uid):
                        self.env.invalidate_all()
                        seen = [
                            reader[name],
                            reader.read([name]),
                            reader.read(),
                            reader.web_read({name: {}}),
                            reader.export_data([name]),
                            reader.copy_data(),
                        ]
                        for token in (REFRESH, ACCESS, "v2:"):
                            self.assertNotIn(token, repr(seen))
                        with self.assertRaises(UserError):
                            reader.search([(name, "=like", "1%")])

    def test_no_expression_reaches_them(self):
        model = self.env["ir.model"]._get("ir.mail_server")
        action = self.env["ir.actions.server"].create(
            {"name": "Nosy", "model_id": model.id, "state": "code", "code": "pass"}
        )
        for code in self.core_ways:
            with self.subTest(code=code):
                with self.assertRaises(Exception) as refused, self.cr.savepoint():
                    action.code = f"raise UserError(record.sudo().{code})"
                    action.with_context(
                        active_model="ir.mail_server", active_id=self.outgoing.id
                    ).run()
                self.assertNotIn(ACCESS, str(refused.exception))
                self.assertNotIn(FRESH, str(refused.exception))
        self.assertFalse([token for _url, token in self.asked if token])

    def test_core_does_not_hand_them_out(self):
        way = getattr(self.outgoing, self.core_ways[0].partition("(")[0])
        with self.assertRaises(AccessError):
            way("alice@example.com", *self.core_arguments)

    def test_sending_goes_on_with_the_stored_one(self):
        self.send(self.alice)
        (mail,) = self.server.received
        self.assertEqual(mail.login, "alice@example.com")
        self.assertFalse(self.asked)

    def test_one_that_ended_is_renewed_and_sealed_again(self):
        self.let_it_end(self.outgoing)
        before = self.columns(self.outgoing)
        self.send(self.alice)
        self.assertEqual([token for _url, token in self.asked], [REFRESH])
        after = self.columns(self.outgoing)
        self.assertNotEqual(after[1], before[1])
        self.assertRegex(after[1], ENVELOPE)
        self.send(self.alice)
        self.assertEqual(len(self.server.received), 2)
        self.assertEqual(len(self.asked), 1)

    def test_fetching_goes_on(self):
        for ended in (False, True):
            with self.subTest(ended=ended):
                if ended:
                    self.let_it_end(self.incoming)
                connection = MagicMock()
                self.incoming._imap_login__(connection)
                (kind, words), _options = connection.authenticate.call_args
                self.assertEqual(kind, "XOAUTH2")
                token = FRESH if ended else ACCESS
                expected = f"user=in@example.com\x01auth=Bearer {token}\x01\x01"
                self.assertEqual(words(b""), expected.encode())
                connection.select.assert_called_once_with("INBOX")

    def test_one_for_another_place_is_not_used(self):
        trap = self.start_server(mechanisms="XOAUTH2", tokens={ACCESS})
        moves = {"smtp_port": trap.port, "smtp_user": "other@example.com"}
        for name, value in moves.items():
            with self.subTest(name=name, by="ORM"), self.cr.savepoint() as undo:
                self.outgoing[name] = value
                self.assertEqual(self.columns(self.outgoing), (None, None))
                self.assertFalse(self.outgoing[f"{self.module}_signed_in"])
                undo.rollback()
            self.env.invalidate_all()
            with self.subTest(name=name, by="SQL"), self.cr.savepoint() as undo:
                self.env.cr.execute(
                    f"UPDATE ir_mail_server SET {name} = %s WHERE id = %s",
                    (value, self.outgoing.id),
                )
                self.env.invalidate_all()
                with self.assertRaisesRegex(OSError, "Sign in again"):
                    self.outgoing._connect_personal__("alice@example.com")
                undo.rollback()
            self.env.invalidate_all()
        self.assertFalse(trap.attempts)
        self.assertFalse(self.server.attempts)

    def test_it_is_renewed_where_it_was_made_only(self):
        """Whoever changes the settings could have it sent anywhere."""
        for setting, value in self.other_endpoints.items():
            with self.subTest(setting=setting):
                # in the cache
                self.assertTrue(self.outgoing[f"{self.module}_token_endpoint"])
                was = self.params.get_param(setting)
                self.params.set_param(setting, value)
                self.let_it_end(self.outgoing)
                with self.assertRaisesRegex(OSError, "Sign in again"):
                    self.outgoing._connect_personal__("alice@example.com")
                self.assertFalse(self.asked)
                self.params.set_param(setting, was)

    def test_tokens_in_clear_text_are_sealed(self):
        records = (self.outgoing, self.incoming)
        for record in records:
            self.set_columns(record, REFRESH, ACCESS)
        with use_keys(), self.assertRaises(SecretUserError):
            self.hooks.pre_init_hook(self.env)
        self.hooks.pre_init_hook(self.env)
        self.hooks.post_init_hook(self.env)
        for record in records:
            for text in self.columns(record):
                self.assertRegex(text, ENVELOPE)
        self.send(self.alice)
        self.assertEqual(len(self.server.received), 1)

    def test_uninstalling_and_neutralizing_leave_none(self):
        (neutralize,) = get_neutralization_queries([f"mail_user_smtp_{self.kind}"])
        for forget in (
            lambda: self.hooks.uninstall_hook(self.env),
            lambda: self.env.cr.execute(neutralize),
        ):
            for record in (self.outgoing, self.incoming):
                record.write(self.tokens())
            self.env.flush_all()
            forget()
            for record in (self.outgoing, self.incoming):
                self.assertEqual(self.columns(record), (None, None))

    def test_the_form_tells_whether_somebody_signed_in(self):
        for record in (self.outgoing, self.incoming):
            arch = record.get_view(view_type="form")["arch"]
            self.assertIn(f"{self.module}_signed_in", arch)
            self.assertNotIn(self.name("refresh"), arch)
            self.assertTrue(record[f"{self.module}_signed_in"])

    def test_a_long_token_is_sent_in_a_line_of_its_own(self):
        token = "ya29." + "x" * 2000
        self.server.tokens.add(token)
        self.outgoing[self.name("access")] = token
        self.send(self.alice)
        self.assertEqual(len(self.server.received), 1)
        self.assertIn(b"AUTH XOAUTH2\r\n", self.server.heard[True])
