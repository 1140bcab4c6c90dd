"""However many e-mails were sent, what people open reads those that it shows."""

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import CrmCase
from .test_menu_actions import ROOTS, MenuMixin

DOCUMENTS, EACH = 300, 100  # documents, and e-mails about each
PAGE = 80  # rows of a list
COUNTED = 10_001  # the web client counts no further
SLACK = 500  # e-mails: what a page may look at beside what it shows


@tagged("post_install", "-at_install")
class TestDeliveryReads(MenuMixin, CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = [
            {"customer_id": cls.hilton.id, "user_id": cls.norbert.id}
            for _number in range(DOCUMENTS)
        ]
        cls.quotes = cls.env["bmasia.quote"].create(values)
        cls.env.flush_all()
        cls.env.cr.execute(
            """INSERT INTO mail_delivery (subject, recipient, kind, state, queued_at,
                      handed_at, model, res_id, user_id, company_id)
               SELECT 'Quote ' || id || '.' || n, 'person' || id || '.' || n ||
                      '@example.com', 'to', 'sent',
                      now(), now(), 'bmasia.quote', id, user_id, company_id
                 FROM bmasia_quote, generate_series(1, %s) n WHERE id = ANY(%s)""",
            [EACH, cls.quotes.ids],
        )
        cls.env.cr.execute("ANALYZE mail_delivery, bmasia_quote")

    def reads(self, ask):
        """The e-mails that PostgreSQL reads to answer what is asked."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.count()
        ask()
        return self.count() - before

    def count(self):
        self.env.cr.execute(
            """SELECT seq_tup_read + coalesce(idx_tup_fetch, 0)
                 FROM pg_stat_xact_user_tables WHERE relname = 'mail_delivery'"""
        )
        return self.env.cr.fetchone()[0]

    def windows(self, user):
        """What the user's menus open: name, model and domain."""
        visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        for menu in self.leaves(*ROOTS):
            action = menu.action
            if menu.id in visible and action._name == "ir.actions.act_window":
                domain = safe_eval(action.domain or "[]", {"uid": user.id})
                yield menu.complete_name, action.res_model, domain

    def list_of(self, model, user, domain):
        records = self.env[model].with_user(user)
        wanted = {"display_name": {}}
        if model == "mail.delivery":
            wanted |= {"state": {}, "recipient": {}, "subject": {}}
        return lambda: records.web_search_read(
            domain, wanted, limit=PAGE, count_limit=COUNTED
        )

    def test_what_is_measured_is_what_is_read(self):
        everything = self.env["mail.delivery"].sudo()
        full = self.reads(lambda: everything.search([("subject", "like", "nothing")]))
        self.assertGreaterEqual(full, DOCUMENTS * EACH)

    def test_no_list_of_the_menus_reads_them_all(self):
        for user in (self.nikki, self.pom, self.norbert):
            for name, model, domain in self.windows(user):
                may = SLACK
                if model == "mail.delivery":
                    may += PAGE + COUNTED
                with self.subTest(user=user.name, menu=name):
                    found = self.reads(self.list_of(model, user, domain))
                    self.assertLessEqual(found, may)

    def test_the_first_screen_and_the_dashboard_read_none_of_the_past(self):
        for user in (self.nikki, self.norbert):
            for model, method in (
                ("document.day", "get_day"),
                ("bmasia.dashboard", "get_figures"),
            ):
                ask = getattr(self.env[model].with_user(user), method)
                with self.subTest(user=user.name, model=model):
                    self.assertLessEqual(self.reads(ask), SLACK)

    def test_a_document_reads_its_own(self):
        quote = self.quotes[0].with_user(self.nikki)
        wanted = {"delivery_ids": {"fields": {"state": {}}}}
        found = self.reads(lambda: quote.web_read(wanted))
        self.assertLessEqual(found, 3 * EACH)

    def test_whoever_sees_few_of_them_reads_few(self):
        """Somebody of an entity that has sent next to nothing."""
        entity = self.hongkong.ids
        self.nikki.write(
            {"company_id": entity[0], "company_ids": [Command.set(entity)]}
        )
        ask = self.list_of("mail.delivery", self.nikki, [])
        self.assertLessEqual(self.reads(ask), SLACK)

    def test_people_and_numbers_are_searched_with_an_index(self):
        number = f"{self.quotes[0].id}.77"
        for user in (self.nikki, self.norbert):
            for field in ("recipient", "subject"):
                ask = self.list_of("mail.delivery", user, [(field, "ilike", number)])
                with self.subTest(user=user.name, field=field):
                    self.assertLessEqual(self.reads(ask), SLACK)
