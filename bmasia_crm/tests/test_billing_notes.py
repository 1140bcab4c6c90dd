"""A billing note lists a customer's open invoices of one entity and currency."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import CrmCase, SendingCase
from .documents import DocumentCase


class NoteMixin:
    def note(self, user=None, **values):
        notes = self.env["bmasia.billing.note"].with_user(user or self.pom)
        return notes.create({"customer_id": self.hilton.id, **values})


@tagged("post_install", "-at_install")
class TestBillingNote(NoteMixin, CrmCase):
    def setUp(self):
        super().setUp()
        self.first = self.issued_invoice(self.line(price=10000))
        self.second = self.issued_invoice(self.line(price=2000))

    def test_it_lists_what_is_open_with_what_is_due_of_it(self):
        other = self.make_company("Marriott", country="base.th")
        self.issued_invoice(customer_id=other.id)
        self.issued_invoice(currency_id=self.currency("USD").id)
        self.issued_invoice(company_id=self.hongkong.id)
        self.invoice()
        self.issued_invoice(self.line(price=7)).action_dispute("Never ordered")
        self.first.action_register_payment(700)
        note = self.note()
        self.assertEqual(note.line_ids.invoice_id, self.first | self.second)
        self.assertEqual(note.line_ids.mapped("amount"), [10000, 2140])
        self.assertEqual(note.amount_total, 12140)

    def test_the_screen_lists_them_as_soon_as_the_customer_is_chosen(self):
        form = Form(self.env["bmasia.billing.note"].with_user(self.pom))
        form.customer_id = self.hilton
        self.assertEqual(len(form.line_ids), 2)
        note = form.save()
        self.assertEqual(note.amount_total, 12840)
        note.line_ids[0].unlink()
        note.action_fill()
        self.assertEqual(len(note.line_ids), 2)

    def test_the_customers_calendar_gives_the_days(self):
        self.hilton.write(
            {
                "billing_first": 1,
                "billing_last": 10,
                "cheque_week": "last",
                "cheque_weekday": "4",
            }
        )
        for invoice in (self.first | self.second).sudo():
            invoice._write_state({"issue_date": "2026-11-12", "due_date": "2026-12-20"})
        note = self.note(date="2026-11-12")
        self.assertEqual(note.billing_date, date(2026, 12, 1))
        self.assertEqual(note.payment_date, date(2026, 12, 25))

    def test_an_invoice_is_on_one_note_at_a_time(self):
        note = self.note()
        self.assertFalse(self.note().line_ids)
        line = Command.create({"invoice_id": self.first.id})
        with self.assertRaises(ValidationError) as refused:
            self.note(line_ids=[line])
        self.assertIn("Cancel that one", str(refused.exception))
        note.action_mark_sent()
        self.assertRegex(note.name, r"^BN-")
        with self.assertRaisesRegex(UserError, "Say why"):
            note.action_cancel("")
        note.action_cancel("The day was missed")
        self.assertEqual(self.note().amount_total, 12840)

    def test_what_was_billed_stays_and_what_is_due_follows(self):
        note = self.note()
        note.action_mark_sent()
        with self.assertRaisesRegex(UserError, "no longer a draft"):
            note.line_ids[0].unlink()
        with self.assertRaisesRegex(UserError, "no longer a draft"):
            note.payment_date = "2030-01-01"
        self.first.action_register_payment(700)
        self.assertEqual((note.amount_total, note.amount_due), (12840, 12140))

    def test_it_does_not_leave_with_amounts_that_have_changed(self):
        note = self.note()
        self.first.action_register_payment(700)
        with self.assertRaisesRegex(UserError, "has changed"):
            note.action_mark_sent()
        note.action_fill()
        note.action_mark_sent()
        self.assertEqual(note.amount_total, 12140)

    def test_an_empty_one_is_not_sent(self):
        note = self.note(line_ids=[])
        with self.assertRaisesRegex(UserError, "no invoices yet"):
            note.action_mark_sent()
        other = self.make_company("Marriott")
        with self.assertRaisesRegex(UserError, "no open invoice"):
            self.note(customer_id=other.id).action_fill()

    def test_only_what_belongs_together(self):
        other = self.make_company("Marriott", country="base.th")
        dollars = {"currency_id": self.currency("USD").id}
        for invoice, words in (
            (self.issued_invoice(customer_id=other.id), "a billing note of its own"),
            (self.issued_invoice(**dollars), "a billing note of its own"),
            (self.issued_invoice(kind="proforma"), "is not to be paid"),
            (self.invoice(), None),
        ):
            line = Command.create({"invoice_id": invoice.id})
            if words:
                with self.assertRaises(ValidationError) as refused:
                    self.note(line_ids=[line])
                self.assertIn(words, str(refused.exception))
            else:
                with self.assertRaises(UserError):
                    self.note(line_ids=[line]).action_mark_sent()

    def test_days_out_of_order_are_refused(self):
        for values in (
            {"date": "2026-11-10", "billing_date": "2026-11-09"},
            {"date": "2026-11-10", "payment_date": "2026-11-09"},
        ):
            with self.assertRaises(ValidationError):
                self.note(**values)

    def test_each_role_has_its_rights(self):
        note = self.note()
        note.action_mark_sent()
        draft = self.note(line_ids=[])
        abroad = new_test_user(
            self.env,
            "hk@example.com",
            groups="bmasia_crm.group_finance",
            company_id=self.hongkong.id,
            company_ids=[Command.set(self.hongkong.ids)],
        )
        self.assertEqual(note.with_user(self.nikki).amount_total, 12840)
        for user in (self.nikki, abroad, self.customer, self.visitor):
            with self.subTest(user.login):
                own = draft.with_user(user)
                for act in (
                    lambda own=own: own.write({"note": "x"}),
                    lambda own=own: own.action_mark_sent(),
                    lambda own=own: own.action_cancel("x"),
                    lambda own=own: own.unlink(),
                    lambda own=own: own.create({"customer_id": self.hilton.id}),
                ):
                    with self.assertRaises(AccessError):
                        act()
        for user in (abroad, self.customer, self.visitor):
            with self.assertRaises(AccessError):
                note.line_ids.with_user(user).read(["amount"])
        for user in (self.pom, self.norbert):
            draft.with_user(user).note = user.name


@tagged("post_install", "-at_install")
class TestBilledInvoicesRest(NoteMixin, SendingCase):
    def test_nobody_is_reminded_until_the_day_of_payment_is_over(self):
        today = self.thailand._today()
        invoice = self.invoice(issue_date=today - timedelta(days=40))
        invoice.due_date = today - timedelta(days=10)
        invoice.action_issue()
        past = today - timedelta(days=9)
        note = self.note(date=past, billing_date=past, payment_date=today)
        self.assertTrue(invoice._is_reminder_due())
        note.action_mark_sent()
        self.assertFalse(invoice._is_reminder_due())
        self.assertIn("is billed", invoice._why_not_reminded())
        self.env["document.reminder"]._cron_draft()
        self.assertFalse(invoice.reminder_id)
        note.sudo()._write_state({"payment_date": today - timedelta(days=1)})
        invoice.invalidate_recordset()
        self.env["document.reminder"]._cron_draft()
        self.assertEqual(invoice.reminder_id.kind, "overdue_7")

    def test_it_is_sent_from_ones_own_account(self):
        self.issued_invoice()
        self.somchai.receives_invoices = False
        note = self.note()
        answer = note.send_email()
        self.assertEqual(answer["status"], "sent")
        (mail,) = self.server.messages
        self.assertEqual(mail.login, self.pom.login)
        self.assertEqual(mail.recipients, [self.anong.email])
        self.assertIn(note.name, mail.message["Subject"])
        self.assertEqual(len(mail.attachments), 1)
        self.assertEqual(note.state, "sent")


@tagged("post_install", "-at_install")
class TestItsPage(DocumentCase):
    def make_note(self, **values):
        for number in range(3):
            self.issued(self.hotel, property_name=f"Wing {number}")
        return self.env["bmasia.billing.note"].create(
            {"customer_id": self.hotel.id, **values}
        )

    def test_it_prints_every_invoice_the_sum_and_the_way_to_pay(self):
        note = self.make_note()
        text = self.flat(note)
        for words in (
            "Billing note ใบวางบิล",
            *note.line_ids.invoice_id.mapped("name"),
            "Wing 2",
            "Total THB 3,210.00",
            "Three thousand two hundred and ten baht only",
            "DEMO-TH-0000",
            "Scan with your banking app to pay THB 3,210.00",
            "Received by",
            "บริษัท ตัวอย่าง โฮเทล",
        ):
            self.assertIn(words, text)
        self.assertNotIn("Tax invoice", text)
        # what it is called in Thailand is printed there
        self.thai.country_id = self.env.ref("base.hk")
        other = self.make_note()
        self.assertNotIn("ใบวางบิล", self.flat(other))

    def test_it_prints_in_thai(self):
        self.speak_thai()
        note = self.make_note(lang="th_TH")
        text = self.flat(note)
        for words in ("ใบวางบิล", "สามพันสองร้อยสิบบาทถ้วน", "ผู้รับวางบิล", "ชำระวันที่"):
            self.assertIn(words, text)
        for words in ("Billing note", "Received by", "To pay", "Payment on"):
            self.assertNotIn(words, text)

    def test_the_open_items_are_one_page_with_one_code_for_all(self):
        note = self.make_note()
        invoice = note.line_ids.invoice_id[0]
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True, document_goes_out=True
        )
        pdf = reports._render_qweb_pdf("bmasia_crm.report_open_items", invoice.ids)[0]
        text = self.flat(pdf)
        for words in (
            "Open items",
            *note.line_ids.invoice_id.mapped("name"),
            "Total THB 3,210.00",
            "to pay THB 3,210.00",
        ):
            self.assertIn(words, text)
