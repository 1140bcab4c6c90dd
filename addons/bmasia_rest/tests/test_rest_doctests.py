import doctest

from odoo.tests import BaseCase, tagged

from ..controllers import errors, kinds


@tagged("post_install", "-at_install")
class TestRestDoctests(BaseCase):
    def test_what_their_docstrings_show_is_so(self):
        for module in (errors, kinds):
            with self.subTest(module.__name__):
                result = doctest.testmod(module)
                self.assertTrue(result.attempted)
                self.assertFalse(result.failed)
