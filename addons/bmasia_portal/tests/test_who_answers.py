"""Who can answer or sign for a customer, and who cannot: ourselves, and people who work
for somebody else by now.
"""

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .answering import AnswerCase
from .signing import SigningCase

SOMCHAI, ANONG = "somchai@example.com", "anong@example.com"


@tagged("post_install", "-at_install")
class TestWhoAnswers(AnswerCase):
    def offered(self):
        """The addresses that a code can go to, as the page shows them."""
        tree = self.open().tree
        one = tree.xpath("//section[@id='answer']//p/span[@class='code']/text()")
        return [*one, *tree.xpath("//select[@name='address']/option/text()")]

    def test_a_mailbox_of_ours_answers_for_nobody(self):
        nikki, _at, domain = self.nikki.email.partition("@")
        for email in (
            f"som@hilton.test; {self.nikki.email}",
            f"{nikki}+hilton@{domain}",
            f"{nikki.upper()}@{domain}",
        ):
            with self.subTest(email):
                self.somchai.email = email
                self.assertFalse([a for a in self.offered() if a.startswith("n…")])

    def test_nor_does_that_of_a_colleague_who_left(self):
        gone = new_test_user(
            self.env,
            login="gone@bmasia.test",
            email="gone@bmasia.test",
            groups="bmasia_crm.group_user",
        )
        gone.active = False
        self.somchai.email = gone.login
        self.assertFalse([a for a in self.offered() if a.startswith("g…")])

    def test_what_is_not_ours_of_such_a_contact_answers(self):
        self.somchai.email = f"{self.nikki.email}; som@hilton.test"
        self.assertIn("s…m@hilton.test", self.offered())

    def test_an_addressee_who_works_for_somebody_else_by_now(self):
        marriott = self.make_company("Marriott", country="base.th")
        boss = self.env["res.partner"].create(
            {
                "name": "Boss",
                "email": "boss@marriott.test",
                "parent_id": marriott.partner_id.id,
            }
        )
        self.assertEqual(self.document.partner_id, self.somchai)
        self.somchai.contact_type = False
        self.somchai.parent_id = marriott.partner_id
        self.assertEqual(self.offered(), ["a…g@example.com"])
        known = self.document._known_contacts()
        self.assertIn(self.anong, known)
        self.assertFalse(known & (boss | self.somchai | marriott.partner_id))
        self.anong.receives_quotes = False
        self.assertEqual(self.document._default_recipients(), self.anong)
        [to] = self.document._known_recipients(self.link().sudo())
        self.assertIn(ANONG, to)


@tagged("post_install", "-at_install")
class TestWhoSigns(SigningCase):
    def test_a_mailbox_of_ours_signs_for_no_customer(self):
        wizard = self.wizard()
        nikki, _at, domain = self.nikki.email.partition("@")
        self.hongkong.email = "office@hongkong.test"
        for address in (
            self.nikki.email,
            f"Somchai <{nikki}+x@{domain}>",
            self.norbert.login,
            "office@hongkong.test",
        ):
            wizard.signer_ids[0].email = address
            with self.subTest(address), self.assertRaisesRegex(UserError, "is ours"):
                wizard.action_confirm()
        self.assertFalse(self.signing())

    def test_nobody_passes_signing_on_to_us(self):
        self.ask_signatures()
        key = self.key_of(SOMCHAI)
        form = {"to_name": "Nikki", "to_address": self.nikki.email}
        page = self.want(key, "/sign/delegate", **form)
        self.assertIn("address of your company", page.alert())

    def test_nobody_passes_signing_on_to_where_a_contact_went(self):
        marriott = self.make_company("Marriott", country="base.th")
        values = {"name": "Boss", "email": "boss@marriott.test"}
        self.env["res.partner"].create({**values, "parent_id": marriott.partner_id.id})
        self.somchai.contact_type = False
        self.ask_signatures()
        self.somchai.parent_id = marriott.partner_id
        key = self.key_of(ANONG)
        form = {"to_name": "Boss", "to_address": "boss@marriott.test"}
        self.assertTrue(self.want(key, "/sign/delegate", **form).alert())

    def test_who_works_for_somebody_else_by_now_does_not_sign(self):
        marriott = self.make_company("Marriott", country="base.th")
        self.ask_signatures()
        key = self.key_of(ANONG)
        self.assertTrue(self.offers(self.open(key=key)))
        self.anong.contact_type = False
        self.anong.parent_id = marriott.partner_id
        self.assertEqual(self.open(key=key).status, 410)
        shut = self.signer("Anong")._why_shut()
        self.assertIn("no longer among the signers", shut)

    def test_two_signers_have_two_mailboxes(self):
        wizard = self.wizard()
        for address in (ANONG, "Somchai <anong+som@example.com>"):
            wizard.signer_ids[0].email = address
            with self.subTest(address), self.assertRaisesRegex(UserError, "Two sign"):
                wizard.action_confirm()
        self.assertFalse(self.signing())
        wizard.signer_ids[0].email = SOMCHAI
        wizard.action_confirm()
        form = {"to_name": "Bob", "to_address": "anong+bob@example.com"}
        page = self.want(self.key_of(SOMCHAI), "/sign/delegate", **form)
        self.assertIn("signs already", page.alert())

    def test_our_signer_may_read_what_is_signed(self):
        wizard = self.wizard()
        seller = wizard.signer_ids.filtered(lambda each: each.side == "seller")
        seller.user_id = self.new_employee()
        with self.assertRaisesRegex(UserError, "may not read"):
            wizard.action_confirm()

    def new_employee(self):
        return self.env["res.users"].create(
            {
                "name": "Ines",
                "login": "ines@example.com",
                "email": "ines@example.com",
                "company_id": self.thailand.id,
                "company_ids": [Command.set(self.thailand.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
            }
        )

    def test_a_signer_has_a_name(self):
        wizard = self.wizard()
        for name in ("?", "\u3164", "x" * 81):
            wizard.signer_ids[0].name = name
            with self.subTest(name), self.assertRaisesRegex(UserError, "is no name"):
                wizard.action_confirm()
        wizard.signer_ids[0].name = "Somchai"
        wizard.action_confirm()
        key = self.key_of(SOMCHAI)
        form = {"to_address": "bob@example.com"}
        for name in ("?", ""):
            page = self.want(key, "/sign/delegate", to_name=name, **form)
            self.assertIn("name of your colleague", page.alert())
        self.assertIn("Type your name", self.want(key, full_name=".").alert())

    def test_a_mail_that_nobody_reads_before_repeats_no_words(self):
        """Who signs next is asked in the name of whoever is responsible."""
        said = "Tan. Our new bank account is 666-6-66666-6, kindly use it"
        wizard = self.wizard()
        wizard.in_order = True
        wizard.signer_ids[1].name = said
        wizard.action_confirm()
        page = self.want(
            self.key_of(SOMCHAI),
            "/sign/delegate",
            to_name=said,
            to_address="bob@example.com",
        )
        self.prove(page, SOMCHAI, self.key_of(SOMCHAI))
        self.sign("bob@example.com")
        for address in ("bob@example.com", ANONG):
            for mail in self.mails_to(address):
                self.assertNotIn("666-6", mail.body_html)

    def test_the_address_of_a_colleague_is_an_address_alone(self):
        self.ask_signatures()
        key = self.key_of(SOMCHAI)
        form = {"to_name": "Bob", "to_address": "Pay now <bob@example.com>"}
        page = self.want(key, "/sign/delegate", **form)
        self.prove(page, SOMCHAI, key)
        self.assertEqual(self.signer("Bob").email, "bob@example.com")


@tagged("post_install", "-at_install")
class TestNewLinks(SigningCase):
    def renew(self, key):
        """Ask for a new link where an old one is over; whom mails went to."""
        day = self.document._today()
        self.link(key).sudo().fixed_end = day.replace(year=day.year - 1)
        before = self.env["mail.mail"].search([])
        page = self.post("/renew", key=key)
        self.assertIn("on its way", page.text)
        mails = self.env["mail.mail"].search([]) - before
        return mails.mapped("email_to")

    def test_a_signer_gets_another_link_to_sign(self):
        self.ask_signatures()
        old = self.key_of(SOMCHAI)
        self.assertEqual(self.renew(old), [SOMCHAI])
        self.assertNotEqual(self.key_of(SOMCHAI), old)
        self.assertTrue(self.offers(self.open(key=self.key_of(SOMCHAI))))

    def test_a_link_of_our_own_signer_writes_to_no_customer(self):
        self.ask_signatures()
        [to] = self.renew(self.key_of_norbert())
        self.assertIn(self.norbert.email, to)

    def test_a_login_s_link_leads_to_that_login(self):
        self.customer.partner_id.parent_id = self.hilton.partner_id
        as_customer = self.document.with_user(self.customer)
        key = as_customer._visit_address().rpartition("/")[2]
        link = self.link(key).sudo()
        link.ends = fields.Datetime.subtract(link.create_date, hours=1)
        page = self.post("/renew", key=key)
        self.assertIn("on its way", page.text)
        mail = self.env["mail.mail"].search([], limit=1, order="id desc")
        self.assertIn(self.customer.email, mail.email_to)
