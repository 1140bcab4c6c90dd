"""Many documents printed into one file by jobs, in the order of the list."""

import base64
import io

from psycopg2.errors import SerializationFailure
from pypdf import PdfReader

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.common import CrmCase
from odoo.addons.bmasia_queue.models import bmasia_print_batch
from odoo.addons.queue_job.exception import RetryableJobError

from .jobs import JobsMixin


@tagged("post_install", "-at_install")
class TestPrintBatch(JobsMixin, CrmCase):
    def setUp(self):
        super().setUp()
        self.patch(bmasia_print_batch, "CHUNK", 2)
        # a real PDF: Odoo's tests print none unless they are asked to, the jobs too
        key = "force_report_rendering"
        self.nikki_env = self.env(user=self.nikki, context={key: True})
        kept = "_job_prepare_context_before_enqueue_keys"
        self.patch(self.registry["bmasia.print.batch"], kept, lambda _batch: (key,))

    def open_for(self, documents):
        batches = self.nikki_env["bmasia.print.batch"]
        action = batches._open_for(documents.with_env(self.nikki_env))
        return batches.browse(action["res_id"])

    def run_all(self):
        """All parts, then the file."""
        self.run_jobs("_print_part")
        self.run_jobs("_join")

    def text_of(self, batch):
        reader = PdfReader(io.BytesIO(base64.b64decode(batch.file)))
        return [page.extract_text() for page in reader.pages]

    def three_quotes(self):
        quotes = [self.quote(self.line(name=f"Music no. {n}")) for n in range(3)]
        return self.env["bmasia.quote"].union(*reversed(quotes))

    def test_one_file_in_the_order_of_the_list(self):
        quotes = self.three_quotes()
        batch = self.open_for(quotes)
        self.assertEqual((batch.name, batch.state), ("3 quotes", "running"))
        self.assertEqual(len(self.jobs("_print_part")), 2)
        self.run_all()
        self.assertEqual((batch.state, batch.progress), ("done", 100))
        pages = "".join(self.text_of(batch))
        places = [pages.index(f"Music no. {n}") for n in (2, 1, 0)]
        self.assertEqual(places, sorted(places))
        self.assertFalse(batch._parts(), "nothing else is left of it")

    def test_parts_that_are_printed_twice_are_there_once(self):
        batch = self.open_for(self.three_quotes())
        jobs = self.jobs("_print_part")
        for job in (*jobs, *jobs):
            self.run_job(job)
        self.assertEqual(len(batch._parts()), 2)
        self.assertEqual(batch.progress, 100)
        self.run_jobs("_join")
        before = batch.file
        self.run_job(self.jobs("_join", state="done"))
        self.assertEqual(batch.file, before)

    def test_the_file_is_made_of_the_parts_not_of_their_sizes(self):
        batch = self.open_for(self.three_quotes())
        self.run_jobs("_print_part")
        batch.with_context(bin_size=True)._join()
        self.assertEqual(len(self.text_of(batch)), 3)

    def test_the_file_waits_for_the_last_part(self):
        batch = self.open_for(self.three_quotes())
        self.run_job(self.jobs("_print_part")[0])
        with self.assertRaises(RetryableJobError) as waiting:
            batch._join()
        self.assertTrue(waiting.exception.ignore_retry)
        self.assertEqual(batch.state, "running")
        self.run_all()
        self.assertEqual(batch.state, "done")

    def test_what_fails_says_why(self):
        quotes = self.three_quotes()
        batch = self.open_for(quotes)
        quotes[0].unlink()
        self.run_all()
        self.assertEqual(batch.state, "failed")
        self.assertTrue(batch.error)
        self.assertFalse(batch.is_moving)
        self.assertFalse(self.jobs(state="failed"))

    def test_what_nobody_foresaw_ends_the_batch_too(self):
        batch = self.open_for(self.three_quotes())
        printer = self.registry["ir.actions.report"]
        self.patch(printer, "_render_qweb_pdf", lambda *_args: 1 / 0)
        with self.assertLogs("odoo.addons.bmasia_queue", "ERROR"):
            self.run_job(self.jobs("_print_part")[0])
        self.assertEqual(batch.state, "failed")
        self.assertIn("ask the administrator", batch.error)
        self.run_all()
        self.assertFalse(self.jobs(state="failed"))

    def test_what_lost_against_another_is_tried_again(self):
        batch = self.open_for(self.three_quotes())

        class Lost(SerializationFailure):
            pgcode = "40001"

        def lose(*_args):
            raise Lost()

        self.patch(self.registry["ir.actions.report"], "_render_qweb_pdf", lose)
        with self.assertRaises(Lost):
            batch._print_part(0)
        self.assertEqual(batch.state, "running")

    def test_in_a_database_that_is_held_nothing_is_printed(self):
        batch = self.open_for(self.three_quotes())
        self.hold()
        self.assertPostponed(self.jobs())
        self.assertFalse(batch._parts())

    def test_who_may_not_read_a_document_prints_none(self):
        quotes = self.three_quotes()
        quotes.sudo().company_id = self.hongkong
        self.nikki.company_ids = self.thailand
        with self.assertRaises(AccessError):
            self.open_for(quotes)

    def test_too_many_for_one_file_are_refused(self):
        self.patch(bmasia_print_batch, "MOST", 2)
        with self.assertRaisesRegex(UserError, "At most 2"):
            self.open_for(self.three_quotes())

    def test_files_are_kept_for_a_week(self):
        batch = self.open_for(self.three_quotes())
        self.run_all()
        batch._gc_old_files()
        self.assertTrue(batch.exists())
        self.env.cr.execute(
            "UPDATE bmasia_print_batch"
            " SET create_date = create_date - INTERVAL '8 days'"
        )
        batch._gc_old_files()
        self.assertFalse(batch.exists())
