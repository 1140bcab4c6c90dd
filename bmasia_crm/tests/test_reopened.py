"""What was noted by mistake is taken back, as long as nothing follows from it."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CrmCase

WHY = "Noted on the wrong quote"
DAY = timedelta(days=1)


class ReopenedCase(CrmCase):
    def accepted_quote(self, **values):
        quote = self.quote(**values)
        quote.action_mark_sent()
        quote.action_accept()
        return quote

    def declined_quote(self):
        quote = self.quote()
        quote.action_mark_sent()
        quote.action_reject("Too dear")
        return quote

    def signed_amendment(self, contract=None, **values):
        amendment = self.amendment_of(contract, **values)
        amendment.action_mark_sent()
        amendment.action_activate(amendment._today())
        return amendment

    def reopen(self, document, user=None):
        document.with_user(user or self.norbert).action_reopen(WHY)

    def check_refused(self, document, words):
        before = document.state
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            self.reopen(document)
        self.assertEqual(document.state, before)

    def answered(self):
        """One document in each state that is reopened."""
        return (
            self.accepted_quote(),
            self.declined_quote(),
            self.active_contract(),
            self.signed_amendment(),
        )


@tagged("post_install", "-at_install")
class TestReopened(ReopenedCase):
    def test_every_answer_is_taken_back_and_given_anew(self):
        again = {
            "bmasia.quote": lambda quote: quote.action_accept(),
            "bmasia.contract": lambda each: each.action_activate(each._today()),
            "bmasia.amendment": lambda each: each.action_activate(each._today()),
        }
        for document in self.answered():
            with self.subTest(document=document._name, state=document.state):
                number = document.name
                self.reopen(document)
                self.assertEqual((document.state, document.name), ("sent", number))
                for name in document._answer_fields:
                    self.assertFalse(document[name], name)
                bodies = document.message_ids.mapped("body")
                self.assertTrue(any(WHY in body for body in bodies), bodies)
                again[document._name](document)
                self.assertIn(document.state, ("accepted", "active"))

    def test_only_a_manager_reopens_and_only_with_a_reason(self):
        stranger = new_test_user(
            self.env, "elsewhere@example.com", "bmasia_crm.group_manager"
        )
        stranger.write(
            {
                "company_id": self.hongkong.id,
                "company_ids": [Command.set(self.hongkong.ids)],
            }
        )
        for document in self.answered():
            before = document.state
            for user in (self.nikki, self.pom, self.customer, stranger):
                with self.subTest(document=document._name, user=user.name):
                    with self.assertRaises(AccessError), self.env.cr.savepoint():
                        self.reopen(document, user)
            for reason in ("", "  ", None):
                with self.assertRaisesRegex(UserError, "why"):
                    document.with_user(self.norbert).action_reopen(reason)
            self.assertEqual(document.state, before)

    def test_what_was_not_answered_is_not_reopened(self):
        sent = self.quote()
        sent.action_mark_sent()
        over = self.quote()
        over.action_mark_sent()
        over._write_state({"state": "expired"})
        drafts = self.quote(), self.contract(), self.amendment_of()
        for document in (*drafts, sent, over):
            self.check_refused(document, "cannot become")

    def test_a_quote_with_a_contract_stays_until_that_is_gone(self):
        quote = self.accepted_quote()
        quote.action_create_contract()
        contract = quote.contract_id
        self.check_refused(quote, "Delete that draft first")
        contract.without_clauses = True
        contract.action_mark_sent()
        self.check_refused(quote, f"{contract.name} was made from it. Cancel that")
        contract.with_user(self.norbert).action_cancel("Of another quote")
        self.reopen(quote)
        self.assertEqual((quote.state, quote.contract_id.id), ("sent", False))

    def test_a_quote_with_an_amendment_stays(self):
        quote = self.accepted_quote(amends_contract_id=self.active_contract().id)
        quote.action_create_amendment()
        self.check_refused(quote, "Delete that draft first")
        quote.amendment_id.unlink()
        self.reopen(quote)
        self.assertEqual(quote.state, "sent")

    def test_a_quote_that_is_over_is_reopened_and_extended(self):
        quote = self.accepted_quote()
        with freeze_time(quote.valid_until + 3 * DAY):
            self.reopen(quote)
            quote._cron_expire()
            self.assertEqual(quote.state, "expired")
            quote.action_extend(quote._today())
            quote.action_accept()


@tagged("post_install", "-at_install")
class TestReopenedContract(ReopenedCase):
    def test_drafts_of_its_bills_are_taken_back(self):
        contract = self.active_contract(billing_frequency="monthly")
        planned = contract.schedule_ids.mapped("date")
        contract.with_user(self.pom).action_create_invoices()
        draft = contract.invoice_ids
        self.assertEqual(draft.state, "draft")
        self.reopen(contract)
        self.assertFalse(draft.exists())
        self.assertFalse(contract.schedule_ids.invoice_id)
        self.assertEqual(contract.schedule_ids.mapped("date"), planned)
        contract.action_activate(contract._today())
        contract.with_user(self.pom).action_create_invoices()
        self.assertEqual(len(contract.invoice_ids), 1)

    def test_a_bill_stops_it_unless_it_is_cancelled(self):
        contract = self.active_contract()
        contract.with_user(self.pom).action_create_invoices()
        invoice = contract.invoice_ids.with_user(self.pom)
        invoice.action_issue()
        self.check_refused(contract, f"{invoice.name} was made from it")
        invoice.with_user(self.norbert).action_cancel("Not signed after all")
        self.reopen(contract)
        self.assertEqual((contract.state, invoice.state), ("sent", "cancelled"))

    def test_money_stops_it_until_it_is_voided(self):
        contract = self.active_contract()
        answer = (
            self.env["bmasia.payment"]
            .with_user(self.pom)
            .register(
                self.hilton.id,
                contract.company_id.id,
                1000,
                currency_id=contract.currency_id.id,
                allocations=[{"contract_id": contract.id, "amount": 1000}],
            )
        )
        payment = self.env["bmasia.payment"].browse(answer["payment"])
        self.check_refused(contract, "Void that payment first")
        payment.with_user(self.pom).action_void("Of another contract")
        self.reopen(contract)

    def test_a_renewal_an_amendment_a_pause_or_an_end_stops_it(self):
        manager = self.norbert
        contract = self.active_contract().with_user(manager)
        contract.action_renew()
        self.check_refused(contract, "Delete that draft first")
        contract.renewal_id.unlink()
        amendment = self.signed_amendment(contract)
        self.check_refused(contract, f"{amendment.name} was made from it")
        self.reopen(amendment)
        amendment.with_user(manager).action_cancel("No")
        first = contract.start_date
        contract.action_pause(first, first + 3 * DAY, "Works")
        self.check_refused(contract, "Withdraw the pause first")
        contract.pause_ids.action_withdraw()
        contract.action_cancel("Sold", contract.end_date - DAY)
        self.check_refused(contract, "Let it go on first")
        contract.action_take_back_end()
        self.reopen(contract)

    def test_what_it_had_renewed_is_as_it_was(self):
        with freeze_time("2024-01-10 05:00:00"):
            active = self.active_contract(start_date="2024-01-01", term_months=12)
        for today, before in (("2025-01-01", "expired"), ("2024-12-31", "active")):
            with self.subTest(before), freeze_time(f"{today} 05:00:00"):
                renewal = active.browse(active.action_renew()["res_id"])
                renewal.write({"without_clauses": True, "start_date": today})
                renewal.action_mark_sent()
                renewal.action_activate(today)
                self.assertEqual(active.state, "renewed")
                self.reopen(renewal)
                self.assertEqual(active.state, before)
                self.assertEqual(active.renewal_state, "talks")
                renewal.action_activate(today)
                self.assertEqual(active.state, "renewed")
                self.reopen(renewal)
                renewal.with_user(self.norbert).action_cancel("No")
                active._write_state({"state": "active"})

    def test_an_expired_contract_with_a_wrong_term_is_put_right(self):
        with freeze_time("2024-01-10 05:00:00"):
            contract = self.active_contract(start_date="2024-01-01", term_months=12)
        with freeze_time("2025-01-02 05:00:00"):
            contract._cron_follow_dates()
            self.assertEqual(contract.state, "expired")
            # the cron drafted its bill
            self.reopen(contract)
            contract.term_months = 24
            contract.action_activate("2024-01-10")
            self.assertEqual(contract.state, "active")


@tagged("post_install", "-at_install")
class TestReopenedAmendment(ReopenedCase):
    def plan(self, contract):
        rows = contract.schedule_ids.sorted("period_start")
        return rows.mapped(lambda row: (row.date, row.kind, row.amount_untaxed))

    def test_the_contract_is_as_before_also_after_its_day(self):
        contract = self.active_contract(billing_frequency="monthly")
        lines, plan = contract.service_line_ids, self.plan(contract)
        amendment = self.signed_amendment(contract)
        self.assertNotEqual(self.plan(contract), plan)
        self.reopen(amendment)
        self.assertEqual(contract.service_line_ids, lines)
        self.assertEqual(self.plan(contract), plan)
        amendment.action_activate(amendment._today())
        self.assertEqual(len(contract.service_line_ids), 2)

    def test_what_was_billed_of_it_stays(self):
        amendment = self.signed_amendment()
        contract = amendment.contract_id
        contract.with_user(self.pom).action_create_invoices()
        contract.invoice_ids.with_user(self.pom).action_issue()
        self.check_refused(amendment, "has billed")

    def test_what_was_built_on_it_stays(self):
        amendment = self.signed_amendment()
        contract = amendment.contract_id
        renewal = contract.browse(contract.action_renew()["res_id"])
        self.check_refused(amendment, "Delete that draft first")
        renewal.unlink()
        brought = contract.service_line_ids - contract.line_ids
        change = {"action": "remove", "contract_line_id": brought.id, "name": "x"}
        later = self.signed_amendment(contract, line_ids=[Command.create(change)])
        self.check_refused(amendment, "Cancel that one first")
        self.reopen(later)
        later.with_user(self.norbert).action_cancel("No")
        self.reopen(amendment)


@tagged("post_install", "-at_install")
class TestDays(ReopenedCase):
    """Accepted, declined, signed, sent: each with its day, today unless said."""

    def sent(self, make):
        with freeze_time("2026-03-02 05:00:00"):
            document = make()
            document.action_mark_sent()
        return document

    def answers(self):
        """How each answer is noted, of what, and where its day stands."""
        return (
            (self.quote, lambda d, day: d.action_accept(day), "accepted_date"),
            (self.quote, lambda d, day: d.action_reject("x", day), "rejected_date"),
            (self.contract, lambda d, day: d.action_activate(day), "signed_date"),
            (self.amendment_of, lambda d, day: d.action_activate(day), "signed_date"),
        )

    def test_the_day_is_between_the_mail_and_today(self):
        for make, answer, field in self.answers():
            document = self.sent(make)
            with freeze_time("2026-03-09 05:00:00"), self.subTest(field, doc=document):
                for day, words in (
                    ("2026-03-10", "still to come"),
                    ("2026-03-01", "was sent on"),
                    ("soon", "is not a date"),
                ):
                    with self.assertRaisesRegex(UserError, words):
                        answer(document, day)
                    self.assertEqual(document.state, "sent")
                answer(document, "2026-03-02")
                self.assertEqual(str(document[field]), "2026-03-02")

    def test_today_is_proposed_and_is_the_entitys(self):
        with freeze_time("2026-03-02 20:00:00"):  # the third in Bangkok
            quotes = [self.quote(), self.quote()]
            for quote in quotes:
                quote.action_mark_sent()
            quotes[0].action_accept()
            quotes[1].action_reject("Too dear")
            self.assertEqual(str(quotes[0].accepted_date), "2026-03-03")
            self.assertEqual(str(quotes[1].rejected_date), "2026-03-03")

    def test_what_was_handed_over_has_its_day(self):
        with freeze_time("2026-03-09 05:00:00"):
            for make in (self.quote, self.contract, self.amendment_of, self.invoice):
                document = make()
                with self.assertRaisesRegex(UserError, "still to come"):
                    document.action_mark_sent("2026-03-10")
                self.assertFalse(document.name)
                if make == self.invoice:
                    document.action_issue()
                    with self.assertRaisesRegex(UserError, "is of"):
                        document.action_mark_sent("2026-03-08")
                    document.action_mark_sent("2026-03-09")
                    continue
                document.action_mark_sent("2026-03-06")
                sent = document.company_id._local_day(document.sent_date)
                self.assertEqual(str(sent), "2026-03-06")

    def test_a_draft_with_a_number_that_is_given_up_is_declined(self):
        quote = self.quote()
        with self.assertRaisesRegex(UserError, "never got a number"):
            quote.action_reject("They went elsewhere")
        quote._assign_number()
        quote.action_reject("They went elsewhere")
        self.assertEqual(quote.state, "rejected")

    def test_what_has_no_last_day_is_not_given_one(self):
        quote = self.quote(valid_until=False)
        quote.action_mark_sent()
        with self.assertRaisesRegex(UserError, "at any time"):
            quote.action_extend(quote._today() + DAY)
