"""Visitors who want something else than the page offers: found by attacks on it."""

import io

from lxml import html
from PIL import Image

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.bmasia_crm.tests.pages import PageCase

from .answering import AnswerCase

PORTAL, ACCOUNT = "base.group_portal", "/my/documents"


def png(side):
    """A small file of a very large picture."""
    written = io.BytesIO()
    Image.new("1", (side, side)).save(written, "PNG")
    return written.getvalue()


@tagged("post_install", "-at_install")
class TestFindingsOnPages(AnswerCase):
    def test_parameters_named_like_arguments(self):
        for query in ("?visit=1", "?self=1"):
            self.assertEqual(self.url_open(f"/d/{self.key}{query}").status_code, 200)

    def test_a_language_that_is_a_file(self):
        answer = self.url_open(f"/d/{self.key}/ask", files={"lang": ("a", b"b")})
        self.assertNotEqual(answer.status_code, 500)

    def test_names_that_nobody_sees(self):
        for name in ("\u200b", "\u3164", "\u2800", "\u034f"):
            self.tries.clear()
            self.assertFalse(self.ask(full_name=name).has("code"), repr(name))

    def test_boxes_that_nobody_offers(self):
        self.ask(**{f"box_{n}": "1" for n in range(900)})
        self.assertFalse(self.env["document.code"].search([]).boxes)

    def test_numbers_that_no_record_has(self):
        for number in (2**31, 10**30):
            answer = self.url_open(f"/my/quotes/{number}")
            self.assertEqual(answer.status_code, 404, number)

    def test_long_texts_do_not_come_back(self):
        answer = self.url_open(f"/d/{self.key}/code", data={"full_name": "a" * 10**6})
        self.assertLess(len(answer.content), 100_000)

    def test_an_address_of_ours_accepts_nothing(self):
        values = {"name": "X", "parent_id": self.hilton.partner_id.id}
        self.env["res.partner"].create({**values, "email": self.nikki.email})
        shown = self.open().tree.xpath("//select[@name='address']/option/text()")
        self.assertNotIn("n…i@example.com", shown)

    def test_our_own_look_is_called_back_as_well(self):
        key = self.new_key(self.document, "preview")
        self.document.action_call_back_links()
        self.assertEqual(self.open(key=key).status, 410)

    def test_the_language_after_a_new_link(self):
        self.env["res.lang"]._activate_lang("th_TH")
        day = fields.Date.subtract(fields.Date.today(), days=3)
        self.link().sudo().fixed_end = day
        self.assertIn("expired", self.open().tree.findtext(".//title"))
        page = self.post("/renew")
        [href, *_more] = page.tree.xpath("//nav/a/@href")
        self.assertTrue(href.startswith(f"/d/{self.key}?"), href)
        self.assertEqual(page.tree.get("lang"), "en-US")  # that of the document
        # the form keeps what was chosen
        page = self.open("?lang=th_TH")
        [chosen] = page.tree.xpath("//form//input[@name='lang']/@value")
        self.assertEqual(self.post("/renew", lang=chosen).tree.get("lang"), "th-TH")
        self.env.cr.execute(
            "UPDATE bmasia_quote SET lang = 'th_TH' WHERE id = %s", [self.document.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.post("/renew").tree.get("lang"), "th-TH")

    def test_another_language_while_a_code_is_waited_for(self):
        self.env["res.lang"]._activate_lang("th_TH")
        asked = self.ask()
        wrong = self.confirm(asked, "x")
        for page in (asked, wrong):
            [path] = page.tree.xpath("//nav/a[@hreflang='th-TH']/@href")
            thai = self.open(path.removeprefix(f"/d/{self.key}"))
            self.assertEqual(thai.tree.get("lang"), "th-TH")
            self.assertTrue(thai.has("code"))
        self.confirm(asked)
        self.assertEqual(self.document.state, "accepted")


@tagged("post_install", "-at_install")
class TestFindingsOnInvoices(PageCase):
    def setUp(self):
        super().setUp()
        self.invoice = self.issued_invoice()
        self.invoice.action_mark_sent()
        self.pay = f"{self.path_of(self.invoice)}/paid"
        self.said = {"amount": "1", "date": str(fields.Date.today())}

    def test_a_comma_for_a_point(self):
        for amount in ("1070,50", "1.070,00"):
            answer = self.post(self.pay, **{**self.said, "amount": amount})
            self.assertEqual(answer.status_code, 422, amount)

    def test_pictures_that_grow(self):
        for size in (9_000, 14_000):
            slip = {"slip": ("slip.png", png(size))}
            answer = self.post(self.pay, files=slip, **self.said)
            self.assertEqual(answer.status_code, 422)


@tagged("post_install", "-at_install")
class TestFindingsOnAccounts(PageCase):
    def setUp(self):
        super().setUp()
        self.customer.partner_id.parent_id = self.hilton.partner_id
        self.other_hotel = self.make_company("Marriott", country="base.th")
        self.sign_in(self.customer)

    def send(self, way, **form):
        return self.send_form(ACCOUNT, f"{ACCOUNT}/{way}", **form)

    def users(self, like):
        return (
            self.env["res.users"]
            .sudo()
            .with_context(active_test=False)
            .search([("login", "ilike", like)])
        )

    def submit(self, partner, **form):
        page = html.fromstring(self.url_open("/my/account").text)
        token = page.xpath("//input[@name='csrf_token']/@value")[0]
        country = str(self.env.ref("base.th").id)
        form = {
            **{"csrf_token": token, "name": partner.name or "New", "phone": "1"},
            **{"street": "s", "city": "c", "zip": "1", "country_id": country},
            **{"email": partner.email or "a@b.test", "address_type": "billing"},
            **form,
        }
        number = str(partner.id or "")
        return self.post("/my/address/submit", partner_id=number, **form)

    def test_nobody_renames_the_company(self):
        before = self.hilton.name
        self.submit(self.customer.partner_id, company_name="Renamed")
        self.assertEqual(self.hilton.name, before)

    def test_nobody_changes_a_colleague_s_address(self):
        values = {"name": "Accounting", "type": "invoice", "email": "acc@hilton.test"}
        colleague = self.env["res.partner"].create(
            {**values, "parent_id": self.hilton.partner_id.id}
        )
        self.submit(colleague, email="acc@evil.test")
        self.assertEqual(colleague.email, "acc@hilton.test")

    def test_a_program_s_call_writes_no_contact(self):
        partner = self.customer.partner_id
        before = partner.read(["name", "email", "phone", "function"])
        for name, value in (
            ("email", "new@evil.test"),
            ("name", "Pay to 666-6-66666-6"),
            ("phone", "666"),
            ("function", "Owner"),
        ):
            answer = self.call("res.users", "write", [self.customer.id], {name: value})
            self.assertIn("write to us", str(answer["error"]), name)
        self.assertEqual(partner.read(["name", "email", "phone", "function"]), before)
        # what is theirs alone
        answer = self.call("res.users", "write", [self.customer.id], {"tz": "UTC"})
        self.assertTrue(answer["result"])

    def call(self, model, method, *arguments):
        """What the web client, or a program with a session, calls."""
        params = {"model": model, "method": method, "args": arguments, "kwargs": {}}
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}", json={"params": params}
        )
        self.env.invalidate_all()
        return answer.json()

    def test_an_address_of_their_own_accepts_nothing(self):
        self.submit(self.env["res.partner"], name="Added", email="added@evil.test")
        page = html.fromstring(self.get(self.path).text)
        self.assertNotIn("a…d@evil.test", page.xpath("//option/text()"))

    def test_an_invitation_takes_no_contact_of_another_customer(self):
        values = {"name": "CEO", "email": "ceo@marriott.test"}
        self.env["res.partner"].create(
            {**values, "parent_id": self.other_hotel.partner_id.id}
        )
        self.send("invite", name="CEO", email="ceo@marriott.test")
        self.assertFalse(self.users("ceo@marriott"))

    def test_an_invitation_takes_none_of_ours(self):
        self.nikki.login = "nikki"
        self.send("invite", name="N", email=self.nikki.email)
        self.assertFalse(self.hilton.contact_ids.filtered(lambda p: p.name == "N"))

    def test_an_underscore_is_no_wildcard(self):
        other = new_test_user(self.env, "aXb@marriott.test", PORTAL)
        other.partner_id.parent_id = self.other_hotel.partner_id
        self.send(
            "invite", name="W", email="a_b@hilton.test".replace("hilton", "marriott")
        )
        self.assertTrue(self.users("a_b@").filtered(lambda u: u.login[1] == "_"))

    def test_a_login_that_we_took_away_stays_away(self):
        self.send("invite", name="Old", email="old@hilton.test")
        login = self.users("old@hilton")
        wizard = self.env["portal.wizard"].sudo()
        wizard = wizard.with_context(active_ids=login.partner_id.ids).create({})
        wizard.user_ids.action_revoke_access()
        self.send("invite", name="Old", email="old@hilton.test")
        self.assertFalse(login.active)

    def test_the_mail_of_an_invitation(self):
        seen = []
        mails = type(self.env["mail.mail"])
        create = mails.create

        def note(this, values):
            seen.extend(values if isinstance(values, list) else [values])
            return create(this, values)

        self.patch(mails, "create", note)
        for name in (
            *("Pay at https://evil.test", "www.evil.test", "a@evil.test", "?"),
            *("Tan. Our new account is 666-6-66666-6, kindly use it", "Bob <b>"),
        ):
            answer = self.send("invite", name=name, email="n@hilton.test")
            self.assertEqual(answer.status_code, 422)
        self.assertFalse(seen)
        for _time in range(2):  # the first one was lost
            self.send("invite", name="Noi", email="n@hilton.test")
        self.assertEqual(len(seen), 2)
        for mail in seen:
            self.assertNotIn(self.customer.email, mail["email_from"])

    def test_a_contact_with_a_very_long_number(self):
        answer = self.send("receive", contact_id="1" * 5000)
        self.assertEqual(answer.status_code, 422)
