"""Every report, whoever asks for it, in every form."""

import csv
import io

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..tools import sheets
from .common import CrmMixin
from .reports import ReportCase

EVIL = "=cmd|' /C calc'!A0"


def cells(content):
    """The texts of a workbook, and its formulas."""
    every = [cell for row in load_workbook(io.BytesIO(content)).active for cell in row]
    texts = [cell.value for cell in every if cell.data_type in ("s", "inlineStr")]
    return texts, [cell for cell in every if cell.data_type == "f"]


@tagged("post_install", "-at_install")
class TestEveryReport(ReportCase):
    def setUp(self):
        super().setUp()
        self.hilton.name = EVIL
        invoice = self.bill(
            "2026-01-15", 1200, period_start="2026-01-15", period_end="2026-12-31"
        )
        self.pay(invoice, "2026-02-20", 500)
        with self.on("2026-01-15"):
            self.active_contract(start_date="2026-01-15", term_months=2)

    def asked(self):
        """Every report with all that any of them asks for."""
        chosen = {
            "company_id": self.thailand.id,
            "date": "2026-03-31",
            "date_from": "2026-01-01",
            "date_to": "2026-03-31",
            "month": "2026-02-01",
            "customer_id": self.hilton.id,
            "user_id": self.nikki.id,
        }
        for key in self.env["bmasia.report"]._reports():
            yield key, chosen

    def test_each_shows_its_rows_and_sums(self):
        for key, chosen in self.asked():
            with self.subTest(report=key):
                shown = self.env["bmasia.report"].with_user(self.pom).show(key, chosen)
                width = len(shown["columns"])
                self.assertTrue(width)
                for row in (*shown["rows"], *shown["totals"]):
                    self.assertEqual(len(row["cells"]), width)
                    self.assertTrue(all(isinstance(cell, str) for cell in row["cells"]))
                self.assertEqual(shown["count"], len(shown["rows"]))

    def test_what_is_printed_in_thai_has_years_of_the_buddhist_era(self):
        """As the tax office and all other documents count; a table's dates stay."""
        self.env["res.lang"]._activate_lang("th_TH")
        rendered = []
        printer = type(self.env["bmasia.report.print"])

        def render(_printer, report, table, _asked):
            rendered.append([*table.facts, table.texts(table.rows[0], report._day)])
            return b"%PDF"

        self.patch(printer, "_render", render)
        reports = self.env["bmasia.report"].with_user(self.pom)
        chosen = {"company_id": self.thailand.id, "month": "2026-02-01"}
        for lang, year, other in (("th_TH", "2569", "2026"), ("en_US", "2026", "2569")):
            reports.with_context(lang=lang)._file("vat", "pdf", chosen)
            facts = dict(rendered[-1][:-1])
            period = next(text for text in facts.values() if "28" in text)
            self.assertEqual(period.count(year), 2)
            self.assertNotIn(other, period)
            self.assertTrue(rendered[-1][-1][1].endswith(year))
        shown = reports.with_context(lang="th_TH").show("vat", chosen)
        self.assertTrue(shown["rows"][0]["cells"][1].endswith("2026"))

    def test_what_a_row_opens_is_there(self):
        for key, chosen in self.asked():
            for row in self.table(key, **chosen).rows:
                target = row.get("_open") or {}
                with self.subTest(report=key, target=target):
                    if "report" in target:
                        opened = self.table(target["report"], **target["chosen"])
                        self.assertTrue(opened.rows)
                    elif "id" in target:
                        record = self.env[target["model"]].browse(target["id"])
                        self.assertTrue(record.with_user(self.pom).exists())
                        record.with_user(self.pom).check_access("read")
                    elif target:
                        model = self.env[target["model"]].with_user(self.pom)
                        self.assertTrue(model.search(target["domain"]))

    def test_each_is_a_file_that_runs_nothing(self):
        reports = self.env["bmasia.report"].with_user(self.pom)
        named = 0
        for key, chosen in self.asked():
            with self.subTest(report=key):
                content, name, _type = reports._file(key, "xlsx", chosen)
                texts, formulas = cells(content)
                self.assertFalse(formulas)
                named += EVIL in texts
                self.assertTrue(name.endswith(".xlsx"))
                content = reports._file(key, "csv", chosen)[0]
                self.assertTrue(content.startswith(sheets.BOM.encode()))
                for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
                    for cell in line:
                        is_figure = cell.replace(".", "").lstrip("-").isdigit()
                        self.assertTrue(
                            is_figure or not cell.startswith(sheets.FORMULA_STARTS)
                        )
        self.assertTrue(named, "the customer is named in some")

    def test_each_is_printed(self):
        reports = self.env["bmasia.report"].with_user(self.pom)
        for key, chosen in self.asked():
            with self.subTest(report=key):
                content, name, _type = reports._file(key, "pdf", chosen)
                self.assertTrue(content.startswith(b"%PDF"))
                self.assertTrue(name.endswith(".pdf"))

    def test_files_have_all_rows_and_the_sums_of_the_screen(self):
        for key, chosen in self.asked():
            with self.subTest(report=key):
                table = self.table(key, **chosen)
                lines = self.csv(key, **chosen)
                self.assertEqual(
                    len(lines), 1 + len(table.rows) + len(table.total_rows())
                )


@tagged("post_install", "-at_install")
class TestWhoReadsReports(ReportCase):
    def test_only_finance_and_managers(self):
        employee = new_test_user(self.env, "employee", groups="base.group_user")
        for user in (self.nikki, employee, self.customer, self.visitor):
            reports = self.env["bmasia.report"].with_user(user)
            for key, report in reports._reports().items():
                if user.has_group(report._group):
                    continue
                for call in (
                    lambda k=key, r=reports: r.show(k),
                    lambda k=key, r=reports: r._file(k, "csv"),
                ):
                    with self.subTest(user=user.login, report=key):
                        self.assertRaises(AccessError, call)
        for user in (self.pom, self.norbert):
            reports = self.env["bmasia.report"].with_user(user)
            for key in reports._reports():
                self.assertIn("rows", reports.show(key))

    def test_who_may_not_export_prints(self):
        reports = self.env["bmasia.report"].with_user(self.nikki)
        self.assertEqual(reports.show("renewals")["files"], ["pdf"])
        self.assertTrue(reports._file("renewals", "pdf")[0].startswith(b"%PDF"))
        for kind in ("csv", "xlsx"):
            with self.subTest(kind), self.assertRaisesRegex(AccessError, "export"):
                reports._file("renewals", kind)
        files = self.env["bmasia.report"].with_user(self.pom).show("renewals")["files"]
        self.assertEqual(files, ["xlsx", "csv", "pdf"])

    def test_nobody_reads_another_entity(self):
        for role in ("user", "finance", "manager"):
            mine = new_test_user(
                self.env,
                f"thai.{role}@example.com",
                groups=f"bmasia_crm.group_{role}",
                company_id=self.thailand.id,
            )
            reports = self.env["bmasia.report"].with_user(mine)
            for key in reports._reports():
                with self.subTest(role, report=key), self.assertRaises(AccessError):
                    reports.show(key, {"company_id": self.hongkong.id})

    def test_nonsense_is_answered_in_words(self):
        reports = self.env["bmasia.report"].with_user(self.pom)
        for key, chosen in (
            ("nothing", {}),
            (["receivables"], {}),
            ("receivables", {"date": "yesterday"}),
            ("receivables", {"company_id": "x"}),
            ("receivables", [1]),
            ("statement", {"date_from": "2026-02-01", "date_to": "2026-01-01"}),
        ):
            with self.subTest(key=key, chosen=chosen):
                self.assertRaises(UserError, reports.show, key, chosen)

    def test_finance_may_export(self):
        for user in (self.pom, self.norbert):
            self.assertTrue(user.has_group("base.group_allow_export"))
        self.assertFalse(self.nikki.has_group("base.group_allow_export"))


@tagged("post_install", "-at_install")
class TestReportFiles(CrmMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()

    def test_files_come_by_their_address(self):
        self.authenticate(self.pom.login, self.pom.login)
        for kind in ("csv", "xlsx"):
            answer = self.url_open(
                f"/bmasia/reports/receivables.{kind}?date=2026-01-31"
            )
            self.assertEqual(answer.status_code, 200)
            self.assertIn("2026-01-31", answer.headers["Content-Disposition"])
        answer = self.url_open("/bmasia/reports/receivables.csv?date=nonsense")
        self.assertEqual(answer.status_code, 400)
        answer = self.url_open("/bmasia/reports/nothing.csv")
        self.assertEqual(answer.status_code, 400)

    def test_others_get_none(self):
        self.authenticate(self.nikki.login, self.nikki.login)
        answer = self.url_open("/bmasia/reports/receivables.csv")
        self.assertEqual(answer.status_code, 403)
        self.authenticate(None, None)
        answer = self.url_open("/bmasia/reports/receivables.csv", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
