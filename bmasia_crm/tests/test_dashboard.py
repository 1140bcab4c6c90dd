"""The first screen: each figure is right, per currency, and is what its list shows."""

from ast import literal_eval

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from .common import CrmCase

MANY = 12  # further documents: a query for each of them would be noticed


class DashboardCase(CrmCase):
    def setUp(self):
        super().setUp()
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
        revenue, _ending = board.get_figures()["charts"]
        last = {one["currency_id"]: one["values"][-1] for one in revenue["series"]}
        self.assertEqual(last, {self.baht: 1000, self.dollar: 300})
        self.assertEqual(len(revenue["labels"]), 12)
        self.assertEqual(len(revenue["months"]), 13)

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

    def listed(self, figure):
        """How many records the list shows with the figure's search defaults."""
        action = self.env["ir.actions.act_window"]._for_xml_id(figure["action"])
        model = self.env[action["res_model"]].with_user(self.nikki)
        arch = etree.fromstring(model.get_view(view_type="search")["arch"])
        domain = Domain(literal_eval(action["domain"] or "[]"))
        domain &= Domain(figure["domain"])
        for name, value in figure["context"].items():
            if value:
                name = name.removeprefix("search_default_")
                domain &= self.facet(arch, name, value)
        return model.search_count(domain)

    def facet(self, arch, name, value):
        if arch.xpath(f"//field[@name='{name}']"):
            return Domain(name, "=", value)
        (found,) = arch.xpath(f"//filter[@name='{name}']")
        if not found.get("date"):
            return Domain(literal_eval(found.get("domain")))
        first = fields.Date.context_today(self.env.user).replace(day=1)
        return Domain(found.get("date"), ">=", first) & Domain(
            found.get("date"), "<", first + relativedelta(months=1)
        )

    def test_each_list_has_as_many_rows_as_the_figure_says(self):
        choices = (
            {},
            {"entity_id": self.hongkong.id},
            {"user_id": self.pom.id},
            {"entity_id": self.thailand.id, "user_id": self.nikki.id},
        )
        board = self.env["bmasia.dashboard"].with_user(self.nikki)
        for chosen in choices:
            answer = board.get_figures(**chosen)
            for figure in (*answer["figures"], *answer["not_out"]):
                with self.subTest(figure=figure["key"], **chosen):
                    self.assertEqual(self.listed(figure), figure["count"])


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
        before = self.env.cr.sql_log_count
        self.figures()
        return self.env.cr.sql_log_count - before

    def test_their_number_does_not_grow_with_the_documents(self):
        self.active_contract()
        self.issued_invoice()
        self.queries()
        few = self.queries()
        abroad = self.abroad()
        for _number in range(MANY):
            self.quote()
            self.active_contract(customer_id=abroad.id)
            self.issued_invoice(customer_id=abroad.id)
        self.assertEqual(self.queries(), few)
        self.assertLessEqual(few, 30)
