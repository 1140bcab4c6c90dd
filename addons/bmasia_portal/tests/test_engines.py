"""The engines of this addon, by their doctests."""

import doctest

from odoo.tests import TransactionCase, tagged

from ..tools import slips


@tagged("post_install", "-at_install")
class TestEngines(TransactionCase):
    def test_what_a_slip_is(self):
        result = doctest.testmod(slips)
        self.assertGreater(result.attempted, 1)
        self.assertEqual(result.failed, 0)
