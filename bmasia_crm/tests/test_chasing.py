"""One reminder for each customer and entity, with all open items."""

from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from .test_reminder_looks_again import WaitingCase


@tagged("post_install", "-at_install")
class TestOneReminderForAll(WaitingCase):
    def setUp(self):
        super().setUp()
        self.somchai.receives_invoices = False  # one mail, one recipient

    def overdue(self, days, price=10000, **values):
        day = self.today - timedelta(days=days + 30)
        invoice = self.invoice(self.line(price=price), issue_date=day, **values)
        invoice.due_date = self.today - timedelta(days=days)
        invoice.action_issue()
        return invoice

    def rows(self, invoices):
        return self.reminders.search(
            [("res_model", "=", "bmasia.invoice"), ("res_id", "in", invoices.ids)]
        )

    def active(self, invoices):
        return self.rows(invoices).filtered(lambda row: row.state in ("open", "queued"))

    def body(self, mail):
        return mail.message.get_body(("plain",)).get_content()

    def test_three_overdue_invoices_are_one_reminder_with_all_files(self):
        invoices = self.overdue(16, 300) | self.overdue(9) | self.overdue(8, 2000)
        young = self.issued_invoice(self.line(price=50))
        self.reminders._cron_draft()
        (reminder,) = self.active(invoices | young)
        self.assertEqual(reminder.res_id, invoices[0].id)
        self.assertEqual(reminder.kind, "overdue_14")
        self.assertIn("3 more", reminder.document_name)
        self.run_queue()
        (mail,) = self.received()
        text = self.body(mail)
        for invoice in invoices | young:
            self.assertIn(invoice.name, text)
            self.assertIn(f"{invoice.amount_due:,.2f}", text)
        self.assertIn("13,161.00", text)  # overdue, not what is open besides
        self.assertEqual(len(mail.attachments), 5)  # four invoices, one page of all
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(set(invoices.mapped("reminded_date")), {self.today})

    def test_who_was_reminded_of_all_is_not_reminded_of_each(self):
        first, second = self.overdue(14), self.overdue(8)
        self.reminders._cron_draft()
        self.run_queue()
        self.assertEqual(len(self.received()), 1)
        self.thailand.reminder_rest_days = 0
        self.reminders._cron_draft()
        self.run_queue()
        self.assertEqual(len(self.received()), 1)
        self.assertEqual(self.rows(first).filtered("is_automatic").state, "sent")
        self.assertEqual(self.rows(second).mapped("state"), ["skipped"])

    def test_several_that_wait_from_before_are_done_with_one_mail(self):
        self.thailand.overdue_reminders = "draft"
        invoices = self.overdue(14) | self.overdue(8)
        for invoice in invoices:  # as up to 19.0.1.3.0
            day = invoice.due_date
            self.reminders.create(
                self.reminders._values(invoice, "overdue_7", day, "open")
            )
        self.reminders._cron_draft()
        self.assertEqual(self.rows(invoices[0]).mapped("state"), ["open", "skipped"])
        action = self.active(invoices[0]).with_user(self.pom).action_review()
        self.env["document.send.wizard"].with_user(self.pom).browse(
            action["res_id"]
        ).action_send()
        self.assertFalse(self.active(invoices))

    def test_a_customer_rests_between_two_reminders(self):
        for rest, expected in ((5, 1), (0, 2)):
            with self.subTest(rest=rest), self.env.cr.savepoint() as here:
                self.server.messages.clear()
                self.thailand.reminder_rest_days = rest
                self.overdue(14)
                self.reminders._cron_draft()
                self.run_queue()
                self.overdue(7, 70)  # reaches its first step afterwards
                self.reminders._cron_draft()
                self.run_queue()
                self.assertEqual(len(self.received()), expected)
                here.rollback()
            self.env.invalidate_all()

    def test_each_customer_and_each_entity_has_its_own(self):
        marriott = self.make_company("Marriott", country="base.th", email="m@x.example")
        self.hongkong.overdue_reminders = "draft"
        self.thailand.overdue_reminders = "draft"
        mine, other = self.overdue(8), self.overdue(8, customer_id=marriott.id)
        abroad = self.overdue(8, company_id=self.hongkong.id)
        self.reminders._cron_draft()
        for invoice in (mine, other, abroad):
            self.assertEqual(len(self.active(invoice)), 1)
            self.assertEqual(invoice._open_items(), invoice)

    def test_two_currencies_are_summed_apart(self):
        first = self.overdue(8)
        dollars = self.overdue(8, 500, currency_id=self.currency("USD").id)
        totals = {row[0].name: row[2] for row in first._open_totals()}
        self.assertEqual(totals, {"THB": 10700, "USD": dollars.amount_due})
        self.assertIn("THB 10,700.00 and USD", first._mail_variables()["open_amount"])

    def test_any_payment_is_noticed_before_it_leaves(self):
        first, second = self.overdue(14), self.overdue(8, 2000)
        reminder = self.queue_reminder(first)
        second.action_register_payment(140)
        said = first.sudo()._mail_delivery_obstacle(reminder._last_deliveries()[0])
        self.assertIn("has changed", said)
        self.run_queue()
        self.run_queue()
        (mail,) = self.received()
        self.assertIn("2,000.00", self.body(mail))
        self.assertNotIn("2,140.00", self.body(mail))

    def test_who_stands_for_all_and_is_paid_leaves_it_to_the_next(self):
        self.thailand.overdue_reminders = "draft"
        first, second = self.overdue(14), self.overdue(8, 2000)
        self.reminders._cron_draft()
        self.assertEqual(self.active(first | second).res_id, first.id)
        first.action_register_payment(first.amount_due)
        self.reminders._cron_draft()
        self.assertEqual(self.active(first | second).res_id, second.id)

    def test_disputed_and_promised_ones_are_not_listed(self):
        first, second, third = self.overdue(14), self.overdue(9, 20), self.overdue(8, 3)
        second.action_dispute("Never ordered")
        third.action_promise(self.today)
        self.assertEqual(first._open_items(), first)
        self.reminders._cron_draft()
        self.assertEqual(self.active(first | second | third).res_id, first.id)

    def test_a_draft_is_proposed_to_a_person_with_mail_and_files(self):
        self.thailand.overdue_reminders = "draft"
        first = self.overdue(14)
        self.overdue(8, 2000)
        self.reminders._cron_draft()
        (reminder,) = self.active(first)
        self.assertEqual(reminder.state, "open")
        self.assertEqual(first.activity_ids.user_id, self.pom)
        action = reminder.with_user(self.pom).action_review()
        wizard = self.env["document.send.wizard"].with_user(self.pom)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(len(wizard.attachment_ids), 3)
        self.assertIn("Second reminder", wizard.subject)
        self.assertIn("2,140.00", str(wizard.mail_preview))
        wizard.action_send()
        (mail,) = self.received()
        self.assertEqual(mail.login, self.pom.login)
        self.assertEqual(len(mail.attachments), 3)


@tagged("post_install", "-at_install")
class TestSteps(WaitingCase):
    def setUp(self):
        super().setUp()
        self.thailand.overdue_reminders = "draft"
        self.steps = self.env["document.reminder.step"].with_user(self.norbert)

    def test_a_manager_changes_days_and_words(self):
        template = self.env.ref("bmasia_crm.template_overdue_1").copy()
        template.subject = "Our own words for {{ company_name }}"
        step = self.steps.create({"kind": "overdue_7", "days": 9})
        self.assertEqual(
            step.template_id, self.env.ref("bmasia_crm.template_overdue_1")
        )
        step.template_id = template
        invoice = self.overdue_invoice()  # since eight days
        self.reminders._cron_draft()
        self.assertFalse(self.of(invoice))
        step.days = 3
        self.reminders._cron_draft()
        action = self.of(invoice).with_user(self.pom).action_review()
        wizard = self.env["document.send.wizard"].browse(action["res_id"])
        self.assertEqual(wizard.subject, "Our own words for Hilton Pattaya")

    def test_an_entitys_own_row_counts_more(self):
        self.steps.create({"kind": "overdue_7", "days": 3})
        self.steps.create(
            {"kind": "overdue_7", "days": 12, "company_id": self.thailand.id}
        )
        invoices = self.env["bmasia.invoice"]
        for company, days in ((self.thailand, 12), (self.hongkong, 3)):
            self.assertEqual(invoices._reminder_steps(company)[0].days, days)

    def test_a_step_is_left_out(self):
        for kind in ("overdue_7", "overdue_14", "overdue_21"):
            self.steps.create({"kind": kind, "is_left_out": True})
        invoice = self.overdue_invoice()
        self.reminders._cron_draft()
        self.assertFalse(self.of(invoice))

    def test_every_step_of_every_rule_can_be_changed(self):
        for kind in self.steps._rules():
            with self.subTest(kind):
                step = self.steps.create({"kind": kind})
                self.assertTrue(step.template_id)
                self.assertEqual(step.template_id.model, step.model)

    def test_steps_that_make_no_sense_are_refused(self):
        quote = self.env.ref("bmasia_crm.template_quote_reminder")
        for values, words in (
            ({"kind": "overdue_7", "days": 14}, "one after the other"),
            ({"kind": "overdue_14", "days": 3}, "one after the other"),
            ({"kind": "overdue_7", "days": -1}, "0 to 365"),
            ({"kind": "overdue_7", "template_id": quote.id}, "same documents"),
        ):
            with self.subTest(values):
                with self.assertRaises(ValidationError) as refused:
                    self.steps.create(values)
                self.assertIn(words, str(refused.exception))


@tagged("post_install", "-at_install")
class TestUpgrade(WaitingCase):
    def migrate(self):
        path = "bmasia_crm/migrations/19.0.1.4.0/post-reminder-words.py"
        load_script(file_path(path), "words").migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def old_template(self):
        template = self.env.ref("bmasia_crm.template_overdue_1").copy()
        self.env["ir.model.data"].create(
            {
                "module": "bmasia_crm",
                "name": "template_invoice_reminder",
                "model": "mail.template",
                "res_id": template.id,
            }
        )
        return template

    def test_words_that_a_person_wrote_are_kept(self):
        template = self.old_template()
        template.with_user(self.norbert).subject = "Ours"
        self.env.flush_all()
        self.migrate()
        self.migrate()
        rule = self.env["bmasia.invoice"]._reminder_rule
        steps = self.env["document.reminder.step"]
        self.assertEqual(len(steps.search([])), 3)
        for step in rule.steps:
            key = steps._template_of(rule, step.kind, self.thailand)
            self.assertEqual(key, str(template.id))
        self.assertEqual(
            [s.days for s in steps._steps_of(rule, self.thailand)], [7, 14, 21]
        )

    def test_words_that_nobody_changed_are_replaced(self):
        self.old_template()
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_template SET write_uid = 1")
        self.migrate()
        self.assertFalse(self.env["document.reminder.step"].search([]))
