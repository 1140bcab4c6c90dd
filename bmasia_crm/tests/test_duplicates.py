"""The same customer entered twice is told: on the form, and after an import."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCase

TAX_ID = "0105536000315"
NAMES = {
    "Café Zürich": ("Cafe Zurich", "Café Zürich Co., Ltd.", "CAFE-ZURICH LIMITED"),
    "Phở Hà Nội": ("Pho Ha Noi", "PHO HANOI"),
    "Al\u2011Bustan": ("Al-Bustan", "Al  Bustan", "Al Bustan (Thailand) PLC"),
    "บริษัท น้\u0e33ตก สปา จ\u0e33กัด": ("น้\u0e4d\u0e32ตก สปา", "น้\u0e33ตกสปา"),
}


@tagged("post_install", "-at_install")
class TestDuplicates(CrmCase):
    def duplicates(self, **values):
        """Those that the form shows before a new company is saved."""
        new = self.env["bmasia.company"].with_user(self.nikki).new(values)
        return new.duplicate_ids._origin

    def import_(self, rows, fields=("name", "vat")):
        companies = self.env["bmasia.company"].with_user(self.norbert)
        with mute_logger("odoo.models"):
            return companies.load(list(fields), rows)

    def twice(self):
        return self.env["bmasia.company"].search([("has_duplicates", "=", True)])

    def test_the_same_name_is_told_however_it_is_typed(self):
        for name, others in NAMES.items():
            company = self.make_company(name, country="base.th")
            for other in others:
                with self.subTest(name=name, other=other):
                    self.assertEqual(self.duplicates(name=other), company)
                    self.assertEqual(
                        self.duplicates(name="Q18", legal_name=other), company
                    )

    def test_a_vowel_more_is_another_name(self):
        self.make_company("น้ำโชค", country="base.th")
        self.assertFalse(self.duplicates(name="นำโชค"))

    def test_a_branch_is_no_duplicate_of_another_branch(self):
        self.hilton.write({"vat": TAX_ID, "branch": "Head Office"})
        for branch in ("Head Office", "สำนักงานใหญ่", "00000", False):
            found = self.duplicates(name="Q18", vat="0-1055-36000-31-5", branch=branch)
            self.assertEqual(found, self.hilton, branch)
        for name in ("Q18", "Hilton Pattaya"):
            self.assertFalse(self.duplicates(name=name, vat=TAX_ID, branch="00001"))

    def test_an_import_takes_all_rows_and_tells_which_are_here_already(self):
        self.hilton.vat = TAX_ID
        rows = [["Pattaya Hotel", "0-1055-36000-31-5"], ["Zebra Bar Q18", ""]]
        rows += [["One Q18", "0994000158378"]] * 3
        answer = self.import_(rows)
        self.assertFalse(answer["messages"])
        self.assertEqual(len(answer["ids"]), 5)
        first, zebra, *same = answer["ids"]
        told = {row["id"]: row["duplicate_ids"] for row in answer["duplicates"]}
        self.assertEqual(told[first], self.hilton.ids)
        self.assertNotIn(zebra, told)
        for key in same:
            self.assertEqual(set(told[key]), {*same} - {key})
        self.assertEqual(set(self.twice().ids), {first, *same, self.hilton.id})

    def test_who_imports_is_told(self):
        notices = [("message", "like", "simple_notification")]
        before = self.env["bus.bus"].sudo().search(notices)
        self.import_([["Café Q18", ""], ["Cafe Q18 Ltd.", ""]])
        self.env.cr.flush()
        notices.append(("id", "not in", before.ids))
        told = self.env["bus.bus"].sudo().search(notices).mapped("message")
        self.assertEqual(len(told), 1)
        for word in ("2 companies", "Cafe Q18 Ltd.", "Possible Duplicates"):
            self.assertIn(word, told[0])

    def test_an_import_of_others_tells_nothing(self):
        answer = self.import_([["Zebra Bar Q18", ""], ["Lion Bar Q18", ""]])
        self.assertNotIn("duplicates", answer)

    def test_a_refused_import_says_why(self):
        answer = self.import_([["Zebra Bar Q18", "x"]], fields=("name", "country_id"))
        self.assertFalse(answer["ids"])
        self.assertTrue(answer["messages"])

    def test_the_filter_leaves_out_branches_and_what_is_archived(self):
        self.hilton.write({"vat": TAX_ID, "branch": "Head Office"})
        branch = self.make_company("Hilton Pattaya", vat=TAX_ID, branch="00001")
        self.assertFalse(self.twice() & (self.hilton | branch))
        other = self.make_company("Q18", vat=TAX_ID, branch="Branch 1")
        self.assertEqual(self.twice() & (self.hilton | branch | other), branch | other)
        others = [("has_duplicates", "=", False), ("id", "in", (branch | other).ids)]
        self.assertFalse(self.env["bmasia.company"].search(others))
        self.assertEqual(other.has_duplicates, True)
        self.assertEqual(self.hilton.has_duplicates, False)
        branch.active = False
        self.assertFalse(self.twice() & (self.hilton | other))
