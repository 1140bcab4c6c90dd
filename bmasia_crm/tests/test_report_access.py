"""Who asks for reports, and how: as clients call methods, and by their address."""

import json

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CrmMixin

QUIET = mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")


@tagged("post_install", "-at_install")
class TestReportAccess(CrmMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()
        cls.other = new_test_user(
            cls.env,
            "finance.hk@example.com",
            groups="bmasia_crm.group_finance",
            company_id=cls.hongkong.id,
        )
        cls.employee = new_test_user(cls.env, "employee", groups="base.group_user")
        invoice = cls.issued_invoice(cls.line(7654321))
        invoice.action_register_payment(100, withholding_amount=3)
        cls.keys = sorted(cls.env["bmasia.report"]._reports())

    def call(self, model, method, *arguments):
        """What a client gets: the result, or the name of the error."""
        body = {"model": model, "method": method, "args": arguments, "kwargs": {}}
        answer = self.url_open(
            "/web/dataset/call_kw",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": body}),
            headers={"Content-Type": "application/json"},
        ).json()
        return answer.get("result") or answer["error"]["data"]["name"]

    def chosen(self):
        return {
            "company_id": self.thailand.id,
            "customer_id": self.hilton.id,
            "date_from": "2020-01-01",
        }

    def enter(self, user):
        self.authenticate(user and user.login, user and user.login)

    def keys_of(self, user):
        """The reports that are for a user: some are for everybody who sells."""
        reports = self.env["bmasia.report"]._reports()
        return [key for key in self.keys if user.has_group(reports[key]._group)]

    def test_some_are_for_all_who_sell(self):
        mine = ["renewal_contracts", "renewal_prices", "renewals"]
        self.assertEqual(self.keys_of(self.nikki), mine)

    @QUIET
    def test_finance_and_managers_are_answered(self):
        for user in (self.pom, self.norbert, self.nikki):
            self.enter(user)
            for key in self.keys_of(user):
                with self.subTest(user=user.login, report=key):
                    shown = self.call("bmasia.report", "show", key, self.chosen())
                    self.assertEqual(shown["key"], key)

    @QUIET
    def test_nobody_else_is_by_any_model(self):
        """Each report is a model of its own, with the same public methods."""
        models = [("bmasia.report", key) for key in self.keys]
        models += [(f"bmasia.report.{key}", key) for key in self.keys]
        for user in (self.nikki, self.employee, self.customer, self.other):
            self.enter(user)
            own = self.keys_of(user) if user != self.other else ()
            for model, key in models:
                if key in own:
                    continue
                for method, more in (("show", ()), ("press", ("export",))):
                    answer = self.call(model, method, key, *more, self.chosen())
                    with self.subTest(user=user.login, model=model, report=key):
                        self.assertEqual(answer, "odoo.exceptions.AccessError")

    @QUIET
    def test_a_visitor_has_no_session(self):
        self.enter(None)
        for key in self.keys:
            answer = self.call("bmasia.report", "show", key, self.chosen())
            self.assertEqual(answer, "odoo.http.SessionExpiredException")

    @QUIET
    def test_what_makes_reports_is_nobodys_to_call(self):
        self.enter(self.norbert)
        for model, method in (
            ("bmasia.report", "_file"),
            ("bmasia.report.journal", "_entries"),
            ("bmasia.report.vat", "_tax_documents"),
            ("bmasia.vat.return", "_file"),
            ("bmasia.journal.export", "_export"),
            ("bmasia.report.print", "_render"),
        ):
            with self.subTest(model=model, method=method):
                answer = self.call(model, method, "x", "csv")
                self.assertEqual(answer, "odoo.exceptions.AccessError")

    @QUIET
    def test_files_are_for_who_is_shown_the_report(self):
        refused = ((self.nikki, 403), (self.employee, 403), (self.customer, 403))
        for user, status in (*refused, (self.other, 403), (self.pom, 200)):
            self.enter(user)
            for key in self.keys:
                # who may not export has no CSV of what the screen shows either
                address = f"/bmasia/reports/{key}.csv?company_id={self.thailand.id}"
                with self.subTest(user=user.login, report=key):
                    answer = self.url_open(address)
                    self.assertEqual(answer.status_code, status)
        self.enter(None)
        for key in self.keys:
            address = f"/bmasia/reports/{key}.pdf"
            answer = self.url_open(address, allow_redirects=False)
            self.assertEqual(answer.status_code, 303)

    @QUIET
    def test_what_was_handed_in_stays_in_its_entity(self):
        """Files of exports, by the address that the client downloads them from."""
        reports = self.env["bmasia.report"].with_user(self.pom)
        action = reports.press("journal", "export", {"company_id": self.thailand.id})
        address = (
            f"/web/content/bmasia.journal.export/{action['res_id']}/csv_file"
            "?download=true"
        )
        for user, found in (
            (self.pom, True),
            (self.nikki, False),
            (self.customer, False),
            (self.other, False),
            (None, False),
        ):
            self.enter(user)
            with self.subTest(user=user and user.login):
                answer = self.url_open(address, allow_redirects=False)
                self.assertEqual(answer.status_code == 200, found)
                self.assertEqual(b"7654321" in answer.content, found)
