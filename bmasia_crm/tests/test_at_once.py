"""The same thing done twice at once, in real transactions, as by two tabs."""

import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from odoo.addons.bmasia_crm.models import bmasia_contract_billing
from odoo.addons.document_flow.models.document_archived_mixin import (
    DocumentArchivedMixin,
)
from odoo.addons.document_flow.tools import numbering
from odoo.addons.mail_user_smtp.tools.sender import MailSender

WAIT = 60  # seconds until a test of two workers is given up
MODELS = (
    *("bmasia.payment.allocation", "bmasia.receipt", "bmasia.payment"),
    *("bmasia.invoice", "bmasia.contract", "bmasia.quote"),
)

INVOICE = numbering.Codes("INV", "IV")


class AtOnceCase(BaseCase):
    """Real transactions; what they commit is deleted afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        for patcher in (
            patch.object(
                DocumentArchivedMixin, "_render_pdf", lambda document: b"%PDF"
            ),
            # Odoo waits seconds before it runs a transaction again
            patch("odoo.service.model.random.uniform", lambda first, last: 0.02),
        ):
            patcher.start()
            self.addCleanup(patcher.stop)
        self.enterContext(mute_logger("odoo.sql_db", "odoo.service.model"))
        with self.worker() as env:
            self.customer_id = env["bmasia.company"].create({"name": "At Once"}).id
        self.addCleanup(self.clean_up)

    def clean_up(self):
        """What was committed goes, past the guards that keep numbered documents."""
        with self.worker() as env:
            env.cr.execute("DELETE FROM bmasia_booking_request")
            for model in MODELS:
                documents = env[model].search([("customer_id", "=", self.customer_id)])
                for table, key in (
                    ("document_number", "res_model"),
                    ("ir_attachment", "res_model"),
                    ("mail_delivery", "model"),
                    ("mail_message", "model"),
                    ("document_send_request", "res_model"),
                ):
                    env.cr.execute(
                        f"DELETE FROM {table} WHERE {key} = %s AND res_id = ANY(%s)",
                        (model, documents.ids),
                    )
                env.cr.execute(
                    f"DELETE FROM {env[model]._table} WHERE id = ANY(%s)",
                    (documents.ids,),
                )
            env.invalidate_all()
            env["bmasia.company"].browse(self.customer_id).unlink()

    @contextmanager
    def worker(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def at_once(self, *jobs):
        """Do jobs at the same time, all with the same old snapshot.

        Each has a worker, and is run again as Odoo does when it comes too late.

        :param jobs: callables with an environment; a single one is done twice
        :returns: what the jobs returned, or the errors that users would have seen
        """
        jobs = jobs if len(jobs) > 1 else jobs * 2
        start, answers = threading.Barrier(len(jobs)), []

        def work(job):
            with self.worker() as env:
                env.cr.execute("SELECT 1 FROM document_number LIMIT 1")
                start.wait(WAIT)
                try:
                    answers.append(retrying(lambda: job(env), env))
                except UserError as error:
                    env.cr.rollback()
                    answers.append(error)

        threads = [threading.Thread(target=work, args=[job]) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        self.assertEqual(len(answers), len(jobs), "a worker died")
        return answers

    def make(self, model, **values):
        """A committed draft of our customer; its id."""
        line = {"name": "Music", "unit_price": 1000.0}
        with self.worker() as env:
            document = env[model].create(
                {
                    "customer_id": self.customer_id,
                    "line_ids": [Command.create(line)],
                    **values,
                }
            )
            return document.id

    def make_contract(self, **values):
        """A committed active contract, three of whose months are due; its id."""
        start = fields.Date.today() - timedelta(days=75)
        contract_id = self.make(
            "bmasia.contract",
            start_date=start,
            billing_frequency="monthly",
            without_clauses=True,
            **values,
        )
        with self.worker() as env:
            contract = env["bmasia.contract"].browse(contract_id)
            yesterday = fields.Date.today() - timedelta(days=1)
            contract.action_mark_sent(yesterday)
            contract.action_activate(yesterday)
        return contract_id

    def make_invoice(self):
        invoice_id = self.make("bmasia.invoice")
        with self.worker() as env:
            env["bmasia.invoice"].browse(invoice_id).action_issue()
        return invoice_id

    def invoices_by_period(self):
        """How many invoices each period has that one was made for, by what they bill:
        all lines of the same period.
        """
        with self.worker() as env:
            invoices = env["bmasia.invoice"].search(
                [("customer_id", "=", self.customer_id), ("state", "!=", "cancelled")]
            )
            rows = invoices.schedule_ids
            self.assertEqual(rows.invoice_id, invoices, "none is of no period")
            billed = Counter(
                (line.contract_line_id.contract_id.id, note)
                for invoice in invoices
                for line, note in self.lines_with_period(invoice)
            )
            self.assertEqual(len(billed), len(rows))
            return list(billed.values())

    def lines_with_period(self, invoice):
        """Each priced line, with the day on which its period begins."""
        note = str(invoice.period_start)
        for line in invoice.line_ids.sorted("sequence"):
            if line.display_type == "line_note":
                note = line.name
            elif not line.display_type:
                yield line, note


@tagged("post_install", "-at_install")
class TestAtOnce(AtOnceCase):
    def test_two_tabs_convert_a_quote_into_one_contract(self):
        quote_id = self.make("bmasia.quote")
        with self.worker() as env:
            quote = env["bmasia.quote"].browse(quote_id)
            quote.action_mark_sent()
            quote.action_accept()
        answers = self.at_once(
            lambda env: env["bmasia.quote"]
            .browse(quote_id)
            .action_create_contract()["res_id"]
        )
        with self.worker() as env:
            contracts = env["bmasia.quote"].browse(quote_id).contract_ids
            self.assertEqual(answers, [contracts.id] * 2)

    def test_four_calls_send_one_mail_and_three_are_told(self):
        quote_id = self.make("bmasia.quote")
        sender = MailSender(
            True, "ok", "Nikki", "n@example.com", "localhost", "own", "n@example.com"
        )
        has_account = patch.object(
            self.registry["res.users"], "_check_mail_sender", lambda *_args: sender
        )

        def send(env):
            # not OdooBot, who would ask who is responsible
            quote = env["bmasia.quote"].with_user(2).browse(quote_id)
            return quote.send_email(recipients=["a@example.com"])

        with has_account:
            answers = self.at_once(*[send] * 4)
        told = [answer for answer in answers if isinstance(answer, UserError)]
        self.assertEqual(len(told), 3, answers)
        with self.worker() as env:
            quote = env["bmasia.quote"].browse(quote_id)
            self.assertEqual(quote.delivery_ids.mapped("recipient"), ["a@example.com"])

    def test_two_tabs_renew_once_and_revise_once(self):
        contract_id, quote_id = self.make_contract(), self.make("bmasia.quote")
        with self.worker() as env:
            env["bmasia.quote"].browse(quote_id).action_mark_sent()
        renewals = self.at_once(
            lambda env: env["bmasia.contract"]
            .browse(contract_id)
            .action_renew()["res_id"]
        )
        revisions = self.at_once(
            lambda env: env["bmasia.quote"].browse(quote_id).action_revise()["res_id"]
        )
        with self.worker() as env:
            contract = env["bmasia.contract"].browse(contract_id)
            self.assertEqual(renewals, [contract.renewal_ids.id] * 2)
            quote = env["bmasia.quote"].browse(quote_id)
            self.assertEqual(revisions, [quote.revision_ids.id] * 2)

    def test_two_clicks_pay_an_invoice_once(self):
        invoice_id = self.make_invoice()
        answers = self.at_once(
            lambda env: env["bmasia.invoice"]
            .browse(invoice_id)
            .action_register_payment(1000)
        )
        refused = [answer for answer in answers if isinstance(answer, UserError)]
        self.assertEqual(len(refused), 1, answers)
        with self.worker() as env:
            invoice = env["bmasia.invoice"].browse(invoice_id)
            self.assertEqual(len(invoice.payment_ids), 1)
            self.assertEqual(invoice.state, "paid")

    def test_two_calls_with_one_key_book_once(self):
        invoice_id = self.make_invoice()
        answers = self.at_once(
            lambda env: env["bmasia.invoice"]
            .browse(invoice_id)
            .action_register_payment(100, idempotency_key="at once")
        )
        self.assertEqual(answers[0], answers[1])
        with self.worker() as env:
            invoice = env["bmasia.invoice"].browse(invoice_id)
            self.assertEqual(invoice.amount_paid, 100)
            self.assertEqual(len(invoice.payment_ids), 1)

    def test_two_clicks_credit_an_invoice_once(self):
        invoice_id = self.make_invoice()
        answers = self.at_once(
            lambda env: env["bmasia.invoice"]
            .browse(invoice_id)
            .action_credit("Twice")["res_id"]
        )
        with self.worker() as env:
            notes = env["bmasia.invoice"].browse(invoice_id).credit_note_ids
            self.assertEqual(answers, [notes.id] * 2)

    # ------------------------------------------------------------

    def test_crons_and_a_button_at_once_invoice_each_period_once(self):
        contract_ids = [self.make_contract() for _n in range(4)]

        def run(env):
            env["bmasia.contract"]._cron_create_invoices()

        def press(env):
            env["bmasia.contract"].browse(contract_ids).action_create_invoices()

        with patch.object(bmasia_contract_billing, "DUE_BATCH", 1):
            self.at_once(run, run, press)
            # whom a worker left to another one that was refused comes next time
            with self.worker() as env:
                env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(self.invoices_by_period(), [1] * 12)

    def test_crons_and_buttons_at_once_bill_each_period_together_once(self):
        with self.worker() as env:
            customer = env["bmasia.company"].browse(self.customer_id)
            customer.invoicing = "day"
        contract_ids = [self.make_contract() for _n in range(3)]

        def run(env):
            env["bmasia.contract"]._cron_create_invoices()

        def press(env):
            env["bmasia.contract"].browse(contract_ids[2]).action_create_invoices()

        def choose(env):
            contracts = env["bmasia.contract"].browse(contract_ids)
            contracts._rows_due().action_bill()

        with patch.object(bmasia_contract_billing, "DUE_BATCH", 1):
            self.at_once(run, press, run, choose)
            with self.worker() as env:
                env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(self.invoices_by_period(), [1] * 9)
        with self.worker() as env:
            mine = [("customer_id", "=", self.customer_id)]
            invoices = env["bmasia.invoice"].search(mine)
            self.assertEqual([len(i.schedule_ids) for i in invoices], [3] * 3)

    def test_who_shares_an_invoice_with_a_busy_one_waits(self):
        with self.worker() as env:
            env["bmasia.company"].browse(self.customer_id).invoicing = "day"
        busy_id, other_id = (self.make_contract() for _n in range(2))
        with self.worker() as elsewhere, self.worker() as env:
            elsewhere["bmasia.contract"].browse(busy_id).lock_for_update()
            env.cr.execute("SET lock_timeout = '5s'")
            env["bmasia.contract"]._cron_create_invoices()
            env.cr.execute("RESET lock_timeout")
            self.assertFalse(env["bmasia.contract"].browse(other_id).invoice_ids)
        with self.worker() as env:
            env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(self.invoices_by_period(), [1] * 6)

    def test_two_crons_at_once_draft_a_renewal_once(self):
        values = {"term_months": 3, "auto_renew": True}
        contract_ids = [self.make_contract(**values) for _n in range(3)]

        def run(env):
            env["bmasia.contract"]._cron_draft_renewals()

        self.assertEqual(self.at_once(run, run, run), [None] * 3)
        with self.worker() as env:
            for contract in env["bmasia.contract"].browse(contract_ids):
                self.assertEqual(len(contract.renewal_ids), 1)
                self.assertEqual(len(contract.renewal_id.activity_ids), 1)
                contract.renewal_id.unlink()

    def test_a_cron_that_dies_halfway_goes_on_where_it_stopped(self):
        for _n in range(3):
            self.make_contract()
        make, turns = self.registry["bmasia.contract"]._create_due_invoices, iter("123")

        def die_in_the_second_batch(batch):
            made = make(batch)
            if next(turns) == "2":
                raise MemoryError
            return made

        one = patch.object(bmasia_contract_billing, "DUE_BATCH", 1)
        dying = patch.object(
            self.registry["bmasia.contract"],
            "_create_due_invoices",
            die_in_the_second_batch,
        )
        with one, dying, self.assertRaises(MemoryError), self.worker() as env:
            env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(self.invoices_by_period(), [1] * 3)
        with self.worker() as env:
            env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(self.invoices_by_period(), [1] * 9)

    # ------------------------------------------------------------

    def test_tries_at_once_are_counted_one_after_another(self):
        def forget():
            with self.worker() as env:
                env.cr.execute("DELETE FROM document_attempt WHERE what LIKE 'once %'")

        self.addCleanup(forget)
        for each in range(10):

            def once(env, what=f"once {each}"):
                return env["document.attempt"]._allows(what, "somebody", 1, 10)

            answers = self.at_once(*[once] * 4)
            self.assertEqual(sorted(answers), [False, False, False, True])

    def test_eight_workers_issue_without_gap_though_one_fails(self):
        invoice_ids = [self.make("bmasia.invoice") for _n in range(8)]

        def render(document):
            if document.id == invoice_ids[3]:
                raise UserError(document.env._("The printer is on fire."))
            return b"%PDF"

        def issue(invoice_id, env):
            invoice = env["bmasia.invoice"].browse(invoice_id)
            invoice.action_issue()
            return invoice.name

        with patch.object(DocumentArchivedMixin, "_render_pdf", render):
            answers = self.at_once(*(partial(issue, i) for i in invoice_ids))
        numbers = sorted(a for a in answers if isinstance(a, str))
        self.assertEqual(len(numbers), 7, answers)
        values = [numbering.parse(number, [INVOICE])[1] for number in numbers]
        self.assertEqual(values, [*range(values[0], values[0] + 7)])
        with self.worker() as env:
            failed = env["bmasia.invoice"].browse(invoice_ids[3])
            self.assertEqual((failed.name, failed.state), (False, "draft"))
            failed.action_issue()
            self.assertEqual(numbering.parse(failed.name, [INVOICE])[1], values[-1] + 1)
