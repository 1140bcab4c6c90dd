"""The first screen: each figure is right, per currency, and is what its list shows."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CrmCase

MANY = 12  # further documents: a query for each of them would be noticed


class DashboardCase(CrmCase):
    def setUp(self):
        super().setUp()
        # figures go by the reader's day, documents by their entity's
        for user in (self.env.user, self.nikki, self.norbert, self.pom):
            user.sudo().tz = self.thailand.time_zone
        self.baht = self.thailand.currency_id.id
        self.dollar = self.hongkong.currency_id.id

    def figures(self, user=None, **chosen):
        board = self.env["bmasia.dashboard"].with_user(user or self.nikki)
        answer = board.get_figures(**chosen)
        return {figure["key"]: figure for figure in answer["figures"]}

    def abroad(self, name="Shanghai Silk"):
        return self.make_company(name, country="base.cn")


@tagged("post_install", "-at_install")
class TestFigures(DashboardCase):
    def test_currencies_stand_beside_each_other(self):
        before = dict(self.figures()["annual_value"]["amounts"])
        self.active_contract(self.line(1000))
        self.active_contract(self.line(300), customer_id=self.abroad().id)
        figure = self.figures()["annual_value"]
        after = dict(figure["amounts"])
        self.assertEqual(after[self.baht] - before.get(self.baht, 0), 1000)
        self.assertEqual(after[self.dollar] - before.get(self.dollar, 0), 300)

    def test_revenue_is_what_was_issued_this_month_less_credit_notes(self):
        before = dict(self.figures()["revenue"]["amounts"]).get(self.baht, 0)
        earlier = fields.Date.context_today(self.env.user) - relativedelta(months=1)
        self.issued_invoice(self.line(900), issue_date=earlier)
        invoice = self.issued_invoice(self.line(1000))
        self.issued_invoice(self.line(500))
        self.invoice(self.line(77))
        self.issued_invoice(self.line(33), kind="proforma")
        action = invoice.action_credit("Wrong venue")
        note = self.env["bmasia.invoice"].browse(action["res_id"])
        note.with_user(self.pom).action_issue()
        amount = dict(self.figures()["revenue"]["amounts"])[self.baht]
        self.assertEqual(amount - before, 500)

    def test_a_contract_that_ends_soon_is_counted_until_it_has_ended(self):
        count = self.figures()["ending"]["count"]
        today = fields.Date.context_today(self.env.user)
        soon = today - relativedelta(months=12) + relativedelta(days=30)
        self.active_contract(start_date=soon)
        self.active_contract(start_date=today)
        self.assertEqual(self.figures()["ending"]["count"], count + 1)

    def test_documents_whose_mail_is_not_out_are_counted_by_kind(self):
        self.quote().sudo().send_state = "refused"
        self.issued_invoice().sudo().send_state = "queued"
        answer = self.env["bmasia.dashboard"].with_user(self.nikki).get_figures()
        counts = {figure["key"]: figure["count"] for figure in answer["not_out"]}
        self.assertEqual(
            counts, {"quote": 1, "contract": 0, "invoice": 1, "receipt": 0}
        )

    def test_entity_and_person_narrow_every_figure(self):
        self.active_contract(self.line(1000))
        self.active_contract(self.line(300), customer_id=self.abroad().id)
        there = self.figures(entity_id=self.hongkong.id)
        self.assertEqual(there["annual_value"]["amounts"], [[self.dollar, 300.0]])
        nobody = self.figures(user_id=self.norbert.id)
        self.assertEqual(nobody["active_contracts"]["count"], 0)
        self.assertEqual(nobody["annual_value"]["amounts"], [])

    def test_charts_have_a_series_per_currency(self):
        self.issued_invoice(self.line(1000))
        self.issued_invoice(self.line(300), customer_id=self.abroad().id)
        board = self.env["bmasia.dashboard"].with_user(self.nikki)
        revenue = board.get_figures()["charts"][0]
        last = {one["currency_id"]: one["values"][-1] for one in revenue["series"]}
        self.assertEqual(last, {self.baht: 1000, self.dollar: 300})
        self.assertEqual(len(revenue["bars"]), 12)

    def test_nothing_yet_is_said(self):
        board = self.env["bmasia.dashboard"].with_user(self.nikki)
        self.assertFalse(board.get_figures()["is_empty"])
        self.env["bmasia.company"].search([]).action_archive()
        self.assertTrue(board.get_figures()["is_empty"])
        self.assertFalse(board.get_figures(user_id=self.nikki.id)["is_empty"])


@tagged("post_install", "-at_install")
class TestListsOfFigures(DashboardCase):
    """A click on a figure opens a list of exactly what it counted."""

    def setUp(self):
        super().setUp()
        today = fields.Date.context_today(self.env.user)
        abroad = self.abroad()
        for customer in (self.hilton, abroad):
            mine = {"customer_id": customer.id}
            self.quote(**mine)
            self.quote(**mine).action_mark_sent()
            self.active_contract(**mine)
            ending = today - relativedelta(months=12) + relativedelta(days=9)
            self.active_contract(start_date=ending, **mine)
            long_ago = today - relativedelta(months=3)
            # as an import brings them: what is older comes after what is newer
            self.invoice(issue_date=long_ago, **mine).sudo().action_issue()
            self.issued_invoice(**mine)
        self.quote().sudo().send_state = "unknown"
        won, lost = self.quote(), self.quote()
        (won | lost).action_mark_sent()
        won.action_accept()
        lost.action_reject("Too dear")

    def choices(self):
        today = fields.Date.context_today(self.env.user)
        return (
            {},
            {"entity_id": self.hongkong.id, "period": "quarter"},
            {"user_id": self.pom.id, "period": "year"},
            {
                "entity_id": self.thailand.id,
                "user_id": self.nikki.id,
                "period": "last_12",
            },
            {
                "period": "custom",
                "date_from": today - relativedelta(days=100),
                "date_to": today,
            },
        )

    def counted(self, answer):
        """Whatever is counted, with its name."""
        rate = answer["win_rate"]
        yield "win_rate", rate
        for one in (*answer["figures"], *answer["not_out"], *rate["parts"]):
            yield one["key"], one
            if "before" in one:
                yield f"{one['key']} before", one["before"]

    def test_each_figure_opens_as_many_records_as_it_counts(self):
        board = self.env["bmasia.dashboard"].with_user(self.nikki)
        seen = set()
        for chosen in self.choices():
            for name, one in self.counted(board.get_figures(**chosen)):
                listed = board.env[one["model"]].search(one["domain"])
                with self.subTest(figure=name, **chosen):
                    self.assertEqual(len(listed), one["count"])
                seen |= {name} if one["count"] else set()
        wanted = {"won", "declined", "win_rate", "revenue", "revenue before", "overdue"}
        self.assertFalse(wanted - seen)

    def test_each_bar_opens_as_many_records_as_it_counts(self):
        board = self.env["bmasia.dashboard"].with_user(self.nikki)
        bars = 0
        for chosen in self.choices():
            for chart in board.get_figures(**chosen)["charts"]:
                for series in chart["series"]:
                    for place, bar in enumerate(chart["bars"]):
                        domain = [
                            *bar["domain"],
                            ("currency_id", "=", series["currency_id"]),
                        ]
                        listed = board.env[chart["model"]].search_count(domain)
                        with self.subTest(chart=chart["key"], bar=bar["label"]):
                            self.assertEqual(listed, series["counts"][place])
                            bars += bool(listed)
        self.assertGreater(bars, 8)


@tagged("post_install", "-at_install")
class TestPeriods(DashboardCase):
    def test_revenue_is_compared_with_the_same_days_before(self):
        today = fields.Date.context_today(self.env.user)
        earlier = today - relativedelta(months=1)
        before = self.invoice(self.line(400), issue_date=earlier)
        before.sudo().action_issue()
        self.issued_invoice(self.line(1000))
        figure = self.figures()["revenue"]
        self.assertEqual(dict(figure["amounts"])[self.baht], 1000)
        self.assertEqual(dict(figure["before"]["amounts"])[self.baht], 400)
        year = self.figures(period="last_12")["revenue"]
        self.assertEqual(dict(year["amounts"])[self.baht], 1400)

    def test_won_of_what_was_decided_by_number_and_by_money(self):
        board = self.env["bmasia.dashboard"].with_user(self.nikki)
        self.assertIs(board.get_figures()["win_rate"]["share"], False)
        quotes = [self.quote(self.line(price)) for price in (3000, 500, 500)]
        for quote in quotes:
            quote.action_mark_sent()
        quotes[0].action_accept()
        for quote in quotes[1:]:
            quote.action_reject("Too dear")
        rate = board.get_figures()["win_rate"]
        self.assertEqual((rate["count"], rate["share"]), (3, 33))
        self.assertEqual(rate["shares_of_money"], [[self.baht, 75]])

    def test_what_is_owed_has_its_age(self):
        today = fields.Date.context_today(self.env.user)
        days = (today, today - relativedelta(days=45 + 30))
        for day in sorted(days):
            self.invoice(self.line(1000), issue_date=day).sudo().action_issue()
        board = self.env["bmasia.dashboard"].with_user(self.nikki)
        (ageing,) = (
            chart for chart in board.get_figures()["charts"] if chart["key"] == "ageing"
        )
        (baht,) = (one for one in ageing["series"] if one["currency_id"] == self.baht)
        self.assertEqual(baht["counts"][0], 1)
        self.assertEqual(sum(baht["counts"]), 2)

    def test_other_periods_are_refused_in_words(self):
        board = self.env["bmasia.dashboard"].with_user(self.nikki)
        with self.assertRaisesRegex(UserError, "last_12"):
            board.get_figures(period="decade")


@tagged("post_install", "-at_install")
class TestDashboardAccess(DashboardCase):
    def test_everybody_of_the_team_sees_it_nobody_else(self):
        for user in (self.nikki, self.pom, self.norbert):
            self.assertIn("companies", self.figures(user))
        colleague = new_test_user(self.env, "colleague", groups="base.group_user")
        for user in (self.customer, self.visitor, colleague):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.figures(user)


@tagged("post_install", "-at_install")
class TestDashboardQueries(DashboardCase):
    def queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.figures()  # fills Odoo's caches
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.figures()
        return self.env.cr.sql_log_count - before

    def test_their_number_does_not_grow_with_the_documents(self):
        self.active_contract()
        self.issued_invoice()
        few = self.queries()
        abroad = self.abroad()
        for _number in range(MANY):
            self.quote()
            self.active_contract(customer_id=abroad.id)
            self.issued_invoice(customer_id=abroad.id)
        self.assertEqual(self.queries(), few)
        self.assertLessEqual(few, 60)
