"""What Prometheus is told, and that the sample alerts ask for nothing else."""

import re
from datetime import timedelta
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config

from odoo.addons.report_weasyprint.tools.pool import Job

from ..models.bmasia_print_time import BmasiaPrintTime
from .common import HealthCase

ROOT = Path(__file__).parents[3]


@tagged("post_install", "-at_install")
class TestMetrics(HealthCase):
    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM mail_delivery")
        self.env["ir.mail_server"].search([]).write({"active": False})
        self.now = fields.Datetime.now()

    def told(self):
        """``{name: {labels: value}}``"""
        self.env.flush_all()
        text = self.health._metrics().decode()
        return {
            sample.name: {
                tuple(s.labels.values()): s.value
                for s in family.samples
                if s.name == sample.name
            }
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def delivery(self, user=None, seconds=60, **values):
        mail = self.make_mail(to="jane@example.com")
        row = mail._delivery_rows()
        row.write(
            {
                "user_id": (user or self.env.user).id,
                "queued_at": self.now - timedelta(seconds=seconds),
                **values,
            }
        )
        return row

    def test_queue_by_account(self):
        account = self.env["ir.mail_server"].create(
            {
                "name": "nikki@example.com",
                "smtp_host": "relay.example.com",
                "owner_user_id": self.nikki.id,
                "smtp_user": "nikki@example.com",
                "from_filter": "nikki@example.com",
            }
        )
        self.delivery(self.nikki)
        self.delivery(self.nikki, seconds=200)
        later = self.now + timedelta(hours=1)
        self.delivery(state="deferred", mail_server_id=account.id, next_attempt=later)
        self.delivery()
        found = self.told()
        mine = str(account.id)
        self.assertEqual(
            found["bmasia_mail_queue_deliveries"],
            {("0", "queued"): 1, (mine, "queued"): 2, (mine, "deferred"): 1},
        )
        age = found["bmasia_mail_queue_age_seconds"]
        self.assertAlmostEqual(age[mine, "queued"], 200, delta=30)
        self.assertEqual(found["bmasia_mail_due_deliveries"], {(): 3})
        self.assertAlmostEqual(found["bmasia_mail_due_age_seconds"][()], 200, delta=30)
        self.assertEqual(found["bmasia_mail_account"], {(mine, "ok"): 1})

    def test_outcomes_and_times_of_smtp(self):
        for seconds in range(1, 11):
            at = self.now - timedelta(seconds=60)
            sent_at = at + timedelta(seconds=seconds)
            self.delivery(state="sent", handed_at=at, sent_at=sent_at)
        old = self.now - timedelta(hours=2)
        self.delivery(state="sent", handed_at=old, sent_at=old + timedelta(minutes=9))
        self.delivery(state="refused", handed_at=self.now)
        found = self.told()
        self.assertEqual(
            found["bmasia_mail_deliveries_last_hour"],
            {("sent",): 10, ("refused",): 1, ("deferred",): 0, ("unknown",): 0},
        )
        self.assertEqual(found["bmasia_smtp_count"], {(): 10})
        self.assertEqual(
            found["bmasia_smtp_seconds"], {("0.5",): 5, ("0.95",): 10, ("0.99",): 10}
        )

    def test_times_of_prints(self):
        self.assertEqual(self.told()["bmasia_pdf_count"], {(): 0})
        self.registry_enter_test_mode()
        self.patch(BmasiaPrintTime, "_notes_in_tests", True)
        reports = self.env["ir.actions.report"]
        report = reports._get_report("bmasia_crm.report_quote")
        job = Job.document("<p>Quote</p>")
        self.patch(type(reports), "_layout_jobs", lambda self, *_a: [job])
        self.patch(type(reports), "_finish_pdf", lambda self, _report, _doc, pdf: pdf)
        made = reports._weasyprint_pdfs(report, report.report_name, {}, [1, 2, 3])
        self.assertEqual([content[:4] for content in made], [b"%PDF"] * 3)
        self.assertEqual(self.told()["bmasia_pdf_count"], {(): 3})
        self.assertEqual(len(self.told()["bmasia_pdf_seconds"]), 3)

    def test_old_times_are_forgotten(self):
        times = self.env["bmasia.print.time"]
        for hours in (1, 25):
            self.env.cr.execute(
                "INSERT INTO bmasia_print_time (seconds, documents, create_date)"
                " VALUES (1, 1, %s)",
                [self.now - timedelta(hours=hours)],
            )
        times._gc_times()
        self.assertEqual(times.search_count([("create_date", "<", self.now)]), 1)

    def test_jobs_documents_disks_and_versions(self):
        job = self.env.ref("mail_delivery.ir_cron_deliver")
        job.write({"failure_count": 2, "lastcall": self.now})
        self.quote()
        found = self.told()
        name = ("mail_delivery.ir_cron_deliver",)
        self.assertEqual(found["bmasia_job_failures"][name], 2)
        self.assertEqual(found["bmasia_job_active"][name], 1)
        self.assertAlmostEqual(
            found["bmasia_job_last_run_timestamp_seconds"][name],
            self.now.timestamp(),
            delta=24 * 3600,
        )
        self.assertGreater(found["bmasia_documents"]["bmasia_quote",], 0)
        free = found["bmasia_disk_free_bytes"]
        self.assertEqual(set(free), {("data",), ("temporary",)})
        self.assertEqual(found["bmasia_check"]["disk",], 0)
        [labels] = found["bmasia_info"]
        self.assertIn(self.health._versions()["crm"], labels)

    def test_nothing_personal_is_told(self):
        self.delivery(self.nikki)
        self.env["ir.mail_server"].create(
            {
                "name": "nikki@example.com",
                "smtp_host": "relay.example.com",
                "owner_user_id": self.nikki.id,
                "smtp_user": "nikki@example.com",
                "from_filter": "nikki@example.com",
            }
        )
        text = self.health._metrics().decode()
        for word in ("@", "example.com", "Nikki", "nikki", config["data_dir"]):
            self.assertNotIn(word, text)

    def test_alerts_ask_for_metrics_that_there_are(self):
        rules = (ROOT / "config" / "alerts.yml").read_text()
        text = self.health._metrics().decode()
        known = set(re.findall(r"^# TYPE (\w+) ", text, re.M))
        asked = set(re.findall(r"\b(bmasia_\w+)\b", rules))
        self.assertGreater(len(asked), 5)
        self.assertEqual(asked - known, set())
        jobs = set(re.findall(r'job="([\w.]+)"', text))
        for expression in re.findall(r'job="(\w+\.\w+)"', rules):
            self.assertIn(expression, jobs)
