import doctest
import importlib
import pkgutil

from odoo.tests import BaseCase, tagged

from odoo.addons.mail_delivery import tools

WITHOUT_EXAMPLES = {"account_ledger"}  # statements of SQL, tried with a database


@tagged("post_install", "-at_install")
class TestDoctests(BaseCase):
    def test_the_engine_does_what_its_specification_says(self):
        for found in pkgutil.iter_modules(tools.__path__):
            module = importlib.import_module(f"{tools.__name__}.{found.name}")
            with self.subTest(found.name):
                result = doctest.testmod(module)
                self.assertEqual(not result.attempted, found.name in WITHOUT_EXAMPLES)
                self.assertFalse(result.failed)
