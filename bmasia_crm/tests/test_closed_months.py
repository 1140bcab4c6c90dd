"""Books up to ``res.company.lock_date`` are closed, on every way and for everybody."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmCase

NOON = "2026-11-28 05:00:00"  # in Bangkok
OCTOBER = date(2026, 10, 31)
IN_OCTOBER = date(2026, 10, 15)
LATER = {"issue_date": "2026-11-02"}


class ClosedCase(CrmCase):
    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOON))

    def close(self, day=OCTOBER):
        self.thailand.with_user(self.pom).lock_date = day

    def people(self):
        return (*(self.pom, self.norbert), self.env.ref("base.user_root"))


@tagged("post_install", "-at_install")
class TestWhoCloses(ClosedCase):
    def test_finance_closes_and_only_managers_reopen_with_a_reason(self):
        mine = self.thailand.with_user
        for user in (self.nikki, self.customer, self.visitor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                mine(user).lock_date = OCTOBER
        mine(self.pom).lock_date = OCTOBER
        for earlier in (date(2026, 9, 30), False):
            for user in (self.nikki, self.pom, self.customer, self.visitor):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    mine(user).write({"lock_date": earlier, "lock_reason": "Why not"})
            for blank in ({}, {"lock_reason": " "}, {"lock_reason": False}):
                with self.assertRaisesRegex(UserError, "say why"):
                    mine(self.norbert).write({"lock_date": earlier, **blank})
            self.assertEqual(self.thailand.lock_date, OCTOBER)
        mine(self.norbert).write({"lock_date": False, "lock_reason": "Typo in October"})
        self.assertFalse(self.thailand.lock_date)
        self.assertFalse(self.hongkong.lock_date)

    def test_not_even_the_system_reopens_without_a_reason(self):
        self.close()
        with self.assertRaisesRegex(UserError, "say why"):
            self.thailand.sudo().lock_date = False

    def test_each_change_is_logged_for_good(self):
        self.close()
        self.thailand.with_user(self.norbert).write(
            {"lock_date": "2026-09-30", "lock_reason": "A receipt was forgotten"}
        )
        reopened, closed = self.thailand.lock_log_ids
        self.assertEqual((closed.date_before, closed.date_after), (False, OCTOBER))
        self.assertEqual(closed.create_uid, self.pom)
        self.assertEqual(reopened.date_after, date(2026, 9, 30))
        self.assertEqual(reopened.reason, "A receipt was forgotten")
        self.assertEqual(reopened.create_uid, self.norbert)
        for attempt in (
            lambda log: log.write({"reason": "x"}),
            lambda log: log.unlink(),
            lambda log: log.create({"company_id": self.thailand.id}),
        ):
            for user in (self.pom, self.norbert):
                with self.assertRaises(AccessError):
                    attempt(reopened.with_user(user))

    def test_the_same_day_again_is_no_change(self):
        self.close()
        self.close()
        self.assertEqual(len(self.thailand.lock_log_ids), 1)

    def test_days_to_come_are_not_closed(self):
        with self.assertRaisesRegex(UserError, "still to come"):
            self.close(date(2026, 11, 29))
        self.close(date(2026, 11, 28))

    def test_a_new_entity_may_be_closed_from_the_start(self):
        company = self.env["res.company"].create(
            {"name": "Third", "entity_code": "TR", "lock_date": OCTOBER}
        )
        self.assertEqual(company.lock_date, OCTOBER)
        self.assertTrue(company.lock_log_ids)

    def test_finance_writes_nothing_else_of_an_entity_along(self):
        with self.assertRaises(AccessError):
            self.thailand.with_user(self.pom).write(
                {"lock_date": OCTOBER, "vat": "000"}
            )
        self.assertFalse(self.thailand.lock_date)


@tagged("post_install", "-at_install")
class TestNothingIsDatedInAClosedMonth(ClosedCase):
    def assertClosed(self, act, *arguments, **values):
        with self.assertRaisesRegex(UserError, "is closed"), self.cr.savepoint():
            act(*arguments, **values)

    def test_no_way_leads_a_document_into_it(self):
        """Each kind of document that counts on a day: created, dated, issued."""
        drafts = {user: self.invoice() for user in self.people()}
        dated = {user: self.invoice(issue_date=IN_OCTOBER) for user in self.people()}
        self.close()
        for user, draft in drafts.items():
            with self.subTest(user.login):
                draft = draft.with_user(user)
                self.assertClosed(draft.write, {"issue_date": OCTOBER})
                self.assertClosed(dated[user].with_user(user).action_issue)
                self.assertClosed(dated[user].with_user(user).action_mark_sent)
                self.assertFalse(dated[user].name)
                draft.action_issue()
                self.assertTrue(draft.name)
        self.assertEqual(self.invoice(issue_date="2026-11-01").state, "draft")

    def test_a_proforma_asks_for_nothing_and_is_not_held_up(self):
        self.close()
        proforma = self.issued_invoice(kind="proforma", issue_date=IN_OCTOBER)
        self.assertTrue(proforma.name)

    def test_a_credit_note_is_not_dated_there(self):
        invoice = self.issued_invoice(issue_date=IN_OCTOBER)
        self.close()
        invoice.action_credit("Closed hotel")
        note = invoice.credit_note_ids
        self.assertClosed(lambda: note.write({"issue_date": OCTOBER}))
        note.issue_date = False
        note.action_issue()
        self.assertEqual(note.issue_date, date(2026, 11, 28))

    def test_no_money_is_registered_there(self):
        invoice = self.issued_invoice(issue_date=IN_OCTOBER)
        self.close()
        for user in self.people():
            register = invoice.with_user(user).action_register_payment
            with self.subTest(user.login):
                self.assertClosed(register, 10, date="2026-10-31")
        self.assertFalse(invoice.amount_paid)
        invoice.action_register_payment(10, date="2026-11-01")
        self.assertEqual(invoice.amount_paid, 10)

    def test_a_cheque_that_was_expected_is_not_booked_there(self):
        """Also one that was noted on the very day, before the month was closed."""
        payments = self.env["bmasia.payment"].with_user(self.pom)
        said = {"amount": 70, "date": IN_OCTOBER, "cheque_date": "2026-12-20"}
        bill = self.invoice(issue_date=IN_OCTOBER)
        bill.action_issue()
        for uses in ([], [{"invoice_id": bill.id}]):
            answer = payments.register(
                self.hilton.id, self.thailand.id, allocations=uses, **said
            )
            cheque = payments.browse(answer["payment"])
            with self.subTest(uses=uses), self.cr.savepoint() as here:
                self.close()
                for user in self.people():
                    self.assertClosed(cheque.with_user(user).action_book, IN_OCTOBER)
                cheque.action_void("It never came")
                self.assertEqual(cheque.state, "voided")
                here.rollback()
            cheque.invalidate_recordset()
            cheque.action_book("2026-11-20")
            self.assertEqual(str(cheque.date), "2026-11-20")

    def test_what_counts_there_keeps_its_day(self):
        invoice = self.issued_invoice(issue_date=IN_OCTOBER)
        self.close()
        for user in self.people():
            for day in ("2026-10-16", "2026-11-02", False):
                with self.subTest(user.login, day=day), self.assertRaises(UserError):
                    with self.cr.savepoint():
                        invoice.with_user(user).sudo().issue_date = day
        self.assertEqual(invoice.issue_date, IN_OCTOBER)

    def test_nothing_that_counts_there_is_deleted(self):
        invoice = self.issued_invoice(issue_date=IN_OCTOBER)
        invoice.action_register_payment(10, date="2026-10-20")
        self.close()
        counted = (invoice, invoice.payment_ids, invoice.allocation_ids)
        for record in (*counted, invoice.receipt_ids):
            with self.subTest(record._name), self.assertRaises(UserError):
                record.sudo().unlink()

    def test_finance_voids_no_payment_of_it_and_a_manager_does(self):
        invoice = self.issued_invoice(issue_date=IN_OCTOBER)
        for reference in ("A", "B"):
            invoice.action_register_payment(10, date="2026-10-20", reference=reference)
        first, second = invoice.payment_ids.sorted("id")
        self.close()
        for record in (first, first.receipt_ids):
            with self.assertRaisesRegex(UserError, "A manager takes it back"):
                record.with_user(self.pom).action_void("Bounced")
        self.assertEqual(first.state, "booked")
        first.with_user(self.norbert).action_void("Bounced")
        second.receipt_ids.with_user(self.norbert).action_void("Typo")
        self.assertEqual(invoice.amount_paid, 0)

    def test_what_is_issued_anew_keeps_the_day_of_the_original(self):
        """It changes no sum of the month that was reported."""
        invoice = self.issued_invoice(issue_date=IN_OCTOBER)
        invoice.action_register_payment(10, date="2026-10-20")
        original = invoice.receipt_ids.sudo()
        self.close()
        again = original.copy({"date": original.date, "replaces_id": original.id})
        again._assign_number()
        self.assertEqual(again.name, "REC-TH-2026-1020-002")
        moved = original.copy({"date": "2026-10-21", "replaces_id": original.id})
        self.assertClosed(moved._assign_number)

    def test_money_of_it_is_used_on_a_later_day(self):
        invoice = self.issued_invoice(issue_date=IN_OCTOBER)
        answer = (
            self.env["bmasia.payment"]
            .with_user(self.pom)
            .register(self.hilton.id, self.thailand.id, 10, "2026-10-20")
        )
        payment = (
            self.env["bmasia.payment"].with_user(self.pom).browse(answer["payment"])
        )
        self.close()
        use = {"invoice_id": invoice.id}
        self.assertClosed(lambda: payment.action_allocate([use]))
        payment.action_allocate([{**use, "date": "2026-11-02"}])
        self.assertEqual(str(invoice.receipt_ids.date), "2026-11-02")

    def test_a_manager_alone_takes_back_what_counts_there(self):
        invoice = self.issued_invoice(issue_date=IN_OCTOBER)
        self.close()
        with self.assertRaisesRegex(UserError, "A manager takes it back"):
            invoice.with_user(self.pom)._check_may_undo()
        invoice.with_user(self.norbert).action_cancel("Wrong hotel")
        self.assertEqual(invoice.state, "cancelled")

    def test_another_entity_is_open(self):
        self.close()
        invoice = self.issued_invoice(
            company_id=self.hongkong.id, issue_date=IN_OCTOBER
        )
        self.assertTrue(invoice.name)

    def test_a_draft_that_was_numbered_before_is_not_issued_after(self):
        draft = self.invoice(issue_date=IN_OCTOBER)
        draft._assign_number()
        self.close()
        self.assertClosed(draft.action_issue)
        self.assertEqual(draft.state, "draft")

    def test_a_draft_that_was_numbered_there_says_what_to_do(self):
        draft = self.invoice(issue_date=IN_OCTOBER)
        draft._assign_number()
        self.close()
        for user in self.people():
            mine = draft.with_user(user)
            for attempt in (mine.action_issue, lambda d=mine: d.write(LATER)):
                with self.subTest(user.login), self.cr.savepoint():
                    with self.assertRaisesRegex(UserError, "A manager cancels it"):
                        attempt()
        self.assertEqual((draft.state, draft.issue_date), ("draft", IN_OCTOBER))

    def test_a_draft_that_was_numbered_there_is_cancelled_and_counts_nowhere(self):
        draft = self.invoice(issue_date=IN_OCTOBER)
        draft._assign_number()
        number = draft.name
        self.close()
        with self.assertRaises(AccessError):
            draft.with_user(self.pom).action_cancel("Never issued")
        draft.with_user(self.norbert).action_cancel("Never issued")
        self.assertEqual((draft.state, draft.name), ("cancelled", number))
        report = self.env["bmasia.report.journal"]
        days = {"date_from": "2026-10-01", "date_to": "2026-11-28"}
        chosen = report._read_chosen({**days, "company_id": self.thailand.id})
        self.assertFalse(report._build(chosen).rows, "never issued, it is in no month")
        again = self.invoice()
        again.action_issue()
        self.assertNotEqual(again.name, number)

    def test_a_draft_that_was_numbered_there_is_issued_once_it_is_reopened(self):
        draft = self.invoice(issue_date=IN_OCTOBER)
        draft._assign_number()
        self.close()
        self.thailand.with_user(self.norbert).write(
            {"lock_date": False, "lock_reason": "A numbered draft"}
        )
        draft.action_issue()
        self.assertEqual((draft.state, draft.issue_date), ("issued", IN_OCTOBER))

    def test_every_model_that_counts_on_a_day_keeps_to_it(self):
        """The next one has the mixin, or is named here with its reason."""
        names = self.registry.descendants(["bmasia.closed.mixin"], "_inherit")
        found = {n for n in names if not self.env[n]._abstract}
        self.assertLessEqual(
            {"bmasia.invoice", "bmasia.payment", "bmasia.receipt"}, found
        )
        for name in found:
            field = self.env[name]._fields[self.env[name]._booked_day_field]
            self.assertEqual((field.type, field.store), ("date", True), name)
