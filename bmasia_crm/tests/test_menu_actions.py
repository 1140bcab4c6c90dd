"""What the menus open: five words, help where a list is empty, filters that fit whom
they are for."""

import re
from ast import literal_eval

from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged

from .common import CrmCase
from .documents import DocumentCase
from .entities import own_addons

ROOTS = ("bmasia_crm.menu_root", "document_flow.menu_root")
FIVE = ("menu_sales", "menu_invoicing", "menu_customers", "menu_emails")
THAI = re.compile("[\u0e00-\u0e7f]")
# Addresses that people have as bookmarks.
BOOKMARKS = (
    *("bmasia-quotes", "bmasia-contracts", "bmasia-amendments", "bmasia-chains"),
    *("bmasia-renewals", "bmasia-renewal-prices", "bmasia-renewal-book"),
    *("bmasia-invoices", "bmasia-payments", "bmasia-receipts", "bmasia-companies"),
    *("bmasia-zones", "bmasia-receivables", "bmasia-open-invoices", "bmasia-vat"),
    *("bmasia-statement", "bmasia-journal", "bmasia-dashboard", "bmasia-entities"),
    *("outbox", "deliveries", "document-reminders", "document-bulk-sends"),
    *("mailboxes", "contacts"),
)


class MenuMixin:
    def leaves(self, *roots):
        """The menu items that open something, below these."""
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
        ids = [self.env.ref(root).id for root in roots]
        found = menus.search([("id", "child_of", ids)])
        return found.filtered(lambda menu: menu.action and not menu.child_id)


@tagged("post_install", "-at_install")
class TestMenuActions(MenuMixin, CrmCase):
    """Who sees which words."""

    def seen(self, user):
        visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        root = self.env.ref("bmasia_crm.menu_root")
        children = root.child_id.sorted("sequence")
        return [menu.name for menu in children if menu.id in visible]

    def test_there_are_five_words_after_the_first_screen(self):
        five = ["Sales", "Invoicing", "Customers", "E-mails", "Configuration"]
        for user, words in (
            (self.nikki, five[:-1]),
            (self.pom, five),
            (self.norbert, five),
        ):
            with self.subTest(user.name):
                self.assertEqual(self.seen(user)[1:], words)

    def test_both_apps_use_the_same_words(self):
        own = {menu.action: menu.name for menu in self.leaves(ROOTS[0])}
        for menu in self.leaves(ROOTS[1]):
            if menu.action in own:
                with self.subTest(menu.name):
                    self.assertEqual(menu.name, own[menu.action])

    def test_what_finance_sets_up_is_in_their_configuration(self):
        visible = self.env["ir.ui.menu"].with_user(self.pom)._visible_menu_ids()
        for name in ("numbering", "tax_rates", "exchange_rates", "closed_months"):
            with self.subTest(name):
                self.assertIn(self.env.ref(f"bmasia_crm.menu_{name}").id, visible)
        self.assertNotIn(self.env.ref("bmasia_crm.menu_entities").id, visible)

    def test_bookmarks_go_on_leading_somewhere(self):
        actions = self.env["ir.actions.actions"].sudo()
        for path in BOOKMARKS:
            with self.subTest(path):
                self.assertTrue(actions.search([("path", "=", path)]))


@tagged("post_install", "-at_install")
class TestEmptyScreens(MenuMixin, DocumentCase):
    """What is empty says what it is for."""

    def windows(self):
        """``{name of the menu item: the window that it opens}``, of our addons."""
        found = {
            menu.complete_name: menu.action
            for menu in self.leaves(*ROOTS)
            if menu.action._name == "ir.actions.act_window"
        }
        own = tuple(f"{addon}." for addon in own_addons(self.env))
        return {
            name: action
            for name, action in found.items()
            if action.get_external_id()[action.id].startswith(own)
        }

    def test_every_empty_list_says_what_to_do_in_both_languages(self):
        self.speak_thai()
        for name, action in self.windows().items():
            with self.subTest(name):
                said = action.help or ""
                self.assertTrue(etree.HTML(said or "<p/>").findtext(".//p"), said)
                thai = action.with_context(lang="th_TH").help
                self.assertRegex(thai, THAI)

    def test_every_empty_report_says_what_that_means(self):
        self.speak_thai()
        for key, report in self.env["bmasia.report"]._reports().items():
            for text in (report._nothing, report._nothing_hint):
                with self.subTest(key):
                    thai = self.env(context={"lang": "th_TH"})._(text)
                    self.assertTrue(str(text).strip())
                    self.assertRegex(thai, THAI)


@tagged("post_install", "-at_install")
class TestDefaultFilters(CrmCase):
    def opened(self, xml_id, user):
        """The records and the filters of a list as a user's menu opens it."""
        action = self.env.ref(xml_id).with_user(user)._get_action_dict()
        model = self.env[action["res_model"]].with_user(user)
        views = dict(model.get_views([(False, "search")])["views"])
        arch = etree.fromstring(views["search"]["arch"])
        domain, names = Domain(literal_eval(action["domain"] or "[]")), []
        for key, value in literal_eval(action["context"]).items():
            if key.startswith("search_default_") and value:
                name = key.removeprefix("search_default_")
                (found,) = arch.xpath(f"//filter[@name='{name}']")
                self.assertTrue(found.get("string"))
                names.append(name)
                asked = literal_eval(found.get("domain").replace("uid", str(user.id)))
                domain &= Domain(asked)
        return model.search(domain), names

    def test_sales_begins_with_their_own_and_finance_with_everybodys(self):
        own = self.quote().with_user(self.nikki)
        other = self.quote(user_id=self.norbert.id)
        mine, names = self.opened("bmasia_crm.bmasia_quote_action", self.nikki)
        self.assertIn("mine", names)
        self.assertIn(own, mine)
        self.assertNotIn(other, mine)
        for user in (self.pom, self.norbert):
            listed, names = self.opened("bmasia_crm.bmasia_quote_action", user)
            self.assertNotIn("mine", names)
            self.assertLessEqual(set((own | other).ids), set(listed.ids))

    def test_mine_narrows_whatever_else_is_chosen(self):
        """Filters without a separator between them are joined by *or*."""
        views = self.env["ir.ui.view"].search(
            [
                ("type", "=", "search"),
                ("mode", "=", "primary"),
                ("arch_db", "like", 'name="mine"'),
            ]
        )
        found = 0
        for view in views:
            arch = etree.fromstring(view.get_combined_arch())
            for mine in arch.iter("filter"):
                if mine.get("name") == "mine":
                    found += 1
                    sides = (mine.getprevious(), mine.getnext())
                    tags = {side.tag for side in sides if side is not None}
                    self.assertNotIn("filter", tags, view.name)
        self.assertGreater(found, 3)

    def test_what_one_just_did_stays_in_the_list(self):
        accepted, declined = self.quote(), self.quote()
        (accepted | declined).action_mark_sent()
        accepted.action_accept()
        declined.action_reject("Too dear")
        listed, _names = self.opened("bmasia_crm.bmasia_quote_action", self.nikki)
        self.assertLessEqual({accepted.id, declined.id}, set(listed.ids))

    def test_an_invoice_stays_in_the_list_from_its_draft_until_it_is_paid(self):
        bill = self.invoice(self.line(100))
        for step in ("action_issue", None):
            listed, _names = self.opened("bmasia_crm.bmasia_invoice_action", self.pom)
            self.assertIn(bill.id, listed.ids)
            if step:
                getattr(bill.with_user(self.pom), step)()
        bill.with_user(self.pom).action_register_payment(107)
        listed, _names = self.opened("bmasia_crm.bmasia_invoice_action", self.pom)
        self.assertEqual(bill.state, "paid")
        self.assertIn(bill.id, listed.ids)

    def test_contacts_are_people_at_customers(self):
        people, _names = self.opened("bmasia_crm.bmasia_contact_action", self.nikki)
        self.assertIn(self.hilton.contact_ids[:1].id, people.ids)
        users = self.env["res.users"].sudo().search([]).partner_id
        entities = self.env["res.company"].sudo().search([]).partner_id
        self.assertFalse(people.sudo() & (users | entities))
        self.assertFalse(people.filtered("is_company"))

    def test_technical_fields_are_no_groups_and_not_exported(self):
        names = ("legacy_uuid", "access_token", "send_header", "document_digest")
        for kind in self.env["document.mixin"]._kinds().values():
            found = kind.with_user(self.norbert).fields_get()
            for name in names:
                with self.subTest(kind=kind._name, name=name):
                    if name in found:
                        self.assertFalse(found[name]["groupable"])
                        self.assertFalse(found[name]["exportable"])
            self.assertTrue(found["partner_id"]["groupable"])
