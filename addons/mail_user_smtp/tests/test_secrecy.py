import io
import logging
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.encrypted_field.fields import SecretUserError
from odoo.addons.encrypted_field.tests.common import use_keys

from .. import hooks
from .common import PASSWORD, AccountCase


@tagged("post_install", "-at_install")
class TestSecrecy(AccountCase):
    def columns(self):
        """Every text of the tables that may hold something."""
        tables = ("ir_mail_server", "fetchmail_server", "res_users", "mail_message")
        seen = ""
        for table in (*tables, "mail_mail", "ir_config_parameter", "ir_logging"):
            rows = self.env.execute_query(
                SQL("SELECT row_to_json(t)::text FROM %s t", SQL.identifier(table))
            )
            seen += "".join(text for (text,) in rows)
        return seen

    def test_the_database_holds_no_clear_text(self):
        server = self.start_server()
        own = self.give_account(self.alice, server)
        self.send(self.alice)
        own.smtp_password = PASSWORD + "wrong"
        own.action_test_smtp()
        seen = self.columns()
        self.assertIn("v2:", seen)
        self.assertNotIn(PASSWORD, seen)

    def test_the_log_holds_no_clear_text(self):
        log = io.StringIO()
        handler = logging.StreamHandler(log)
        root = logging.getLogger()
        level = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            with redirect_stdout(log), redirect_stderr(log):
                own = self.give_account(self.alice, self.start_server())
                own.smtp_password = PASSWORD + "wrong"
                own.action_test_smtp()
        finally:
            root.removeHandler(handler)
            root.setLevel(level)
        self.assertTrue(log.getvalue())
        self.assertNotIn(PASSWORD, log.getvalue())

    def test_the_debug_log_of_calls_holds_no_clear_text(self):
        logger = logging.getLogger("odoo.service.model")
        with self.assertLogs(logger, "DEBUG") as logs:
            logger.debug("call res.users(7,).write(%s)", {"smtp_password": PASSWORD})
            logger.debug("call ir.mail_server().create(%s)", [{"smtp_pass": PASSWORD}])
            logger.debug("call res.users(7,).read(%s)", ["smtp_host"])
        self.assertNotIn(PASSWORD, "".join(logs.output))
        self.assertIn("smtp_host", "".join(logs.output))

    def test_no_key_stores_nothing(self):
        own = self.give_account(self.alice, self.start_server())
        envelope = own._fields["smtp_password"] and self._envelope()
        with use_keys(), self.assertRaises(UserError) as refused:
            own.smtp_password = "another"
        self.assertIn("ODOO_SECRET_KEYS", str(refused.exception))
        self.assertEqual(self._envelope(), envelope)

    def _envelope(self):
        row = self.alice.smtp_server_ids
        return row._fields["smtp_pass"].envelope(row)

    def test_no_key_sends_nothing(self):
        server = self.start_server()
        self.give_account(self.alice, server)
        mails = self.post(self.alice)
        with use_keys(), self.assertRaises(Exception) as refused:
            self.deliver(mails)
        self.assertIn("ODOO_SECRET_KEYS", str(refused.exception))
        self.assertFalse(server.attempts)

    def test_a_password_moved_to_another_user_is_refused(self):
        server = self.start_server()
        self.give_account(self.alice, server)
        own = self.set_account(self.bob, server)
        self.env.cr.execute(
            "UPDATE ir_mail_server SET smtp_pass = %s WHERE id = %s",
            (self._envelope(), self.bob.smtp_server_ids.id),
        )
        own.action_test_smtp()
        self.assertEqual(own.smtp_state, "error")
        self.assertIn("moved outside of Odoo", own.smtp_error)
        self.assertFalse(server.attempts)

    def test_forms_never_get_it_back(self):
        relay = self.env["ir.mail_server"].create(
            {"name": "Relay", "smtp_host": "relay.example.com", "smtp_pass": PASSWORD}
        )
        specification = {"smtp_pass": {}, "name": {}}
        self.assertNotIn(PASSWORD, repr(relay.web_read(specification)))
        answer = relay.onchange({"smtp_pass": PASSWORD}, ["smtp_pass"], specification)
        self.assertNotIn(PASSWORD, repr(answer))
        with self.assertRaises(ValueError):
            relay.formatted_read_group([], ["smtp_pass"], ["__count"])
        with Form(relay) as form:
            form.name = "Renamed"
        self.assertEqual(relay._fields["smtp_pass"].reveal__(relay), PASSWORD)
        with Form(relay) as form:
            form.smtp_pass = "second"
        self.assertEqual(relay._fields["smtp_pass"].reveal__(relay), "second")

    def test_a_template_cannot_reach_it(self):
        self.give_account(self.alice, self.start_server())
        renderer = self.env["mail.render.mixin"].with_user(self.alice)
        code = "{{ object.sudo().smtp_server_ids._fields['smtp_pass'].%s }}"
        for attempt in (
            "reveal__(object.sudo().smtp_server_ids)",
            "_envelopes(object.sudo().smtp_server_ids) and ''",
        ):
            with self.subTest(attempt=attempt):
                with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
                    try:
                        rendered = renderer._render_template(
                            code % attempt, "res.users", self.alice.ids
                        )
                    except Exception as error:
                        rendered = error
                self.assertNotIn(PASSWORD, repr(rendered))


@tagged("post_install", "-at_install")
class TestInstall(AccountCase):
    def plain(self):
        """Passwords as core stores them."""
        server = self.env["ir.mail_server"].create(
            {"name": "Old", "smtp_host": "relay.example.com", "smtp_user": "relay"}
        )
        inbox = self.env["fetchmail.server"].create({"name": "Old inbox"})
        for record, name in ((server, "smtp_pass"), (inbox, "password")):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    SQL.identifier(name),
                    f"old {name}",
                    record.id,
                )
            )
        return server, inbox

    def test_existing_passwords_are_sealed(self):
        server, inbox = self.plain()
        hooks.pre_init_hook(self.env)
        hooks.post_init_hook(self.env)
        self.assertEqual(server._fields["smtp_pass"].reveal__(server), "old smtp_pass")
        self.assertEqual(inbox._fields["password"].reveal__(inbox), "old password")
        self.assertRegex(server._fields["smtp_pass"].envelope(server), "^v2:")

    def test_existing_passwords_and_no_key_stop_the_installation(self):
        self.plain()
        with use_keys(), self.assertRaises(SecretUserError) as refused:
            hooks.pre_init_hook(self.env)
        self.assertEqual(len(str(refused.exception).splitlines()), 1)
        self.assertIn("ODOO_SECRET_KEYS", str(refused.exception))

    def test_without_passwords_no_key_is_needed(self):
        self.env.cr.execute("UPDATE ir_mail_server SET smtp_pass = NULL")
        self.env.cr.execute("UPDATE fetchmail_server SET password = NULL")
        with use_keys():
            hooks.pre_init_hook(self.env)
            hooks.post_init_hook(self.env)

    def test_uninstalling_leaves_no_envelope_behind(self):
        server, inbox = self.plain()
        hooks.post_init_hook(self.env)
        hooks.uninstall_hook(self.env)
        self.assertFalse(server._fields["smtp_pass"].is_set(server))
        self.assertFalse(inbox._fields["password"].is_set(inbox))

    def test_a_neutralized_copy_has_no_passwords(self):
        server, inbox = self.plain()
        hooks.post_init_hook(self.env)
        own = self.give_account(self.alice, self.start_server())
        self.env.flush_all()
        (query,) = get_neutralization_queries(["mail_user_smtp"])
        self.env.cr.execute(query)
        self.env.invalidate_all()
        for record, name in ((server, "smtp_pass"), (inbox, "password")):
            self.assertFalse(record._fields[name].is_set(record))
        self.assertEqual(own.smtp_state, "untested")
        self.assertFalse(own.smtp_password_set)

    def test_the_inbox_logs_in_with_its_password(self):
        _server, inbox = self.plain()
        hooks.post_init_hook(self.env)
        account = {"server": "mail.example.com", "user": "in", "password": "typed"}
        inbox.write({**account, "server_type": "pop"})
        with patch("odoo.addons.mail.models.fetchmail.OdooPOP3") as pop:
            inbox._connect__()
        pop.return_value.pass_.assert_called_once_with("typed")
        inbox.write({**account, "server_type": "imap"})
        with patch("odoo.addons.mail.models.fetchmail.OdooIMAP4") as imap:
            inbox._connect__()
        imap.return_value.login.assert_called_once_with("in", "typed")
