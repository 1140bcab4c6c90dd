"""Passwords as 19.0.1.1.0 sealed them, and what the upgrade makes of them."""

import hashlib
import importlib.util
import json
from contextlib import suppress

from cryptography.fernet import Fernet

from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.encrypted_field import rotation
from odoo.addons.encrypted_field.fields import SecretUserError
from odoo.addons.encrypted_field.tests.common import use_keys

from .common import PASSWORD, AccountCase

FOLDER = "migrations/19.0.1.2.0"
LOGGER = "odoo.addons.mail_user_smtp.migration"


def script(name):
    path = f"{get_module_path('mail_user_smtp')}/{FOLDER}/{name}.py"
    spec = importlib.util.spec_from_file_location(LOGGER, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@tagged("post_install", "-at_install")
class TestBindMigration(AccountCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = Fernet.generate_key().decode()
        cls.enterClassContext(use_keys(cls.key))

    def setUp(self):
        super().setUp()
        self.env["ir.mail_server"].search([]).unlink()
        self.server = self.start_server()
        self.own = self.give_account(self.alice, self.server)

    def former_envelope(self, record, name, value=PASSWORD, key=None):
        """Written out, as the released version did it."""
        key = key or self.key
        clear = json.dumps([record._name, name, record.id, value])
        token = Fernet(key.encode()).encrypt(clear.encode()).decode()
        return f"v1:{hashlib.sha256(key.encode()).hexdigest()[:8]}:{token}"

    def store(self, record, text, name="smtp_pass"):
        self.env.flush_all()
        query = f'UPDATE {record._table} SET "{name}" = %s WHERE id = %s'
        self.env.cr.execute(query, (text, record.id))
        self.env.invalidate_all()

    def make_former(self, record, name="smtp_pass", **options):
        self.store(record, self.former_envelope(record, name, **options), name)

    def column(self, record, name="smtp_pass"):
        query = f'SELECT "{name}" FROM {record._table} WHERE id = %s'
        self.env.cr.execute(query, record.ids)
        return self.env.cr.fetchone()[0]

    def migrate(self):
        with mute_logger(LOGGER):
            script("pre-bind-passwords").migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()

    def make_relay(self, **values):
        return self.env["ir.mail_server"].create(
            {
                "name": "Relay",
                "smtp_host": "Relay.Example.com",
                "smtp_port": 587,
                "smtp_encryption": "starttls_strict",
                "smtp_user": "robot",
                **values,
            }
        )

    def make_inbox(self, **values):
        return self.env["fetchmail.server"].create(
            {
                "name": "Inbox",
                "server": "imap.example.com",
                "port": 993,
                "is_ssl": True,
                "user": "in",
                "state": "done",
                **values,
            }
        )

    def assertKept(self, record, name="smtp_pass"):
        self.assertRegex(self.column(record, name), "^v2:")
        self.assertEqual(record._fields[name].reveal__(record), PASSWORD)

    def test_before_it_nothing_is_used_unbound(self):
        row = self.alice.smtp_server_ids
        self.make_former(row)
        self.own.action_test_smtp()
        self.assertEqual(self.own.smtp_state, "error")
        self.assertIn("Type the password again", self.own.smtp_error)
        self.assertFalse(self.server.attempts)

    def test_an_account_that_works_goes_on_working(self):
        row = self.alice.smtp_server_ids
        self.make_former(row)
        self.migrate()
        self.assertKept(row)
        self.assertEqual(self.own.smtp_state, "ok")
        self.send(self.alice)
        self.assertEqual(len(self.server.received), 1)

    def test_any_other_has_to_be_typed_again_and_says_so(self):
        row = self.alice.smtp_server_ids
        for state in ("untested", "error"):
            with self.subTest(state=state):
                row._write_state(state, sentence="It does not work.")
                self.make_former(row)
                self.migrate()
                self.assertIsNone(self.column(row))
                self.assertFalse(self.own.smtp_password_set)
                with self.assertRaisesRegex(Exception, "Type the password"):
                    self.own.action_test_smtp()

    def test_the_companys_own_servers(self):
        kept = self.make_relay()
        self.make_former(kept)
        archived = self.make_relay(active=False)
        self.make_former(archived)
        owned = self.make_relay(owner_user_id=self.bob.id)
        self.make_former(owned)
        self.migrate()
        self.assertKept(kept)
        self.assertIsNone(self.column(archived))
        self.assertIsNone(self.column(owned))

    def test_incoming_servers(self):
        kept = self.make_inbox()
        draft, archived = self.make_inbox(state="draft"), self.make_inbox(active=False)
        for inbox in (kept, draft, archived):
            self.make_former(inbox, "password")
        self.migrate()
        self.assertKept(kept, "password")
        self.assertIsNone(self.column(draft, "password"))
        self.assertIsNone(self.column(archived, "password"))

    def test_what_was_moved_before_is_left_and_never_used(self):
        row, relay = self.alice.smtp_server_ids, self.make_relay()
        moved = self.former_envelope(relay, "smtp_pass")
        self.store(row, moved)
        self.migrate()
        self.assertEqual(self.column(row), moved)
        with self.assertRaises(SecretUserError):
            row._fields["smtp_pass"].reveal__(row)

    def test_a_key_that_is_not_there_loses_nothing(self):
        row = self.alice.smtp_server_ids
        self.make_former(row, key=Fernet.generate_key().decode())
        before = self.column(row)
        self.migrate()
        self.assertEqual(self.column(row), before)
        report = next(r for r in rotation.status(self.env) if "smtp_pass" in r.name)
        self.assertEqual(report.unreadable, row.ids)

    def test_no_key_ring_stops_the_upgrade_with_a_sentence(self):
        row = self.alice.smtp_server_ids
        self.make_former(row)
        before = self.column(row)
        with use_keys(), self.assertRaises(SecretUserError) as stopped:
            self.migrate()
        self.assertIn("ODOO_SECRET_KEYS", str(stopped.exception))
        self.assertEqual(self.column(row), before)
        self.migrate()
        self.assertKept(row)

    def test_without_passwords_no_key_ring_is_needed(self):
        self.alice.smtp_server_ids.unlink()
        with use_keys():
            self.migrate()

    def test_a_second_run_changes_nothing(self):
        row = self.alice.smtp_server_ids
        self.make_former(row)
        self.migrate()
        before = self.column(row)
        self.migrate()
        self.assertEqual(self.column(row), before)

    def test_moving_it_afterwards_is_noticed(self):
        relay = self.make_relay()
        self.make_former(relay)
        self.migrate()
        self.env.cr.execute(
            "UPDATE ir_mail_server SET smtp_host = 'trap.example' WHERE id = %s",
            relay.ids,
        )
        self.env.invalidate_all()
        with self.assertRaises(SecretUserError):
            relay._fields["smtp_pass"].reveal__(relay)

    def test_the_addons_for_tokens_are_installed_where_they_are_needed(self):
        modules = self.env["ir.module.module"]
        for bridge, sign_in in (
            ("mail_user_smtp_gmail", "google_gmail"),
            ("mail_user_smtp_outlook", "microsoft_outlook"),
        ):
            rows = modules.search([("name", "in", (bridge, sign_in))])
            self.assertEqual(len(rows), 2)
            for there, state in (("installed", "to install"), ("uninstalled",) * 2):
                with self.subTest(bridge=bridge, there=there), suppress(Undo):
                    with self.cr.savepoint():
                        self.set_state(bridge, "uninstalled")
                        self.set_state(sign_in, there)
                        script("post-token-addons").migrate(self.env.cr, "19.0.1.1.0")
                        self.assertEqual(self.state_of(bridge), state)
                        raise Undo

    def set_state(self, name, state):
        query = "UPDATE ir_module_module SET state = %s WHERE name = %s"
        self.env.cr.execute(query, (state, name))

    def state_of(self, name):
        query = "SELECT state FROM ir_module_module WHERE name = %s"
        self.env.cr.execute(query, (name,))
        return self.env.cr.fetchone()[0]


class Undo(Exception):
    """Takes a savepoint back."""
