"""Money of several currencies is never added up, whoever asks."""

from odoo.tests import tagged

from .common import CrmCase

SUM, CONVERTED = "amount_untaxed:sum", "amount_untaxed:sum_currency"


@tagged("post_install", "-at_install")
class TestSums(CrmCase):
    def setUp(self):
        super().setUp()
        abroad = self.make_company("Shanghai Silk", country="base.cn")
        self.thai = self.quote(self.line(1000)) | self.quote(self.line(500))
        self.foreign = self.quote(self.line(300), customer_id=abroad.id)

    def sums(self, quotes, groupby=()):
        return self.env["bmasia.quote"].formatted_read_group(
            [("id", "in", quotes.ids)], groupby, [SUM, CONVERTED, "__count"]
        )

    def test_one_currency_is_summed(self):
        (whole,) = self.sums(self.thai)
        self.assertEqual((whole[SUM], whole[CONVERTED]), (1500, 1500))

    def test_two_currencies_have_no_sum(self):
        (whole,) = self.sums(self.thai | self.foreign)
        self.assertEqual(whole["__count"], 3)
        self.assertFalse(whole[SUM])
        self.assertFalse(whole[CONVERTED])

    def test_each_currency_has_its_own(self):
        rows = self.sums(self.thai | self.foreign, ["currency_id"])
        sums = {row["currency_id"][0]: row[SUM] for row in rows}
        baht, dollar = self.thailand.currency_id, self.hongkong.currency_id
        self.assertEqual(sums, {baht.id: 1500, dollar.id: 300})

    def test_a_credit_note_takes_away(self):
        invoice = self.issued_invoice(self.line(1000))
        action = invoice.action_credit("Wrong venue")
        note = self.env["bmasia.invoice"].browse(action["res_id"])
        self.assertEqual(note.amount_untaxed_signed, -1000)
        self.assertEqual(note.amount_total_signed, -1070)
        (both,) = self.env["bmasia.invoice"].formatted_read_group(
            [("id", "in", (invoice | note).ids)], [], ["amount_total_signed:sum"]
        )
        self.assertEqual(both["amount_total_signed:sum"], 0)
