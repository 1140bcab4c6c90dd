"""The renewal book: by month, entity, currency and owner, from the amended state."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .amendments import AmendmentCase
from .reports import ReportCase

YEAR = {"date_from": "2026-01-01", "date_to": "2026-12-31"}


@tagged("post_install", "-at_install")
class TestRenewalBook(AmendmentCase, ReportCase):
    def setUp(self):
        super().setUp()
        self.signed.write({"renewal_rule": "percent", "renewal_percent": 10})

    def book(self, **values):
        """Counts of each state by month, owner and currency."""
        names = ("month", "owner", "currency", "count")
        names += ("due", "talks", "renewed", "lost", "before", "after", "lost_value")
        rows = self.rows("renewals", **{**YEAR, **values})
        return [tuple(row[name] for name in names) for row in rows]

    def renew(self, contract, state, price=None):
        renewal = contract.browse(contract.action_renew(price)["res_id"])
        if state != "draft":
            renewal.action_mark_sent()
        if state == "active":
            renewal.action_activate(renewal._today())
        return renewal

    def test_each_state_is_counted_with_its_value(self):
        drafted, offered, renewed, lost = (
            self.running(self.line(1000)) for _n in "1234"
        )
        self.renew(drafted, "draft", 1)
        self.renew(offered, "sent", 2)
        self.renew(renewed, "active", 5)
        lost.action_lose("Another provider")
        self.assertEqual(
            self.book(),
            [
                ("Dec 2026", "Nikki", "THB", 5, 1, 2, 1, 1)
                # 14,000 and 10 %; 1,010; 1,020; 1,050; nothing
                + (18000, 18480, 1000)
            ],
        )

    def test_month_owner_and_currency_are_apart(self):
        month = self.running(self.line(100), term_months=1, user_id=self.pom.id)
        dollars = self.running(currency_id=self.currency("USD").id)
        self.assertEqual(
            [row[:4] for row in self.book()],
            [
                ("Jan 2026", "Pom", "THB", 1),
                ("Dec 2026", "Nikki", "THB", 1),
                ("Dec 2026", "Nikki", "USD", 1),
            ],
        )
        self.assertEqual(
            [row[:4] for row in self.book(user_id=self.pom.id)][0][1], "Pom"
        )
        self.assertEqual(len(self.book(user_id=self.pom.id)), 1)
        self.assertTrue(month.renewal_state == dollars.renewal_state == "due")

    def test_entities_are_apart(self):
        abroad = self.make_company("Soneva", country="base.mv")
        self.running(self.line(300), customer_id=abroad.id)
        rows = self.book(company_id=self.hongkong.id)
        self.assertEqual([row[2:4] for row in rows], [("USD", 1)])
        self.assertEqual(self.book()[0][3], 1)

    def test_a_row_opens_its_contracts_with_the_reason(self):
        self.signed.action_lose("They close\nin January")
        ended = self.running()
        ended.with_user(self.norbert).action_cancel("Sold", "2026-01-01")
        rows = self.rows("renewals", **YEAR)
        found = []
        for row in rows:
            opened = row["_open"]
            self.assertEqual(opened["report"], "renewal_contracts")
            table = self.table(opened["report"], **opened["chosen"])
            self.assertEqual(len(table.rows), row["count"])
            self.assertEqual(table.totals()[0]["before"], row["before"])
            found += [(each["state"], each["reason"]) for each in table.rows]
        self.assertEqual(found, [("Lost", "Sold"), ("Lost", "They close\nin January")])

    def test_nobody_s_contracts_open_as_a_list(self):
        self.signed.user_id = False
        (row,) = self.rows("renewals", **YEAR)
        contracts = self.env["bmasia.contract"].search(row["_open"]["domain"])
        self.assertEqual(contracts, self.signed)

    def test_it_starts_from_the_amended_state(self):
        self.sign(self.amendment("2026-06-01", self.added(1, 6000)))
        self.sign(self.amendment("2026-09-01", self.removed()))
        (row,) = self.rows("renewal_contracts", **YEAR)
        self.assertEqual((row["before"], row["after"]), (6000, 6600))
        (line,) = self.rows("renewal_prices", **YEAR)
        self.assertEqual((line["line"], line["price"]), ("More music", 6000))

    def test_a_contract_that_ran_out_without_a_word_is_lost_and_asks(self):
        self.go_to("2027-01-01")
        self.env["bmasia.contract"]._cron_follow_dates()
        (row,) = self.rows("renewal_contracts", **YEAR)
        self.assertEqual((row["state"], row["reason"]), ("Lost", "Not said yet"))
        self.assertEqual((row["after"], row["change"]), (0, -14000))

    def test_prices_line_by_line(self):
        self.running(self.line(1000, 3, discount=50, name="Other\nmusic"))
        rows = self.rows("renewal_prices", **YEAR)
        names = ("line", "quantity", "price", "price_then", "percent", "before")
        names += ("after", "reason")
        self.assertEqual(
            [tuple(row[name] for name in names) for row in rows],
            [
                ("Music", 1, 14000, 15400, 10, 14000, 15400, "+10 %"),
                ("Other", 3, 1000, 1000, 0, 1500, 1500, "Same price"),
            ],
        )
        self.assertEqual(self.total("renewal_prices", "after", **YEAR), 16900)

    def test_prices_of_who_is_renewed_or_lost_do_not_change(self):
        self.renew(self.signed, "active")
        self.running().action_lose("No")
        self.assertFalse(self.rows("renewal_prices", **YEAR))

    def test_files_say_the_same(self):
        lines = self.csv("renewals", **YEAR)
        self.assertEqual(lines[1][:3], ["Dec 2026", "Nikki", "1"])
        self.assertEqual(lines[-1][0], "Total")

    def test_who_sells_reads_it_within_the_entity(self):
        for role in ("user", "finance", "manager"):
            mine = new_test_user(
                self.env,
                f"hk.{role}",
                groups=f"bmasia_crm.group_{role}",
                company_id=self.hongkong.id,
            )
            for key in ("renewals", "renewal_contracts", "renewal_prices"):
                with self.subTest(role, key=key):
                    with self.assertRaises(AccessError):
                        self.rows(key, user=mine, **YEAR)
                    here = {**YEAR, "company_id": self.hongkong.id}
                    self.assertFalse(self.table(key, user=mine, **here).rows)
        self.assertTrue(self.table("renewals", user=self.nikki, **YEAR).rows)
