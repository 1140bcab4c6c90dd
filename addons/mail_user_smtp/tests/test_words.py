"""The sentences that people read, row by row, in English and Thai."""

import re

from odoo.tests import TransactionCase, tagged

from ..tools import explain
from ..tools.explain import ROWS
from .test_engines import CASES

THAI = re.compile(r"[\u0e00-\u0e7f]")
PLACES = re.compile(r"%\((\w+)\)s")


@tagged("post_install", "-at_install")
class TestWords(TransactionCase):
    """One test per row of ``explain.ROWS``; see below."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("th_TH")

    def check_row(self, row):
        for error, account in CASES[row.kind]:
            why = explain.explain(error, account)
            self.assertEqual(why.kind, row.kind)
            english = why.sentence(self.env._)
            thai = why.sentence(self.env(context={"lang": "th_TH"})._)
            self.assertRegex(english, r"^\S.*\.$")
            self.assertRegex(thai, THAI)
            for place in PLACES.findall(str(row.sentence)):
                self.assertIn(str(getattr(account, place)), thai)
            self.assertNotRegex(english + thai, PLACES)


def _test_of(row):
    def test(self):
        self.check_row(row)

    return test


for _row in ROWS:
    setattr(TestWords, f"test_{_row.kind}", _test_of(_row))
