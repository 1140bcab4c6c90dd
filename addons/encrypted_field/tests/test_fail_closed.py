import os
import tempfile

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..fields import DEMO_MARKER, SecretUserError
from ..tools import keyring
from .common import MODEL, PIN, SecretCase, new_key, use_keys


@tagged("post_install", "-at_install")
class TestFailClosed(SecretCase):
    def assertNothingWorks(self, cause, says):
        """Neither storing nor reading, with a sentence, and nothing in the clear."""
        before = self.column()
        for act in (
            lambda: self.record.write({"pin": "another"}),
            lambda: self.env[MODEL].create({"name": "Bars", "pin": "another"}),
            lambda: self.pin.reveal__(self.record),
        ):
            with self.assertRaises(SecretUserError) as caught, self.cr.savepoint():
                act()
            self.assertIsInstance(caught.exception.cause, cause)
            self.assertIsInstance(caught.exception, UserError)
            self.assertIn(says, str(caught.exception))
        self.assertEqual(self.column(), before)
        self.env.cr.execute(f"SELECT 1 FROM {self.record._table} WHERE pin = 'another'")
        self.assertFalse(self.env.cr.rowcount)

    def test_without_keys(self):
        with use_keys():
            self.assertNothingWorks(keyring.MissingKeys, "ODOO_SECRET_KEYS")

    def test_with_a_file_that_does_not_exist(self):
        with use_keys(ODOO_SECRET_KEYS_FILE="/nowhere/keys"):
            self.assertNothingWorks(keyring.MissingKeys, "ODOO_SECRET_KEYS_FILE")

    def test_with_a_malformed_key(self):
        for text in ("secret", new_key()[:-1], "ключ"):
            with self.subTest(text=text), use_keys(text):
                self.assertNothingWorks(keyring.MalformedKeys, "Fernet")

    def test_with_one_malformed_key_among_good_ones(self):
        with use_keys(self.key, "oops"):
            self.assertNothingWorks(keyring.MalformedKeys, "Fernet")

    def test_a_file_is_used_only_if_nobody_else_can_read_it(self):
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(f"{self.key}\n")
            file.flush()
            with use_keys(ODOO_SECRET_KEYS_FILE=file.name):
                os.chmod(file.name, 0o400)
                self.assertEqual(self.pin.reveal__(self.record), PIN)
                for mode in (0o440, 0o404, 0o660):
                    with self.subTest(mode=oct(mode)):
                        os.chmod(file.name, mode)
                        self.assertNothingWorks(keyring.ExposedKeys, "chmod 400")

    def test_with_another_key_reading_is_refused_and_writing_replaces(self):
        with use_keys(new_key()):
            with self.assertRaises(SecretUserError) as caught:
                self.pin.reveal__(self.record)
            self.assertIsInstance(caught.exception.cause, keyring.UnknownKey)
            self.assertIn("Type the password again", str(caught.exception))
            self.record.pin = "new one"
            self.assertEqual(self.pin.reveal__(self.record), "new one")

    def test_the_key_of_the_demo_works_in_the_demo_only(self):
        demo = keyring.new_key(demo=True)
        for keys in ((demo,), (self.key, demo)):
            with self.subTest(keys=len(keys)), use_keys(*keys):
                self.assertNothingWorks(keyring.DemoKey, "not the demo")
        with use_keys(demo, self.key):
            marker = f"00000000,{keyring.key_id(demo)}"
            self.env["ir.config_parameter"].set_param(DEMO_MARKER, marker)
            self.assertEqual(self.pin.reveal__(self.record), PIN)

    def test_the_marker_of_another_demo_does_not_help(self):
        self.env["ir.config_parameter"].set_param(DEMO_MARKER, "00000000")
        with use_keys(keyring.new_key(demo=True), self.key):
            self.assertNothingWorks(keyring.DemoKey, "not the demo")

    def test_a_value_copied_to_another_row_is_refused(self):
        thief = self.env[MODEL].create({"name": "Thief"})
        self.set_column(self.column(), thief)
        with self.assertRaises(SecretUserError) as caught:
            self.pin.reveal__(thief)
        self.assertIsInstance(caught.exception.cause, keyring.Misplaced)

    def test_a_clear_text_in_the_column_is_not_taken_for_a_value(self):
        self.set_column("hunter2")
        with self.assertRaises(SecretUserError) as caught:
            self.pin.reveal__(self.record)
        self.assertIsInstance(caught.exception.cause, keyring.BrokenEnvelope)
        self.assertNotIn("hunter2", str(caught.exception))
