import io
from contextlib import redirect_stdout
from unittest.mock import patch

from odoo.cli.command import find_command
from odoo.tests import tagged
from odoo.tools import config

from ..tools import keyring
from .common import SecretCase, new_key, use_keys


@tagged("post_install", "-at_install")
class TestCommand(SecretCase):
    def run_command(self, *arguments):
        """:returns: exit code and output of ``odoo secrets …`` on this database"""
        command = find_command("secrets")()
        options = command.parser.parse_args(arguments)
        output = io.StringIO()
        with (
            redirect_stdout(output),
            patch.object(self.env.cr, "commit", lambda: None),
        ):
            code = command._run(self.env, options)
        return code, output.getvalue()

    def test_odoo_finds_it(self):
        self.assertEqual(find_command("secrets").name, "secrets")

    def test_status_names_field_count_and_key(self):
        code, output = self.run_command("status")
        self.assertEqual(code, 0)
        line = f"{self.pin}: 1 with {keyring.key_id(self.key)}\n"
        self.assertIn(line, output)

    def test_rotate_says_what_it_did(self):
        with use_keys(new_key(), self.key):
            code, output = self.run_command("rotate", "--dry-run")
            self.assertIn(f"{self.pin}: 1 to rotate", output)
            code, output = self.run_command("rotate")
            self.assertEqual(code, 0)
            self.assertIn(f"{self.pin}: 1 rotated", output)
            self.assertIn(f"{self.pin}: 0 rotated", self.run_command("rotate")[1])

    def test_unreadable_values_fail_it(self):
        with use_keys(new_key()):
            for action in ("status", "rotate"):
                code, output = self.run_command(action)
                self.assertEqual(code, 1)
                self.assertIn(f"1 unreadable, ids {self.record.id}", output)

    def test_missing_keys_fail_it(self):
        with use_keys():
            code, output = self.run_command("status")
        self.assertEqual(code, 2)
        self.assertIn("MissingKeys", output)

    def test_it_opens_the_database_that_is_named(self):
        command = find_command("secrets")()
        options = command.parser.parse_args(["-d", "some_database", "status"])
        with (
            patch.object(config, "parse_config") as parse_config,
            patch.object(type(config), "__getitem__", return_value=["some_database"]),
        ):
            self.assertEqual(command._database(options), "some_database")
        self.assertIn("some_database", parse_config.call_args.args[0])
