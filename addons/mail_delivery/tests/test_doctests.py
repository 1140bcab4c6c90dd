import doctest
import importlib

from odoo.tests import BaseCase, tagged

ENGINE = (
    "addresses",
    "backoff",
    "failures",
    "file_names",
    "patience",
    "plain_text",
    "replies",
    "rollback",
    "sites",
    "transmission",
    "wire",
)


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    def test_the_engine_does_what_its_specification_says(self):
        for name in ENGINE:
            module = importlib.import_module(f"odoo.addons.mail_delivery.tools.{name}")
            with self.subTest(name):
                result = doctest.testmod(module)
                self.assertTrue(result.attempted)
                self.assertFalse(result.failed)
