import threading
from contextlib import contextmanager
from datetime import date

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from odoo.addons.document_flow.tools import numbering

from .common import CrmCase

NOON = "2026-03-05 05:00:00"  # in Bangkok


@tagged("post_install", "-at_install")
class TestNumbers(CrmCase):
    @freeze_time(NOON)
    def test_a_draft_has_no_number_and_a_name_all_the_same(self):
        quote = self.quote()
        self.assertFalse(quote.name)
        self.assertEqual(quote.display_name, "Draft quote · Hilton Pattaya")
        quote.action_mark_sent()
        self.assertEqual(quote.name, "Q-2026-0305-001")
        self.assertEqual(quote.display_name, "Q-2026-0305-001")

    @freeze_time(NOON)
    def test_the_daily_series_is_shared_by_both_entities(self):
        first = self.quote()
        second = self.quote(company_id=self.hongkong.id)
        (first | second).action_mark_sent()
        self.assertEqual(second.name, "Q-2026-0305-002")

    @freeze_time("2026-12-31 17:30:00")
    def test_the_day_is_the_one_at_the_entity_desk(self):
        quote = self.quote()
        quote.action_mark_sent()
        self.assertEqual(quote.name, "Q-2027-0101-001")

    @freeze_time(NOON)
    def test_finance_gets_series_per_entity_and_year(self):
        self.thailand.number_preset = "year"
        self.hongkong.number_preset = "year"
        documents = (
            self.quote(),
            self.contract(),
            self.quote(company_id=self.hongkong.id),
        )
        for document in documents:
            document.action_mark_sent()
        invoice = self.issued_invoice()
        names = [document.name for document in (*documents, invoice)]
        self.assertEqual(
            names, ["TH-QT26001", "TH-CT26001", "HK-QT26001", "TH-IV26001"]
        )

    @freeze_time(NOON)
    def test_each_kind_of_document_counts_for_itself(self):
        invoice = self.issued_invoice()
        proforma = self.issued_invoice(kind="proforma")
        self.assertEqual(invoice.name, "INV-TH-2026-0305-001")
        self.assertEqual(proforma.name, "PF-2026-0305-001")
        invoice.action_register_payment(invoice.amount_due)
        self.assertEqual(invoice.receipt_ids.name, "REC-TH-2026-0305-001")
        for credited, number in (
            (invoice, "CN-TH-2026-0305-001"),
            (self.issued_invoice(), "ADJ-TH-2026-0305-001"),  # nobody paid it
        ):
            credited.action_credit("Wrong hotel", ground="not_as_agreed")
            credited.credit_note_ids.action_issue()
            self.assertEqual(credited.credit_note_ids.name, number)

    def test_a_number_is_given_once_and_never_typed(self):
        quote = self.quote()
        with self.assertRaisesRegex(UserError, "assigned by the system"):
            quote.name = "Q-2026-0101-777"
        with self.assertRaisesRegex(UserError, "assigned by the system"):
            self.quote(name="Q-2026-0101-777")
        quote.action_mark_sent()
        number = quote.name
        quote.action_mark_sent()
        self.assertEqual(quote.name, number)
        for value in ("Q-2026-0101-778", False):
            with self.assertRaises(UserError):
                quote.name = value
        with self.assertRaises(UserError):
            quote.sudo().name = "Q-2026-0101-778"

    @freeze_time(NOON)
    def test_a_series_goes_on_behind_imported_numbers(self):
        imported = self.make("bmasia.quote").sudo()
        imported.name = "Q-2026-0305-426"
        quote = self.quote()
        quote.action_mark_sent()
        self.assertEqual(quote.name, "Q-2026-0305-427")
        foreign = self.make("bmasia.quote").sudo()
        foreign.name = "BMAL-26-C-0866"
        self.assertEqual(foreign.name, "BMAL-26-C-0866")

    @freeze_time(NOON)
    def test_what_is_undone_leaves_no_gap(self):
        with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
            self.quote().action_mark_sent()
            raise ZeroDivisionError
        quote = self.quote()
        quote.action_mark_sent()
        self.assertEqual(quote.name, "Q-2026-0305-001")

    def test_what_was_numbered_is_not_deleted(self):
        quote = self.quote()
        quote.action_mark_sent()
        with self.assertRaisesRegex(UserError, "has a number"):
            quote.unlink()
        with self.assertRaisesRegex(UserError, "has a number"):
            quote.sudo().unlink()
        self.quote().unlink()

    def test_the_form_of_numbers_is_finance_s_and_fixed_by_the_first_one(self):
        self.nikki.group_ids += self.env.ref("base.group_erp_manager")
        with self.assertRaisesRegex(UserError, "Finance owns"):
            self.thailand.with_user(self.nikki).number_preset = "year"
        thailand = self.thailand.with_user(self.pom)
        self.assertIn("INV-", thailand.number_example)
        thailand.number_preset = "year"
        self.assertIn("TH-IV", thailand.number_example)
        thailand.number_preset = "day"
        self.assertFalse(thailand.numbers_given)
        self.quote().action_mark_sent()
        for user in (self.pom, self.norbert, self.env.ref("base.user_root")):
            with self.assertRaisesRegex(UserError, "given already"):
                self.thailand.with_user(user).number_preset = "year"
        thailand.invalidate_recordset()
        self.assertTrue(thailand.numbers_given)
        self.hongkong.with_user(self.pom).number_preset = "year"

    def test_two_entities_do_not_share_a_code(self):
        twice = self.assertRaisesRegex(Exception, "res_company")
        with twice, mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.hongkong.entity_code = "TH"
            self.env.flush_all()

    def test_numbers_per_entity_need_a_code(self):
        for code in (False, "T", "T1", "th"):
            with self.subTest(code), self.assertRaises(ValidationError):
                self.hongkong.write({"number_preset": "year", "entity_code": code})

    def test_a_series_outgrows_three_digits(self):
        codes = numbering.Codes("Q", "QT")
        prefix = numbering.series("year", codes, "TH", date(2026, 1, 1))
        self.assertEqual(
            numbering.parse(numbering.numbered(prefix, 1234), [codes]), (prefix, 1234)
        )


@tagged("post_install", "-at_install")
class TestManyAtOnce(BaseCase):
    """Real transactions, as eight workers make them; nothing stays behind."""

    SERIES = "TEST-SERIES-"

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self.clean_up)

    def clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM document_number WHERE series = %s", (self.SERIES,))

    @contextmanager
    def worker(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def take(self, env):
        """The next number of the test's series, for any document that there is."""
        numbers = env["document.number"]
        first = numbers._last_value(self.SERIES) + 1
        document = env["res.users"].browse(SUPERUSER_ID)
        for value in range(first, first + 50):
            if numbers._insert_number(document, "quote", self.SERIES, value):
                return value
        raise AssertionError("no number")

    def test_eight_workers_get_eight_numbers_without_gap_or_retry(self):
        start, taken, failures = threading.Barrier(8), [], []

        def work():
            try:
                with self.worker() as env:
                    # Everybody's snapshot is older than the first number.
                    env.cr.execute("SELECT 1 FROM document_number LIMIT 1")
                    start.wait(20)
                    taken.append(self.take(env))
            except SerializationFailure as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(failures, [])
        self.assertEqual(sorted(taken), list(range(1, 9)))

    def test_a_number_that_is_rolled_back_goes_to_who_waited_for_it(self):
        got, waiting = [], threading.Event()

        def wait_for_it():
            with self.worker() as env:
                waiting.set()
                got.append(self.take(env))

        with self.worker() as env:
            self.assertEqual(self.take(env), 1)
            other = threading.Thread(target=wait_for_it)
            other.start()
            waiting.wait(20)
            other.join(0.3)
            self.assertEqual(got, [], "it did not wait")
            env.cr.rollback()
        other.join(20)
        self.assertEqual(got, [1])
