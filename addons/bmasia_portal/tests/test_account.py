"""What a customer's people see and change with their login."""

import base64

from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from odoo.addons.bmasia_crm.tests.pages import PageCase

from ..models import bmasia_company

ACCOUNT = "/my/documents"
PORTAL = "base.group_portal"


@tagged("post_install", "-at_install")
class TestAccount(PageCase):
    def setUp(self):
        super().setUp()
        # somebody of Hilton Pattaya, and somebody of another hotel
        self.customer.partner_id.parent_id = self.hilton.partner_id
        self.other_hotel = self.make_company("Marriott", country="base.th")
        self.stranger = new_test_user(self.env, "stranger@example.com", PORTAL)
        self.stranger.partner_id.parent_id = self.other_hotel.partner_id
        self.sign_in(self.customer)

    def send(self, way, **form):
        return self.send_form(ACCOUNT, f"{ACCOUNT}/{way}", **form)

    # ------------------------------------------------------------
    # DOCUMENTS
    # ------------------------------------------------------------

    def test_it_lists_what_went_out_to_the_company(self):
        draft, invoice = self.quote(), self.issued_invoice()
        invoice.action_mark_sent()
        foreign = self.quote(customer_id=self.other_hotel.id)
        foreign.action_mark_sent()
        page = self.get(ACCOUNT)
        words = self.words(page)
        self.assertIn(self.document.name, words)
        self.assertIn(invoice.name, words)
        self.assertNotIn(foreign.name, words)
        self.assertNotIn(f"/quotes/{draft.id}", page.text)

    def test_entities_are_kept_apart(self):
        with file_open("bmasia_portal/static/description/icon.png", "rb") as icon:
            picture = base64.b64encode(icon.read())
        self.hongkong.logo = picture
        invoices = self.env["bmasia.invoice"]
        for entity in (self.thailand, self.hongkong):
            invoice = self.issued_invoice(company_id=entity.id)
            invoice.action_mark_sent()
            invoices |= invoice
        page = html.fromstring(self.get(ACCOUNT).text)
        sections = page.xpath("//section[contains(@aria-labelledby, 'entity-')]")
        self.assertEqual(len(sections), 2)
        for section, invoice in zip(sections, invoices, strict=True):
            words = section.text_content()
            logos = section.xpath(".//img/@src")
            self.assertEqual(len(logos), int(invoice.company_id == self.hongkong))
            self.assertTrue(all(logo.endswith(picture.decode()) for logo in logos))
            self.assertIn(invoice.company_id.legal_name, words)
            self.assertIn(invoice.name, words)
            self.assertNotIn((invoices - invoice).name, words)
        self.assertIn("14,980.00", sections[0].text_content())

    def test_many_documents_of_one_entity_hide_none_of_the_other(self):
        self.patch(bmasia_company, "SHOWN", 2)
        old = self.issued_invoice(company_id=self.hongkong.id)
        old.action_mark_sent()
        invoices = self.env["bmasia.invoice"]
        for _each in range(3):
            invoices |= self.issued_invoice()
        for invoice in invoices:
            invoice.action_mark_sent()
        words = self.words(self.get(ACCOUNT))
        self.assertIn(old.name, words)
        listed = [invoice.name in words for invoice in invoices]
        self.assertEqual(listed, [False, True, True])
        self.assertEqual(words.count("Only the latest ones"), 1)

    def test_a_document_opens_by_the_login(self):
        answer = self.get(self.document.access_url)
        path = "/d/" + answer.headers["Location"].rpartition("/")[2]
        self.assertEqual(self.link_of(path).purpose, "visit")
        self.assertIn(self.document.name, self.get(path).text)
        self.post(f"{path}/seen")
        self.assertTrue(self.document.viewed_date)

    def test_so_it_does_when_the_addressee_has_left(self):
        self.assertNotEqual(self.document.partner_id, self.customer.partner_id)
        self.document.partner_id.active = False
        answer = self.get(self.document.access_url)
        path = "/d/" + answer.headers["Location"].rpartition("/")[2]
        self.assertIn(self.document.name, self.get(path).text)

    def test_a_login_of_another_company_opens_nothing(self):
        other_entity = new_test_user(
            self.env,
            "hongkong@example.com",
            "bmasia_crm.group_manager",
            company_id=self.hongkong.id,
            company_ids=[Command.set(self.hongkong.ids)],
        )
        nobody = new_test_user(self.env, "nobody@example.com", PORTAL)
        for user in (self.stranger, nobody, other_entity):
            with self.subTest(user.login):
                self.sign_in(user)
                location = self.get(self.document.access_url).headers["Location"]
                self.assertTrue(location.endswith("/my"), location)
                self.assertNotIn(self.document.name, self.get(ACCOUNT).text)
                with self.assertRaises(AccessError):
                    self.document.with_user(user).read(["name"])

    def test_a_draft_opens_for_nobody(self):
        location = self.get(self.quote().access_url).headers["Location"]
        self.assertTrue(location.endswith("/my"))

    def test_who_left_sees_nothing(self):
        self.customer.partner_id.parent_id = False
        self.assertEqual(self.get(ACCOUNT).status_code, 303)
        self.customer.partner_id.parent_id = self.hilton.partner_id
        self.assertEqual(self.get(ACCOUNT).status_code, 200)
        self.hilton.active = False
        self.assertEqual(self.get(ACCOUNT).status_code, 303)

    def test_without_a_login_there_is_the_login_page(self):
        self.sign_in(None)
        for way in ("", "/statement/1"):
            self.assertIn("/web/login", self.get(ACCOUNT + way).headers["Location"])
        for way in ("receive", "invite"):
            answer = self.post(f"{ACCOUNT}/{way}", name="x", email="x@example.com")
            self.assertIn(answer.status_code, (303, 400))

    def test_our_own_people_have_no_such_page(self):
        self.sign_in(self.nikki)
        self.assertEqual(self.get(ACCOUNT).status_code, 303)

    def test_the_statement_is_of_this_company_and_entity(self):
        invoice = self.issued_invoice()
        invoice.action_mark_sent()
        answer = self.get(f"{ACCOUNT}/statement/{self.thailand.id}")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertTrue(answer.content.startswith(b"%PDF"))
        for entity in (self.hongkong.id, 0, 99999):
            answer = self.get(f"{ACCOUNT}/statement/{entity}")
            self.assertEqual(answer.status_code, 303)
        self.assertFalse(self.env["bmasia.statement"].search([]))

    def test_a_few_statements_are_printed(self):
        self.issued_invoice().action_mark_sent()
        self.reach_limit("statement")
        answer = self.get(f"{ACCOUNT}/statement/{self.thailand.id}")
        self.assertEqual(answer.status_code, 429)
        self.assertIn("Too many attempts", self.words(answer))

    def test_the_portal_leads_there(self):
        page = html.fromstring(self.url_open("/my").text)
        tiles = page.xpath("//div[@id='portal_common_category']//a")
        said = {each.get("href"): each.get("title") for each in tiles}
        self.assertEqual(said[f"{ACCOUNT}#people-title"], "Who receives what")
        for closed in ("/my/addresses", "/my/account"):
            self.assertFalse(page.xpath(f"//main//a[@href='{closed}']"), closed)
        self.assertIn("people-title", self.get(ACCOUNT).text)
        self.sign_in(new_test_user(self.env, "nobody@example.com", PORTAL))
        page = self.url_open("/my").text
        self.assertNotIn(ACCOUNT, page)
        self.assertIn("/my/addresses", page)

    # ------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------

    def test_who_receives_what_is_changed(self):
        self.assertTrue(self.anong.receives_invoices)
        answer = self.send(
            "receive", contact_id=str(self.anong.id), receives_quotes="1"
        )
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(self.anong.receives_quotes)
        self.assertFalse(self.anong.receives_invoices)
        self.assertIn("Anong", self.hilton.message_ids[0].body)

    def test_colleagues_with_a_login_and_the_responsible_person_are_told(self):
        self.hilton.user_id = self.nikki
        colleague = new_test_user(self.env, "bob@example.com", PORTAL)
        colleague.partner_id.parent_id = self.hilton.partner_id
        self.env["mail.mail"].search([]).unlink()
        form = {"contact_id": str(self.anong.id), "receives_quotes": "1"}
        self.send("receive", **form)
        mails = self.env["mail.mail"].search([])
        told = " ".join(mails.mapped("email_to"))
        for user in colleague | self.nikki:
            self.assertIn(user.email, told)
        self.assertNotIn(self.customer.email, told)  # who has done it
        self.assertNotIn(self.stranger.email, told)
        for mail in mails:
            self.assertIn("chose what Anong receives: quotes.", mail.body_html)
            self.assertFalse(mail.sender_id)
        self.send("receive", **form)  # nothing new
        self.assertEqual(self.env["mail.mail"].search([]), mails)

    def test_what_is_chosen_is_changed_a_few_times_a_day(self):
        self.reach_limit("receives")
        answer = self.send("receive", contact_id=str(self.anong.id))
        self.assertEqual(answer.status_code, 422)
        self.assertTrue(self.anong.receives_invoices)

    def test_a_contact_of_somebody_else_stays(self):
        foreign = self.stranger.partner_id
        foreign.receives_quotes = False
        for number in (str(foreign.id), str(self.nikki.partner_id.id), "x", "", "-1"):
            answer = self.send("receive", contact_id=number, receives_quotes="1")
            self.assertEqual(answer.status_code, 422)
        self.assertFalse(foreign.receives_quotes)

    def test_a_form_without_its_token_changes_nothing(self):
        answer = self.post(f"{ACCOUNT}/receive", contact_id=str(self.anong.id))
        self.assertEqual(answer.status_code, 400)
        self.assertTrue(self.anong.receives_invoices)

    def test_a_colleague_is_invited(self):
        answer = self.send("invite", name="Bob B.", email="bob@example.com")
        self.assertEqual(answer.status_code, 303)
        user = self.env["res.users"].search([("login", "=", "bob@example.com")])
        self.assertTrue(user._is_portal())
        self.assertFalse(user._is_internal())
        self.assertEqual(user.partner_id.parent_id, self.hilton.partner_id)
        self.sign_in(user)
        self.assertIn(self.document.name, self.get(ACCOUNT).text)

    def test_who_has_a_login_learns_of_a_new_one(self):
        self.hilton.user_id = self.nikki
        colleague = new_test_user(self.env, "carl@example.com", PORTAL)
        colleague.partner_id.parent_id = self.hilton.partner_id
        before = self.env["mail.mail"].search([])
        self.send("invite", name="Bob B.", email="bob@example.com")
        mails = self.env["mail.mail"].search([]) - before
        told = mails.filtered(lambda mail: "invited Bob B." in (mail.body_html or ""))
        to = " ".join(told.mapped("email_to"))
        for user in colleague | self.nikki:
            self.assertIn(user.email, to)
        for user in self.customer | self.stranger:
            self.assertNotIn(user.email, to)
        self.assertNotIn("bob@example.com", to)
        self.assertIn("(bob@example.com)", told[:1].body_html)

    def test_a_known_contact_gets_a_login(self):
        before = self.hilton.contact_ids
        self.send("invite", name="Whoever", email="SOMCHAI@example.com")
        self.assertEqual(self.hilton.contact_ids, before)
        self.assertTrue(self.somchai.user_ids._is_portal())
        self.assertEqual(self.somchai.name, "Somchai")

    def test_nobody_else_s_login_is_touched_or_told(self):
        for other in (self.nikki, self.stranger):
            partner, groups = other.partner_id, other.group_ids
            parent, name = partner.parent_id, partner.name
            answer = self.send("invite", name="Taken", email=other.login)
            self.assertEqual(answer.status_code, 303)
            self.assertEqual(other.group_ids, groups)
            self.assertEqual((partner.parent_id, partner.name), (parent, name))
            told = "".join(self.hilton.message_ids.mapped("body"))
            self.assertIn("wants to invite", told)

    def test_what_is_no_address_loses_nothing(self):
        for email in ("", "bob", "a@example.com, b@example.com", "x@y" + "z" * 300):
            answer = self.send("invite", name="Bob P.", email=email)
            self.assertEqual(answer.status_code, 422, email)
            self.assertIn("Bob P.", answer.text)

    def test_a_few_are_invited_a_day(self):
        self.reach_limit("invitation")
        answer = self.send("invite", name="Bob", email="bob@example.com")
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.hilton.contact_ids.filtered(lambda c: c.name == "Bob"))

    def test_a_get_changes_nothing(self):
        for way in ("receive", "invite"):
            answer = self.get(f"{ACCOUNT}/{way}", name="x", email="x@example.com")
            self.assertEqual(answer.status_code, 405)
