"""How a company is known again: its branch, its tax ID, the words of its name."""

from odoo.tests import BaseCase, tagged

from ..tools import company_names


@tagged("post_install", "-at_install")
class TestCompanyNames(BaseCase):
    def test_a_branch_with_one_number_is_that_number(self):
        for branch, key in (
            ("1", "00001"),
            ("Branch No. 00012 (Silom)", "00012"),
            ("123456", "123456"),
            ("สาขาที่ 3", "00003"),
            # of two numbers neither is the branch's
            ("Soi 4, Branch 2", "soi4branch2"),
            ("Silom", "silom"),
            ("HQ", "00000"),
            ("", ""),
        ):
            with self.subTest(branch):
                self.assertEqual(company_names.branch_key(branch), key)

    def test_a_name_is_searched_from_each_of_its_first_ten_words_on(self):
        words = "a b c d e f g h i j k l".split()
        found = company_names.search_key(" ".join(words)).split("|")
        self.assertEqual(found[0], "")
        self.assertEqual(found[1:], ["".join(words[at:]) for at in range(10)])

    def test_names_of_one_company_are_searched_once(self):
        self.assertEqual(company_names.search_key("Café", "CAFE", ""), "|cafe")

    def test_a_name_is_known_without_its_country_and_legal_form(self):
        for name, key in (
            ("Hilton (Thailand) Co., Ltd.", "hilton"),
            ("บริษัท ฮิลตัน (ประเทศไทย) จำกัด", "ฮิลตัน"),
            ("The Company", "thecompany"),
            ("", ""),
        ):
            with self.subTest(name):
                self.assertEqual(company_names.name_key(name), key)
