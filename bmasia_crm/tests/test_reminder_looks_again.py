"""A waiting reminder looks again before it leaves; people's own mails always leave."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.module import load_script
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import file_path

from odoo.addons.document_flow.models.mail_mail import AUTOMATIC_HEADERS
from odoo.addons.document_flow.tools import names

from .common import SendingCase


class WaitingCase(SendingCase):
    """Reminders of every kind, queued and not yet sent."""

    def setUp(self):
        super().setUp()
        self.reminders = self.env["document.reminder"]
        kinds = self.env["document.mixin"]._kinds().values()
        self.rules = {
            kind._name: kind._reminder_rule for kind in kinds if kind._reminder_rule
        }
        for rule in self.rules.values():
            if rule.switch:
                self.thailand[rule.switch] = "auto"
        (self.nikki | self.pom).automatic_reminders = True
        self.today = self.thailand._today()

    def overdue_invoice(self):
        """Ten thousand and the tax, eight days overdue."""
        day = self.today - timedelta(days=38)
        invoice = self.invoice(self.line(price=10000), issue_date=day)
        invoice.due_date = self.today - timedelta(days=8)
        invoice.action_issue()
        return invoice

    def unanswered_quote(self):
        quote = self.quote()
        quote.action_mark_sent()
        quote.sudo().sent_date = fields.Datetime.now() - timedelta(days=4)
        return quote

    def ending_contract(self):
        return self.active_contract(start_date=self.today - timedelta(days=320))

    def receipt_without_certificate(self):
        """Paid so long ago that the certificate for the tax withheld should be here."""
        day = self.today - timedelta(days=38)
        invoice = self.invoice(self.line(price=10000), issue_date=day)
        invoice.action_issue()
        invoice.action_register_payment(
            10400,
            date=day,
            withholding_amount=300,
            details={"backdate_reason": "found late"},
        )
        return invoice.receipt_ids

    def documents(self):
        return {
            "bmasia.quote": self.unanswered_quote,
            "bmasia.invoice": self.overdue_invoice,
            "bmasia.contract": self.ending_contract,
            "bmasia.receipt": self.receipt_without_certificate,
        }

    def queue_reminder(self, document):
        """Made by the cron, in the queue."""
        self.reminders._cron_draft()
        reminder = self.of(document)
        self.assertEqual(reminder.state, "queued", reminder.error)
        return reminder

    def schedule_reminder(self, document):
        """By a person, who wants it to leave in an hour."""
        rule = self.rules[document._name]
        self.thailand[rule.switch] = "draft"
        self.reminders._cron_draft()
        self.thailand[rule.switch] = "auto"
        reminder = self.of(document)
        self.assertEqual(reminder.state, "open")
        user = document.user_id
        action = reminder.with_user(user).action_review()
        wizard = (
            self.env["document.send.wizard"].with_user(user).browse(action["res_id"])
        )
        wizard.send_at = fields.Datetime.now() + timedelta(hours=1)
        wizard.action_send()
        self.assertEqual(reminder.state, "queued")
        return reminder

    def of(self, document):
        return self.reminders.search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)],
            order="id desc",
            limit=1,
        )

    def run_queue(self):
        """An hour later."""
        self.env["mail.mail"].sudo().search(
            [("state", "=", "outgoing"), ("scheduled_date", "!=", False)]
        ).write({"scheduled_date": False})
        self.env.flush_all()
        self.env["mail.mail"]._deliver_queue()
        self.env.invalidate_all()

    def received(self):
        """What came, but for core's word to who became responsible."""
        return [
            each
            for each in self.server.messages
            if "assigned" not in each.message["Subject"]
        ]


def credit(test, invoice):
    note = test.env["bmasia.invoice"].browse(invoice.action_credit("wrong")["res_id"])
    note.action_issue()


def revise(_test, quote):
    revision = quote.browse(quote.action_revise()["res_id"])
    revision.action_mark_sent()


def certificate_came(test, receipt):
    certificate = receipt.allocation_ids.certificate_id
    certificate.with_user(test.pom).action_receive("50-1", test.today)


def renew(_test, contract):
    contract.action_renew()
    contract.renewal_id.action_mark_sent()


def expire(test, quote):
    past = test.today - timedelta(days=1)
    quote.sudo()._write_state({"date": past, "valid_until": past})
    quote._cron_expire()


# What ends a reminder, for each kind of document, and a word of the reason.
EVENTS = {
    "bmasia.invoice": {
        "paid": (lambda _t, inv: inv.action_register_payment(inv.amount_due), "paid"),
        "credited": (credit, "credited"),
        "cancelled": (
            lambda test, inv: inv.with_user(test.norbert).action_cancel("a slip"),
            "cancelled",
        ),
    },
    "bmasia.quote": {
        "accepted": (lambda _test, quote: quote.action_accept(), "accepted"),
        "rejected": (lambda _test, quote: quote.action_reject("dear"), "declined"),
        "superseded": (revise, "superseded"),
        "expired": (expire, "expired"),
    },
    "bmasia.contract": {
        "cancelled": (
            lambda test, con: con.with_user(test.norbert).action_cancel("closed"),
            "cancelled",
        ),
        "renewal sent": (renew, "renewal"),
        "told by phone": (
            lambda test, con: con.sudo().write({"notice_date": test.today}),
            "reminded",
        ),
    },
    "bmasia.receipt": {
        "certificate came": (certificate_came, "is here"),
    },
}


@tagged("post_install", "-at_install")
class TestReminderLooksAgain(WaitingCase):
    def test_nothing_that_is_settled_is_reminded_of(self):
        self.assertEqual(EVENTS.keys(), self.rules.keys())
        self.assertEqual(EVENTS.keys(), self.documents().keys())
        for model, events in EVENTS.items():
            for event, (happen, word) in events.items():
                for queue in (self.queue_reminder, self.schedule_reminder):
                    with self.subTest(model=model, event=event, queue=queue.__name__):
                        with self.env.cr.savepoint() as here:
                            self._try_event(model, happen, word, queue)
                            here.rollback()
                        self.env.invalidate_all()

    def _try_event(self, model, happen, word, queue):
        document = self.documents()[model]()
        reminder = queue(document)
        rows = reminder._last_deliveries()
        happen(self, document)
        # straight to the queue: no cron has looked at reminders meanwhile
        for row in rows:
            said = document.sudo()._mail_delivery_obstacle(row)
            self.assertIn(word, said)
            self.assertIn("Not sent", said)
        rows.write({"state": "cancelled", "reason": "obstacle", "error": said})
        rows.write({"settled": False})
        rows._settle()
        self.assertEqual(reminder.state, "settled")
        self.assertIn(word, reminder.error)
        self.assertFalse(document.activity_ids)

    def test_a_settled_one_does_not_leave_the_house(self):
        invoice, quote = self.overdue_invoice(), self.unanswered_quote()
        self.queue_reminder(invoice)
        self.assertEqual(self.of(quote).state, "queued")
        invoice.action_register_payment(invoice.amount_due)
        quote.action_accept()
        self.run_queue()
        self.assertFalse(self.received())
        for document in (invoice, quote):
            reminder = self.of(document)
            self.assertEqual(reminder.state, "settled")
            for row in reminder._last_deliveries():
                self.assertEqual(row.state, "cancelled")
                self.assertIn("Not sent", row.explanation)

    def test_the_rest_named_is_the_rest_due(self):
        invoice = self.overdue_invoice()
        reminder = self.queue_reminder(invoice)
        invoice.action_register_payment(5000)
        self.run_queue()  # it is made anew, and leaves with this run or the next
        self.run_queue()
        self.assertEqual(len(self.received()), len(reminder._last_deliveries()))
        for received in self.received():
            text = received.message.get_body(("plain",)).get_content()
            self.assertIn("5,700.00", text)
            self.assertNotIn("10,700.00", text)
        self.assertEqual(reminder.state, "sent")

    def test_a_persons_own_words_come_back_to_them(self):
        invoice = self.overdue_invoice()
        reminder = self.schedule_reminder(invoice)
        self.assertFalse(invoice.activity_ids)
        invoice.action_register_payment(5000)
        self.run_queue()
        self.assertFalse(self.received())
        self.assertEqual(reminder.state, "open")
        self.assertIn("has changed", reminder.error)
        self.assertEqual(invoice.activity_ids.user_id, self.pom)

    def test_dismissing_a_waiting_one_withdraws_it_and_says_so(self):
        for queue in (self.queue_reminder, self.schedule_reminder):
            for model, make in self.documents().items():
                with self.subTest(model=model, queue=queue.__name__):
                    document = make()
                    reminder = queue(document)
                    reminder.with_user(document.user_id).action_dismiss()
                    self.assertEqual(reminder.state, "dismissed")
                    self.assertIn("dismissed", document.message_ids[0].body)
                    for row in reminder._last_deliveries():
                        self.assertIn("dismissed", row.explanation)
                    self.run_queue()
                    self.assertFalse(self.received())
                    self.assertEqual(reminder.state, "dismissed")

    def test_a_waiting_one_is_neither_made_nor_sent_twice(self):
        for make in self.documents().values():
            document = make()
            self.queue_reminder(document)
            user = document.user_id
            with self.subTest(document._name):
                with self.assertRaisesRegex(UserError, "is waiting"):
                    self.of(document).with_user(user).action_review()
                rule = self.rules[document._name]
                with self.assertRaisesRegex(UserError, "is waiting"):
                    document.with_user(user)._send_notice(rule.template, rule.receives)
                self.reminders._cron_draft()
                self.assertEqual(len(self.of(document)), 1)
        self.run_queue()
        got = {
            (each.message["Subject"], each.recipients[0]) for each in self.received()
        }
        self.assertEqual(len(got), len(self.received()))
        self.assertEqual(len({subject for subject, _to in got}), len(self.documents()))

    def test_a_deferred_one_counts_as_waiting(self):
        self.server.reply("RCPT", to=self.somchai.email, with_=(451, "4.7.1 later"))
        quote = self.unanswered_quote()
        reminder = self.queue_reminder(quote)
        self.run_queue()
        self.assertEqual(reminder._last_deliveries().state, "deferred")
        self.assertEqual(reminder.state, "queued")
        quote.action_accept()
        self.reminders._cron_draft()
        self.assertEqual(reminder.state, "settled")
        self.assertEqual(reminder._last_deliveries().state, "cancelled")

    def test_only_automatic_mails_say_that_they_are(self):
        automatic, manual = self.unanswered_quote(), self.overdue_invoice()
        self.thailand.overdue_reminders = "draft"
        self.queue_reminder(automatic)
        self.schedule_reminder(manual)
        automatic.message_post(
            body="By hand", partner_ids=self.anong.ids, message_type="comment"
        )
        self.run_queue()
        for received in self.received():
            heads = received.message
            expected = AUTOMATIC_HEADERS if automatic.name in heads["Subject"] else {}
            if "By hand" in str(heads.get_body(("plain",)).get_content()):
                expected = {}
            for name in AUTOMATIC_HEADERS:
                self.assertEqual(heads[name], expected.get(name), heads["Subject"])


@tagged("post_install", "-at_install")
class TestWhatPeopleWriteLeaves(WaitingCase):
    def test_a_word_about_an_ended_document_leaves(self):
        expected = 0
        for model, events in EVENTS.items():
            for event, (happen, _word) in events.items():
                document = self.documents()[model]()
                happen(self, document)
                with self.subTest(model=model, event=event):
                    for to in (self.somchai, self.pom.partner_id):
                        document.with_user(document.user_id).message_post(
                            body="A word", partner_ids=to.ids, message_type="comment"
                        )
                        self.run_queue()
                        rows = self.env["mail.delivery"].search(
                            [("model", "=", model), ("res_id", "=", document.id)]
                        )
                        mine = rows.filtered(lambda row, to=to: row.partner_id == to)
                        if to.user_ids == document.user_id:
                            continue  # nobody writes to themselves
                        expected += 1
                        self.assertEqual(mine[:1].state, "sent", mine[:1].explanation)
        self.assertGreater(expected, 15)

    def test_the_letter_with_the_document_is_withdrawn(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        quote = self.quote()
        quote.send_email(send_at=later)
        mail = quote.delivery_ids.sudo().mail_id
        self.assertEqual(mail.document_purpose, "document")
        quote.sudo()._write_state({"state": "rejected"})
        self.run_queue()
        self.assertFalse(self.received())
        self.assertIn("declined", quote.delivery_ids.explanation)


@tagged("post_install", "-at_install")
class TestConsent(WaitingCase):
    def test_nothing_leaves_from_somebody_who_has_not_switched_it_on(self):
        self.pom.automatic_reminders = False
        quote = self.unanswered_quote()
        # who is made responsible by somebody else has not said yes
        quote.with_user(self.nikki).user_id = self.pom
        self.reminders._cron_draft()
        self.run_queue()
        self.assertFalse(self.received())
        reminder = self.of(quote)
        self.assertEqual((reminder.state, reminder.is_automatic), ("open", False))
        self.assertIn("Pom", reminder.error)
        self.assertEqual(quote.activity_ids.user_id, self.pom)

    def test_who_switches_it_off_stops_what_waits(self):
        quote = self.unanswered_quote()
        reminder = self.queue_reminder(quote)
        self.nikki.with_user(self.nikki).automatic_reminders = False
        self.run_queue()
        self.assertFalse(self.received())
        self.assertEqual(reminder.state, "open")
        self.assertEqual(quote.activity_ids.user_id, self.nikki)

    def test_it_is_off_for_everybody_at_first(self):
        self.assertFalse(new_test_user(self.env, "new").automatic_reminders)

    def test_they_themselves_or_a_manager_switch_it_and_it_is_noted(self):
        self.nikki.automatic_reminders = False
        boss = new_test_user(
            self.env, "boss", groups="base.group_erp_manager,base.group_user"
        )
        for user in (self.pom, boss):
            with self.assertRaises(AccessError):
                self.nikki.with_user(user).automatic_reminders = True
        with self.assertRaises(AccessError):
            new_test_user(
                self.env(user=boss), "made", automatic_reminders=True, email="m@x.test"
            )
        self.norbert.group_ids |= self.env.ref("base.group_erp_manager")
        for user in (self.nikki, self.norbert):
            self.nikki.with_user(user).automatic_reminders = True
            self.assertEqual(self.nikki.automatic_reminders_by_id, user)
            self.assertTrue(self.nikki.automatic_reminders_on)
            self.nikki.automatic_reminders = False
        with self.assertRaises(AccessError):
            self.nikki.with_user(self.norbert).automatic_reminders_by_id = self.nikki

    def test_where_nobody_acts_no_mail_leaves_in_a_name_without_consent(self):
        quote = self.quote().sudo().with_user(self.env.ref("base.user_root"))
        self.assertEqual(quote.send_email()["status"], "sent")
        (received,) = self.received()
        self.assertEqual(received.message["Auto-Submitted"], "auto-generated")
        self.nikki.automatic_reminders = False
        with self.assertRaisesRegex(UserError, "Nikki"):
            quote.send_email()

    def test_a_name_that_says_more_is_reviewed(self):
        words = "Tan. Our new bank account is 666-6-66666-6, kindly use it"
        for holder in (self.somchai, self.hilton):
            with self.subTest(holder._name):
                self.assertFalse(names.is_plain(words))
                former, holder.name = holder.name, words
                quote = self.unanswered_quote()
                self.reminders._cron_draft()
                reminder = self.of(quote)
                self.assertEqual(reminder.state, "open")
                self.assertIn("more than a name", reminder.error)
                holder.name = former
        self.run_queue()
        self.assertFalse(self.received())


@tagged("post_install", "-at_install")
class TestUpgrade(WaitingCase):
    def migrate(self):
        script = file_path("bmasia_crm/migrations/19.0.1.2.0/post-mails.py")
        self.env.flush_all()
        load_script(script, "mails").migrate(self.env.cr, "19.0.1.1.2")
        self.env.invalidate_all()

    def test_mails_in_the_queue_learn_what_they_are_for(self):
        invoice, quote = self.overdue_invoice(), self.quote()
        reminder = self.queue_reminder(invoice)
        quote.send_email(send_at=fields.Datetime.now() + timedelta(hours=1))
        rows = reminder._last_deliveries() | quote.delivery_ids.sudo()
        nothing = {"document_purpose": False, "document_reminder_id": False}
        rows.mail_id.write(nothing)
        self.migrate()
        self.assertEqual(
            reminder._last_deliveries().mail_id.document_purpose, "reminder"
        )
        self.assertEqual(
            reminder._last_deliveries().mail_id.document_reminder_id, reminder
        )
        self.assertEqual(quote.delivery_ids.sudo().mail_id.document_purpose, "document")
        invoice.action_register_payment(invoice.amount_due)
        self.run_queue()
        self.assertFalse(
            [m for m in self.received() if invoice.name in m.message["Subject"]]
        )

    def test_a_manager_is_told_where_it_is_switched_on(self):
        self.env["mail.activity"].search([("res_model", "=", "res.partner")]).unlink()
        self.migrate()
        (activity,) = self.thailand.partner_id.activity_ids
        self.assertTrue(activity.user_id.has_group("bmasia_crm.group_manager"))
        self.assertIn("preferences", activity.note)
        self.assertFalse(self.hongkong.partner_id.activity_ids)
