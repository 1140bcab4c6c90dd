"""A billing run as jobs: each period is invoiced once."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.bmasia_crm.models import bmasia_contract_billing
from odoo.addons.bmasia_crm.tests.common import CrmCase

from .jobs import JobsMixin

NOON = "2026-03-05 05:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestBillingJobs(JobsMixin, CrmCase):
    def due_contracts(self, count=3):
        return self.env["bmasia.contract"].union(
            *(
                self.active_contract(
                    start_date="2026-01-01", billing_frequency="monthly"
                )
                for _n in range(count)
            )
        )

    def come_again(self):
        with patch.object(bmasia_contract_billing, "DUE_BATCH", 2):
            self.env["bmasia.contract"]._cron_create_invoices()

    def test_each_batch_of_contracts_is_a_job(self):
        contracts = self.due_contracts()
        self.come_again()
        self.assertFalse(contracts.invoice_ids)
        jobs = self.jobs()
        self.assertEqual(jobs.mapped("method_name"), ["_invoice_free"] * 2)
        self.assertEqual(set(jobs.mapped("channel")), {"root.billing"})
        self.run_jobs()
        self.assertEqual([len(c.invoice_ids) for c in contracts], [3] * 3)

    def test_jobs_that_are_run_twice_invoice_once(self):
        contracts = self.due_contracts()
        self.come_again()
        self.come_again()
        jobs = self.jobs()
        self.assertEqual(len(jobs), 2, "a second run makes no second job")
        for job in (*jobs, *jobs):
            self.run_job(job)
        self.come_again()
        self.run_jobs()
        self.assertEqual([len(c.invoice_ids) for c in contracts], [3] * 3)

    def test_in_a_database_that_is_held_nothing_is_invoiced(self):
        contracts = self.due_contracts(1)
        self.come_again()
        self.hold()
        self.assertPostponed(self.jobs())
        self.assertFalse(contracts.invoice_ids)
        self.env["mail.hold"]._release(True)
        self.run_jobs()
        self.assertEqual(len(contracts.invoice_ids), 3)
