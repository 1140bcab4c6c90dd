"""From the page of an invoice to Odoo's page of payment, and what is begun there."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.payment.utils import generate_access_token

from .common import OnlineCase

BUTTON = "Pay now"


@tagged("post_install", "-at_install")
class TestPayNow(OnlineCase):
    def offers(self, path=None):
        return BUTTON in self.words(self.get(path or self.path))

    def refusal(self, form, **values):
        """What the transaction is refused with."""
        before = self.invoice_.sudo().online_transaction_ids
        answer = self.send(form, **values)
        self.assertEqual(self.invoice_.sudo().online_transaction_ids, before)
        return answer["error"]["data"]["message"]

    # ------------------------------------------------------------
    # WHERE IT IS OFFERED
    # ------------------------------------------------------------

    def test_it_is_offered_where_a_provider_takes_what_is_due(self):
        self.assertTrue(self.offers())
        for values in (
            {"state": "disabled"},
            {"is_published": False},
            {"maximum_amount": 14979.0},
            {"available_currency_ids": [(6, 0, self.currency("USD").ids)]},
            {"available_country_ids": [(6, 0, self.env.ref("base.be").ids)]},
        ):
            with self.subTest(values):
                self.provider.unlink()
                self.provider = self.make_provider(self.thailand, **values)
                self.assertFalse(self.offers())
                self.assertEqual(self.pay_now().status_code, 422)

    def test_what_a_customer_typed_does_not_come_along(self):
        """The page keeps nothing where a form says that it leaves it: see page.js."""
        page = html.fromstring(self.get(self.path).text)
        [form] = page.xpath("//form[contains(@action, '/online')]")
        self.assertIn("data-leaves", form.attrib)

    def test_the_provider_of_another_entity_is_none(self):
        self.provider.company_id = self.hongkong
        self.assertFalse(self.offers())
        self.assertEqual(self.pay_now().status_code, 422)

    def test_the_provider_of_a_parent_company_is_none(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.thailand.id}
        )
        invoice = self.invoice_.with_user(self.pom).sudo()
        with self.subTest("what the parent receives is not the branch's"):
            self.env.cr.execute(
                "UPDATE bmasia_invoice SET company_id = %s WHERE id = %s",
                (branch.id, invoice.id),
            )
            self.env.invalidate_all()
            self.assertFalse(invoice._online_providers())

    def test_nothing_is_offered_where_nothing_is_due(self):
        self.invoice_.with_user(self.pom).action_register_payment(14980.0)
        self.assertFalse(self.offers())
        self.assertEqual(self.pay_now().status_code, 422)

    def test_another_kind_has_no_such_address(self):
        quote = self.path_of(self.document)
        self.assertFalse(self.offers(quote))
        self.assertEqual(self.pay_now(quote).status_code, 404)

    def test_a_billing_note_is_paid_as_a_whole(self):
        other = self.issued_invoice(self.line(1000.0))
        note = (
            self.env["bmasia.billing.note"]
            .with_user(self.pom)
            .create({"customer_id": self.hilton.id, "company_id": self.thailand.id})
        )
        note.action_mark_sent()
        path = self.path_of(note)
        self.assertIn("To be paid now: THB 16,050.00", self.words(self.get(path)))
        transaction = self.begin(self.form(path))
        self.assertEqual(transaction.amount, 16050.0)
        self.assertEqual(transaction.reference, note.name)
        self.assertEqual(transaction.bmasia_invoice_ids, self.invoice_ | other)
        self.confirm(transaction)
        self.assertEqual(self.invoice_.state, "paid")
        self.assertEqual(other.state, "paid")
        self.assertEqual(len(self.payments()), 1)

    def test_a_proforma_is_paid_in_advance(self):
        proforma = self.issued_invoice(kind="proforma")
        transaction = self.begin(self.form(self.path_of(proforma)))
        self.confirm(transaction)
        [payment] = self.payments()
        self.assertEqual(payment.allocation_ids.invoice_id, proforma)
        self.assertFalse(payment.amount_unallocated)

    def test_a_proforma_is_paid_until_its_invoice_is_issued(self):
        proforma = self.issued_invoice(kind="proforma").with_user(self.pom)
        path = self.path_of(proforma)
        form = self.form(path)
        invoice = proforma.browse(proforma.action_invoice_proforma()["res_id"])
        self.assertTrue(self.offers(path), "a draft asks for nothing")
        invoice.action_issue()
        self.assertFalse(self.offers(path))
        self.assertEqual(self.pay_now(path).status_code, 422)
        self.assertIn("Nothing is due", self.refusal(form))
        self.assertTrue(self.offers(self.path_of(invoice)))
        invoice.with_user(self.norbert).action_cancel("a slip")
        self.assertTrue(self.offers(path))

    # ------------------------------------------------------------
    # WHAT IS PAID
    # ------------------------------------------------------------

    def test_it_pays_exactly_what_is_due_now(self):
        self.invoice_.with_user(self.pom).action_register_payment(4980.0)
        form = self.form()
        self.assertEqual(form["amount"], 10000.0)
        transaction = self.begin(form)
        self.assertEqual(transaction.amount, 10000.0)
        self.assertEqual(transaction.currency_id.name, "THB")
        self.assertEqual(transaction.bmasia_invoice_ids, self.invoice_)
        self.assertEqual(transaction.partner_id, self.hilton.partner_id)
        self.assertEqual(transaction.company_id, self.thailand)
        self.assertEqual(transaction.reference, self.invoice_.name)
        self.assertFalse(transaction.tokenize)

    def test_what_is_withheld_is_not_paid(self):
        self.thailand.withholding_rate = 3
        self.hilton.show_withholding = True
        invoice = self.issued_invoice()
        self.assertEqual(self.form(self.path_of(invoice))["amount"], 14560.0)

    def test_no_amount_comes_from_the_browser(self):
        form = self.form()
        for amount in (1.0, 0, -5, 14980.01, "14980", None, True):
            with self.subTest(amount):
                self.assertIn("has changed", self.refusal(form, amount=amount))
        address = self.pay_now().headers["Location"]
        page = self.get(f"{address}&amount=1&currency_id=1&partner_id=1&reference=x")
        self.assertEqual(self.form_of(page)["amount"], 14980.0)
        self.assertIn(self.invoice_.name, page.text)

    def test_what_was_paid_meanwhile_is_not_paid_again(self):
        form = self.form()
        self.invoice_.with_user(self.pom).action_register_payment(4980.0)
        self.assertIn("has changed", self.refusal(form))
        self.invoice_.with_user(self.pom).action_register_payment(10000.0)
        self.assertIn("Nothing is due", self.refusal(form))

    def test_the_second_try_has_a_reference_of_its_own(self):
        self.begin(self.form())._set_canceled()
        transaction = self.begin(self.form())
        self.assertEqual(transaction.reference, f"{self.invoice_.name}-1")

    # ------------------------------------------------------------
    # TWICE
    # ------------------------------------------------------------

    def test_nobody_pays_twice_while_one_is_processed(self):
        form = self.form()
        transaction = self.begin(form)
        self.collect_later()
        for set_state in ("_set_pending", "_set_authorized"):
            getattr(transaction, set_state)()
            with self.subTest(transaction.state):
                self.assertFalse(self.offers())
                self.assertIn(
                    "Please do not pay again", self.words(self.get(self.path))
                )
                answer = self.pay_now()
                self.assertEqual(answer.status_code, 422)
                self.assertIn("is being processed", answer.text)
                self.assertIn("is being processed", self.refusal(form))

    def test_nor_before_the_money_is_registered(self):
        transaction = self.transaction()
        transaction._set_done()
        self.assertFalse(self.offers())
        self.assertIn("arrived on", self.words(self.get(self.path)))

    def test_nor_before_what_was_collected_in_parts_is_registered(self):
        self.collect_later()
        transaction = self.transaction()
        transaction._set_authorized()
        part = transaction._create_child_transaction(14980.0)
        part._set_done()
        self.close_month()
        self.process(part)
        self.process(transaction)
        self.assertEqual(transaction.state, "done")
        self.assertTrue(self.claims().is_confirmed)
        self.assertFalse(self.offers())
        answer = self.pay_now()
        self.assertEqual(answer.status_code, 422)
        self.assertIn("is being processed", answer.text)

    def test_one_that_failed_can_be_tried_again(self):
        for end, words in (
            (lambda each: each._set_canceled(), "was cancelled"),
            (lambda each: each._set_error("<b>No cover</b>"), "failed on"),
        ):
            end(self.transaction())
            page = self.get(self.path)
            self.assertIn(words, self.words(page))
            self.assertIn(BUTTON, self.words(page))
        self.assertIn("&lt;b&gt;No cover", page.text)

    def test_a_bank_that_never_answers_does_not_block_for_good(self):
        transaction = self.transaction()
        transaction._set_pending()
        transaction.last_state_change = "2026-01-01 00:00:00"
        self.assertTrue(self.offers())

    # ------------------------------------------------------------
    # WHO MAY NOT
    # ------------------------------------------------------------

    def test_a_link_that_was_called_back_pays_nothing(self):
        address, form = self.pay_now().headers["Location"], self.form()
        self.link.with_user(self.pom).action_call_back()
        self.assertEqual(self.pay_now().status_code, 410)
        self.assertEqual(self.get(address).status_code, 404)
        self.assertIn("open the link", self.refusal(form))

    def test_a_forged_pass_opens_nothing(self):
        form = self.form()
        good = form["access_token"]
        for bad in ("", "x", "\N{SNOWMAN}", good[:-4], good[1:], "AQ", None, 5, [1]):
            with self.subTest(bad):
                self.assertIn("open the link", self.refusal(form, access_token=bad))
        for bad in ("", "x", good[:-4]):
            answer = self.get("/payment/pay", of_document=1, access_token=bad)
            self.assertEqual(answer.status_code, 404)

    def test_our_own_look_pays_nothing(self):
        links = self.env["document.link"].with_user(self.pom)
        _link, address = links._make(self.invoice_, "preview")
        answer = self.pay_now(f"/d/{address.rpartition('/')[2]}")
        self.assertEqual(answer.status_code, 422)

    @mute_logger("odoo.http")
    def test_a_form_chooses_only_among_what_is_offered(self):
        form = self.form()
        foreign = self.make_provider(self.hongkong)
        hidden = self.make_provider(self.thailand, is_published=False)
        other = self.env.ref("payment.payment_method_card")
        for values in (
            {"provider_id": foreign.id},
            {"provider_id": hidden.id},
            {"provider_id": None},
            {"provider_id": "x"},
            {"payment_method_id": other.id},
            {"flow": "token", "token_id": 1},
            {"flow": "offline"},
            {"token_id": 1},
            {"is_validation": True},
        ):
            with self.subTest(values):
                self.assertIn("not offered", self.refusal(form, **values))
        for values in (
            {"bmasia_invoice_ids": [1]},
            {"custom_create_values": {"amount": 1}},
            {"partner_id": 1},
            {"currency_id": 1},
        ):
            with self.subTest(values):
                self.assertTrue(self.refusal(form, **values))

    def test_no_saved_card_of_the_customer_is_offered(self):
        self.make_token()
        page = self.payment_page()
        self.assertNotIn("4242", page.text)
        self.assertNotIn("o_payment_tokenize_checkbox", page.text)

    # ------------------------------------------------------------
    # THE KEY
    # ------------------------------------------------------------

    def test_the_key_stays_with_the_customer(self):
        key = self.path.split("/")[2]
        answer = self.pay_now()
        self.assertNotIn(key, answer.headers["Location"])
        self.assertIn("HttpOnly", answer.headers["Set-Cookie"])
        self.assertIn("Path=/payment/document/back", answer.headers["Set-Cookie"])
        page = self.get(answer.headers["Location"])
        self.assertNotIn(key, page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        self.assertEqual(page.headers["Referrer-Policy"], "strict-origin")
        transaction = self.begin(self.form_of(page))
        self.assertNotIn(key, transaction.landing_route)

    def test_odoo_s_pages_speak_the_language_of_ours(self):
        self.env["res.lang"]._activate_lang("th_TH")
        page = self.url_open(f"{self.path}/online?lang=th_TH", data={"x": "1"})
        self.assertIn('"lang": "th_TH"', page.text)
        self.assertIn('"lang": "th_TH"', self.url_open("/payment/status").text)
        transaction = self.begin(self.form_of(page))
        back = self.get(transaction.landing_route).headers["Location"]
        self.assertIn("lang=th_TH", back)

    def test_who_has_paid_comes_back_to_the_page(self):
        transaction = self.begin(self.form())
        answer = self.get(transaction.landing_route)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].startswith(f"{self.path}?lang="))
        self.assertTrue(answer.headers["Location"].endswith("#pay"))

    def test_without_its_key_odoo_says_what_has_come_of_it(self):
        transaction = self.begin(self.form())
        other = self.issued_invoice()
        self.pay_now(self.path_of(other))  # the browser has another key by now
        answer = self.url_open(transaction.landing_route)
        self.assertIn("/payment/confirmation", answer.url)
        self.assertIn(transaction.reference, answer.text)
        self.opener.cookies.clear()
        answer = self.url_open(transaction.landing_route)
        self.assertIn(transaction.reference, answer.text)
        token = transaction.landing_route.rpartition("=")[2]
        for bad in ("x", ""):
            route = transaction.landing_route.replace(token, bad)
            self.assertEqual(self.url_open(route).status_code, 404)
        self.assertNotIn("/d/", self.url_open("/payment/document/back").url)

    def test_numbers_that_no_transaction_has(self):
        for number in (2**31, 10**30):
            for way in ("/payment/document/back", "/payment/confirmation"):
                answer = self.url_open(f"{way}?tx_id={number}&access_token=x")
                self.assertLess(answer.status_code, 500, way)

    @mute_logger("odoo.http")
    def test_what_leads_back_pays_nothing(self):
        token = self.make_token()
        transaction = self.begin(self.form())
        answer = self.url_open("/payment/status/poll", json={"params": {}})
        route = answer.json()["result"]["landing_route"]
        self.assertEqual(route, transaction.landing_route)
        form = {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": token.id,
            "amount": transaction.amount,
            "currency_id": transaction.currency_id.id,
            "partner_id": transaction.partner_id.id,
            "tokenization_requested": False,
            "landing_route": "/payment/confirmation",
            "access_token": parse_qs(urlsplit(route).query)["access_token"][0],
        }
        before = self.env["payment.transaction"].sudo().search_count([])
        for flow in ("token", "direct", "redirect"):
            with self.subTest(flow):
                params = {**form, "flow": flow}
                answer = self.url_open("/payment/transaction", json={"params": params})
                self.assertIn("Forbidden", answer.json()["error"]["data"]["name"])
        found = self.env["payment.transaction"].sudo().search_count([])
        self.assertEqual(found, before)

    def test_what_leads_back_tells_of_that_payment_alone(self):
        transaction, other = self.begin(self.form()), self.transaction()
        token = transaction.landing_route.rpartition("=")[2]
        confirmation = "/payment/confirmation"
        page = self.get(confirmation, tx_id=transaction.id, access_token=token)
        self.assertIn(transaction.reference, page.text)
        for tx_id, bad in ((other.id, token), (transaction.id, "x"), (other.id, "")):
            answer = self.get(confirmation, tx_id=tx_id, access_token=bad)
            self.assertEqual(answer.status_code, 404)
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            answer = self.get(confirmation, tx_id=transaction.id, access_token=token)
        self.assertEqual(answer.status_code, 404)

    def test_core_s_own_confirmation_stays(self):
        transaction = self.transaction()
        key = transaction.partner_id.id, transaction.amount, transaction.currency_id.id
        token = generate_access_token(*key, env=self.env)
        query = {"tx_id": transaction.id, "access_token": token}
        page = self.get("/payment/confirmation", **query)
        self.assertIn(transaction.reference, page.text)

    def test_core_s_pages_know_no_pass(self):
        passed = self.form()["access_token"]
        self.sign_in(self.pom)
        for path in ("/my/payment_method", "/payment/pay"):
            for given in ("x", passed):
                with self.subTest(path):
                    page = self.get(path, document_pass=given)
                    self.assertEqual(page.status_code, 200)
                    self.assertNotIn("/payment/document", page.text)

    def test_core_s_own_page_of_payment_stays(self):
        answer = self.get("/payment/pay", amount=5)
        self.assertIn(answer.status_code, (302, 303))
        self.assertIn("/web/login", answer.headers["Location"])
