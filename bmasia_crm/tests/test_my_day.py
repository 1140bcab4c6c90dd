"""My Day: each role sees what needs it, and each line opens what it counts."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools import file_path

from .common import CrmCase

MANY = 5
QUERIES = 90  # of the whole page, for a manager


class DayCase(CrmCase):
    def setUp(self):
        super().setUp()
        # as each has it from the browser; in UTC it may be another day than printed
        (self.nikki | self.pom | self.norbert).tz = self.thailand.time_zone
        self.today = self.thailand._today()

    def day(self, user=None, **arguments):
        return (
            self.env["document.day"].with_user(user or self.nikki).get_day(**arguments)
        )

    def todos(self, user=None, **arguments):
        answer = self.day(user, **arguments)
        return {todo["key"]: todo for area in answer["areas"] for todo in area["todos"]}

    def ids(self, key, user=None, **arguments):
        """What a list of My Day has, asked as its screen does."""
        todo = self.todos(user, **arguments).get(key)
        if not todo:
            return []
        model = self.env[todo["model"]].with_user(user or self.nikki)
        return model.search(todo["domain"]).ids

    def press(self, record, key, user=None):
        todo = self.todos(user)[key]
        self.assertIn(record.id, [line["id"] for line in todo["lines"]])
        return getattr(record.with_user(user or self.nikki), todo["method"])()


@tagged("post_install", "-at_install")
class TestSales(DayCase):
    def sent_quote(self, **values):
        quote = self.quote(**values)
        quote.action_mark_sent()
        return quote

    def test_an_accepted_quote_asks_for_its_contract_until_it_has_one(self):
        quote = self.sent_quote()
        quote.action_accept()
        self.assertIn(quote.id, self.ids("accepted_quotes"))
        action = self.press(quote, "accepted_quotes")
        self.assertEqual(action["res_model"], "bmasia.contract")
        self.assertNotIn(quote.id, self.ids("accepted_quotes"))

    def test_a_quote_comes_up_in_the_week_before_it_expires(self):
        soon = self.sent_quote(valid_until=self.today + timedelta(days=7))
        later = self.sent_quote(valid_until=self.today + timedelta(days=8))
        found = self.ids("expiring_quotes")
        self.assertIn(soon.id, found)
        self.assertNotIn(later.id, found)
        action = self.press(soon, "expiring_quotes")
        self.assertEqual(action["res_model"], "document.send.wizard")

    def test_a_quote_without_an_answer_comes_up_after_two_weeks(self):
        quote = self.sent_quote()
        self.assertNotIn(quote.id, self.ids("unanswered_quotes"))
        quote.sudo().sent_date = fields.Datetime.now() - timedelta(days=16)
        self.assertIn(quote.id, self.ids("unanswered_quotes"))

    def test_a_line_says_customer_document_and_amount_with_its_currency(self):
        quote = self.quote(self.line(1000))
        (line,) = [
            line
            for line in self.todos()["draft_quotes"]["lines"]
            if line["id"] == quote.id
        ]
        self.assertEqual(line["customer"], self.hilton.partner_id.name)
        self.assertEqual(line["amount"], quote.amount_total)
        self.assertEqual(line["currency_id"], quote.currency_id.id)
        self.assertEqual(line["opens"], ["bmasia.quote", quote.id])

    def test_a_contract_comes_up_in_its_window_of_notice(self):
        start = self.today - timedelta(days=335)
        ending = self.active_contract(start_date=start)
        fresh = self.active_contract(start_date=self.today)
        found = self.ids("renewals")
        self.assertIn(ending.id, found)
        self.assertNotIn(fresh.id, found)
        ending.action_renew(0)
        self.assertIn(ending.id, self.ids("renewals"))  # its draft is not sent
        ending.renewal_id.action_mark_sent()
        self.assertNotIn(ending.id, self.ids("renewals"))

    def test_a_follow_up_has_its_document_and_its_ready_mail(self):
        quote = self.sent_quote()
        reminder = self.env["document.reminder"].create(
            self.env["document.reminder"]._values(
                quote, "quote_3", quote._today(), "open"
            )
        )
        reminder.sudo().user_id = self.nikki
        todo = self.todos()["follow_ups"]
        (line,) = [line for line in todo["lines"] if line["id"] == reminder.id]
        self.assertEqual(line["opens"], ["bmasia.quote", quote.id])
        self.assertEqual(line["amount"], quote.amount_total)
        action = self.press(reminder, "follow_ups")
        self.assertEqual(action["res_model"], "document.send.wizard")


@tagged("post_install", "-at_install")
class TestFinance(DayCase):
    def test_only_finance_has_invoices_to_send_and_to_chase(self):
        draft = self.invoice()
        late = self.invoice(issue_date=self.today - timedelta(days=60))
        late.sudo().action_issue()
        self.assertFalse(late.amount_due == 0)
        self.assertIn(draft.id, self.ids("draft_invoices", self.pom))
        self.assertIn(late.id, self.ids("overdue_invoices", self.pom))
        self.assertNotIn("draft_invoices", self.todos())
        self.assertNotIn("overdue_invoices", self.todos())
        action = self.press(late, "overdue_invoices", self.pom)
        self.assertEqual(action["res_model"], "document.send.wizard")

    def test_nobody_is_asked_for_what_is_disputed_or_promised(self):
        day = self.today - timedelta(days=60)
        late, promised = self.invoice(issue_date=day), self.invoice(issue_date=day)
        (late | promised).sudo().action_issue()
        late.with_user(self.pom).action_dispute("Never ordered")
        promised.with_user(self.pom).action_promise(self.today + timedelta(days=3))
        found = self.ids("overdue_invoices", self.pom)
        self.assertFalse({late.id, promised.id} & set(found))

    def test_due_periods_become_invoices_by_one_click(self):
        contract = self.active_contract(start_date=self.today)
        due = contract.schedule_ids.filtered(
            lambda row: row.date <= self.today and not row.invoice_id
        )
        self.assertTrue(due)
        self.assertTrue(set(due.ids) <= set(self.ids("to_invoice", self.pom)))
        self.press(due[0], "to_invoice", self.pom)
        self.assertTrue(due[0].invoice_id)

    def test_money_that_no_invoice_used_is_to_be_allocated(self):
        payments = self.env["bmasia.payment"].with_user(self.pom)
        answer = payments.register(self.hilton.id, self.thailand.id, 500)
        payment = payments.browse(answer["payment"])
        todo = self.todos(self.pom)["unused_payments"]
        (line,) = [line for line in todo["lines"] if line["id"] == payment.id]
        self.assertEqual(line["amount"], 500)
        action = self.press(payment, "unused_payments", self.pom)
        self.assertEqual(action["res_model"], "bmasia.payment.wizard")

    def test_a_refund_is_noted_on_its_credit_note(self):
        bill = self.issued_invoice(self.line(1000))
        bill.action_register_payment(bill.amount_due)
        note = bill.browse(bill.action_credit("Agreed")["res_id"])
        note.credit_ground = "overcharged"
        note.with_user(self.pom).action_issue()
        action = self.press(bill, "refunds", self.pom)
        self.assertEqual(action["context"]["active_ids"], note.ids)

    def test_a_certificate_that_is_owed_is_asked_for(self):
        invoice = self.issued_invoice()
        invoice.action_register_payment(100, withholding_amount=3)
        certificate = invoice.allocation_ids.certificate_id
        action = self.press(certificate, "certificates", self.pom)
        self.assertEqual(action["res_model"], "document.send.wizard")

    def test_a_month_is_to_be_closed_until_it_is(self):
        before = self.thailand._last_of_month_before()
        self.invoice(issue_date=before).sudo().action_issue()
        self.assertIn(self.thailand.id, self.ids("months_to_close", self.pom))
        self.thailand.with_user(self.pom).lock_date = before
        self.assertNotIn(self.thailand.id, self.ids("months_to_close", self.pom))


@tagged("post_install", "-at_install")
class TestTeam(DayCase):
    def test_one_sees_one_s_own_and_a_manager_may_see_all(self):
        mine, other = self.quote(), self.quote()
        mine.sudo().user_id = self.nikki
        other.sudo().user_id = self.pom
        self.assertEqual(set(self.ids("draft_quotes")) & {mine.id, other.id}, {mine.id})
        team = self.ids("draft_quotes", self.norbert, team=True)
        self.assertTrue({mine.id, other.id} <= set(team))
        own = self.ids("draft_quotes", self.norbert)
        self.assertFalse({mine.id, other.id} & set(own))
        with self.assertRaises(AccessError):
            self.day(team=True)

    def test_a_manager_sees_whose_mailbox_does_not_work(self):
        ids = self.ids("mailboxes", self.norbert)
        self.assertIn(self.nikki.id, ids)
        self.assertNotIn("mailboxes", self.todos(self.pom))
        self.press(self.nikki, "mailboxes", self.norbert)
        self.assertTrue(self.nikki._mailbox_activities())
        with self.assertRaises(AccessError):
            self.nikki.with_user(self.pom).action_ask_for_mailbox()

    def test_a_manager_sees_tasks_of_others_that_are_late(self):
        quote = self.quote()
        task = quote.activity_schedule(
            "mail.mail_activity_data_call",
            self.today - timedelta(days=2),
            user_id=self.pom.id,
        )
        self.assertIn(task.id, self.ids("planned", self.pom))
        self.assertIn(task.id, self.ids("team_overdue", self.norbert))
        self.assertNotIn(task.id, self.ids("planned", self.norbert))
        action = self.press(task, "planned", self.pom)
        opened = (action["res_model"], action["res_id"])
        self.assertEqual(opened, (quote._name, quote.id))


class FilledCase(DayCase):
    def fill(self):
        abroad = self.make_company("Shanghai Silk", country="base.cn")
        for customer in (self.hilton, abroad):
            mine = {"customer_id": customer.id}
            self.quote(**mine).user_id = self.norbert
            accepted = self.quote(user_id=self.norbert.id, **mine)
            accepted.action_mark_sent()
            accepted.action_accept()
            self.active_contract(**mine)
            self.invoice(**mine)
            old = self.invoice(issue_date=self.today - timedelta(days=60), **mine)
            old.sudo().action_issue()
            self.issued_invoice(**mine).action_register_payment(5)
        self.quote().activity_schedule(
            "mail.mail_activity_data_call", self.today, user_id=self.norbert.id
        )


@tagged("post_install", "-at_install")
class TestListsOfMyDay(FilledCase):
    def test_each_kind_counts_what_its_list_shows(self):
        self.fill()
        seen = set()
        for user in (self.nikki, self.pom, self.norbert):
            for team in {False, user == self.norbert}:
                for key, todo in self.todos(user, team=team).items():
                    model = self.env[todo["model"]].with_user(user)
                    with self.subTest(key=key, user=user.login, team=team):
                        listed = model.search_count(todo["domain"])
                        self.assertEqual(listed, todo["count"])
                        seen.add(key)
        self.assertGreaterEqual(len(seen), 8)

    def test_each_button_is_a_method_and_each_domain_is_json(self):
        for model, todo in self.env["document.day"]._todos():
            with self.subTest(todo.key):
                self.assertTrue(not todo.method or hasattr(model, todo.method))
                self.assertTrue(todo.button)
        keys = [todo.key for _model, todo in self.env["document.day"]._todos()]
        self.assertEqual(len(keys), len(set(keys)))

    def test_the_company_menu_counts(self):
        self.fill()
        entities = (self.thailand, self.hongkong)
        for entity in entities:
            ticked = self.env["document.day"].with_user(self.norbert)
            ticked = ticked.with_context(allowed_company_ids=entity.ids)
            for area in ticked.get_day(team=True)["areas"]:
                for todo in area["todos"]:
                    model = ticked.env[todo["model"]]
                    found = model.search(todo["domain"])
                    if hasattr(model, "_entity_path") and model._entity_path:
                        self.assertEqual(found._entity(), entity, todo["key"])

    def test_nothing_to_do_is_an_empty_day(self):
        idle = self.norbert.copy({"login": "idle", "group_ids": False})
        idle.group_ids = self.env.ref("bmasia_crm.group_user")
        answer = self.day(idle)
        self.assertEqual((answer["count"], answer["areas"]), (0, []))


@tagged("post_install", "-at_install")
class TestQueriesOfMyDay(FilledCase):
    def queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self.day(self.norbert)  # fills Odoo's caches
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.day(self.norbert)
        return self.env.cr.sql_log_count - before

    def test_their_number_does_not_grow_with_the_documents(self):
        for _number in range(5):
            self.fill()
        few = self.queries()
        for _number in range(MANY):
            self.fill()
        self.assertLessEqual(self.queries(), few)
        self.assertLessEqual(few, QUERIES)


@tagged("post_install", "-at_install")
class TestUpgrade(DayCase):
    def test_the_first_menu_item_has_its_new_name_in_thai_too(self):
        menu = self.env.ref("bmasia_crm.menu_dashboard")
        self.env["res.lang"]._activate_lang("th_TH")
        thai = menu.with_context(lang="th_TH")
        thai.name = "แดชบอร์ด"
        self.env.flush_all()
        script = file_path("bmasia_crm/migrations/19.0.1.6.0/post-my-day.py")
        load_script(script, "post_my_day").migrate(self.env.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertEqual(thai.name, "งานวันนี้")
        self.assertEqual(menu.with_context(lang="en_US").name, "My Day")
