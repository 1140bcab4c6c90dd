"""Whatever a customer's page asks or says: axe finds nothing, it fits a desk, a phone
and an enlarged page in English and Thai, and the keyboard reaches all of it.

One customer and one browser for all panels: each is opened once per language, and its
window changes.
"""

from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.customers import DESK, LINK, PHONE, RULES, RUN, Customer, code_of, draw
from tests.kit import Inbox

LANGUAGES = ("en_US", "th_TH")
# WCAG 2.1, criteria 1.4.4 and 1.4.10: a window of 1280 pixels, enlarged to 200 %
ENLARGED = (640, 400)
ADA, GRACE = "ada@panel-hotel.example.com", "grace@panel-hotel.example.com"
PASSWORD = "panel-Hotel-26"
OPTION = {"name": "Tablet", "unit_price": 600, "kind": "one_time", "is_optional": True}
ITEMS = """[...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary"
)].filter((node) => !node.disabled && node.checkVisibility())"""
# What has the cursor: its place among all items, and whether it shows that.
CURSOR = f"""() => {{
    const node = document.activeElement;
    return [{ITEMS}.indexOf(node), getComputedStyle(node).outlineStyle !== "none"];
}}"""
# What is to be seen of a panel when it is open, by its name.
PANELS = {
    "answer": "#answer .options",
    "answer with a fault": "#answer .fault",
    "code": "#answer .code-box",
    "accepted": "#answer .digest",
    "extension": "#extend button",
    "to pay": "#pay .pay-code, #pay [data-copy]",
    "payment reported": "#pay .note",
    "invoiced proforma": "#pay .note",
    "sign": "#sign canvas",
    "code of a signer": "#sign .drawing",
    "signed": "#sign .signers",
    "expired": "form[action$=renew]",
    "account": "fieldset input[type=checkbox]",
    "verify": "input[type=file]",
    "verified": "section[role=status] h2",
}


class Panels:
    """A customer whose documents show each panel.

    :param customer: of whom they are
    """

    def __init__(self, customer, json2, stack):
        self.customer, self.page, self.stack = customer, customer.page, stack
        self.admin, self.nikki = json2.user("admin"), json2.user("nikki.h")
        self.inbox = Inbox(customer.settings.inbox_url)
        self.base = customer.settings.odoo_url
        customer.contact("Grace", GRACE)
        self.ada = customer.contact("Ada", ADA, receives_quotes=True)
        self.addresses = {}

    def open(self, name, lang):
        """Open a panel in a language, with all that can be unfolded."""
        if name not in self.addresses:
            make = getattr(self, "make_" + name.replace(" ", "_"), None)
            address = make() if make else self.base + "/verify"
            self.addresses[name] = address.partition("#")[0]
        address = self.addresses[name]
        self.page.goto(f"{address}{'&' if '?' in address else '?'}lang={lang}")
        if name == "answer with a fault":
            self.page.locator("#answer summary").click()
            self.page.locator("#answer [formaction*='/decline']").click()
        if name == "verified":
            file = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"}
            self.page.set_input_files("input[type=file]", file)
            self.page.locator("main button[type=submit]").click()
        expect(self.page.locator("html")).to_have_attribute(
            "lang", lang[:2] + "-" + lang[3:]
        )
        for fold in self.page.locator("details").all():
            fold.evaluate("node => (node.open = true)")

    def quote(self, *more):
        """A quote of Nikki's: its id, and the address of its page."""
        quote = self.customer.document("bmasia.quote", more=more)
        self.customer.of_nikki("bmasia.quote", quote)
        return quote, self.customer.link("bmasia.quote", quote)

    def invoice(self, **values):
        invoice = self.customer.document("bmasia.invoice", **values)
        return invoice, self.customer.link("bmasia.invoice", invoice)

    def write(self, statement, *parameters):
        """What only time does."""
        self.stack._psql(self.customer.settings.database, statement, *parameters)

    # -- panels ------------------------------------------------------------------

    def make_answer(self):
        return self.quote(OPTION)[1]

    make_answer_with_a_fault = make_answer

    def asked(self):
        """A quote for whose acceptance a code was mailed: its number."""
        quote, address = self.quote()
        self.page.goto(address)
        self.page.get_by_label("Your name", exact=True).fill("Ada Lovelace")
        self.page.locator("#answer button[type=submit]").first.click()
        self.page.wait_for_url("**/confirm?**")
        return self.customer.read("bmasia.quote", quote, "name"), address

    def make_code(self):
        self.asked()
        return self.page.url

    def make_accepted(self):
        number, address = self.asked()
        code = code_of(self.inbox, f"Your code for quote {number}", to=ADA)
        self.page.locator(".code-box").fill(code)
        self.page.locator(".code-box").press("Enter")
        self.page.wait_for_url("**done=accepted**")
        return address

    def make_extension(self):
        quote, address = self.quote()
        self.write(
            "UPDATE bmasia_quote SET date = '2026-01-01', valid_until = '2026-01-31',"
            " state = 'expired' WHERE id = %s",
            quote,
        )
        return address

    def make_to_pay(self):
        return self.invoice()[1]

    def make_payment_reported(self):
        _invoice, address = self.invoice()
        self.page.goto(address)
        self.page.locator("#pay summary").click()
        self.page.locator("#pay button[type=submit]").click()
        self.page.wait_for_url("**done=claimed**")
        return self.page.url

    def make_invoiced_proforma(self):
        proforma, address = self.invoice(kind="proforma")
        invoices = "bmasia.invoice"
        made = self.customer.call(invoices, "action_invoice_proforma", [proforma])
        self.customer.call(invoices, "action_issue", [made["res_id"]])
        self.customer.made.append((invoices, made["res_id"]))
        return address

    def contract(self):
        """A contract that Ada is asked to sign: its number, and her link."""
        contract = self.customer.document("bmasia.contract")
        people = {"Ada Lovelace": ADA, "Grace Hopper": GRACE}
        self.customer.ask_signatures(self.nikki, contract, people)
        number = self.customer.read("bmasia.contract", contract, "name")
        mail = self.inbox.wait_for(f"Please sign contract {number}", to=ADA)
        return number, LINK.search(mail["HTML"])[1]

    def make_sign(self):
        return self.contract()[1]

    def signing(self):
        """The same, once she has drawn and got her code."""
        number, address = self.contract()
        self.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        self.page.goto(address)
        draw(self.page)
        self.page.locator("#sign button[type=submit]").first.click()
        self.page.wait_for_url("**/sign/code?**")
        return number, address

    def make_code_of_a_signer(self):
        self.signing()
        return self.page.url

    def make_signed(self):
        number, address = self.signing()
        code = code_of(self.inbox, f"Your code for contract {number}", to=ADA)
        self.page.locator(".code-box").fill(code)
        self.page.locator(".code-box").press("Enter")
        self.page.wait_for_url("**done=signed**")
        return address

    def make_expired(self):
        quote, address = self.quote()
        self.write(
            "UPDATE document_link SET fixed_end = '2026-01-31'"
            " WHERE res_model = 'bmasia.quote' AND res_id = %s",
            quote,
        )
        return address

    def make_account(self):
        self.quote()
        group = self.admin.call(
            "ir.model.data",
            "search_read",
            domain=[("module", "=", "base"), ("name", "=", "group_portal")],
            fields=["res_id"],
        )
        login = {"name": "Ada", "login": ADA, "partner_id": self.ada}
        login |= {"password": PASSWORD, "group_ids": [[6, 0, [group[0]["res_id"]]]]}
        quiet = {"no_reset_password": True}
        self.admin.call("res.users", "create", vals_list=[login], context=quiet)
        self.page.goto(f"{self.base}/web/login")
        self.page.fill("input[name=login]", ADA)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url("**/my**")
        return f"{self.base}/my/documents"


@pytest.fixture(scope="module")
def panels(browser, settings, json2, stack):
    """All panels of one customer, made when they are opened first."""
    customer = Customer(browser, settings, json2.user("norbert"), DESK)
    yield Panels(customer, json2, stack)
    customer.close()
    assert customer.errors == [], "a script or a policy was broken"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_has_no_findings_and_fits(axe, panels, panel, lang):
    page = panels.page
    panels.open(panel, lang)
    for width, height in (DESK, PHONE, ENLARGED):
        page.set_viewport_size({"width": width, "height": height})
        expect(page.locator(PANELS[panel]).first).to_be_visible()
        assert panels.customer.fits(), f"wider than {width}"
        if (width, height) != ENLARGED:
            page.evaluate(axe)
            assert page.evaluate(RUN, RULES) == []


@pytest.mark.parametrize("panel", PANELS)
def test_the_keyboard_reaches_all_of_a_panel_and_shows_where_it_is(panels, panel):
    page = panels.page
    panels.open(panel, "en_US")
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.evaluate("document.activeElement.blur()")
    items = page.evaluate(f"{ITEMS}.length")
    reached, hidden = Counter(), set()
    # a field of a date has three places of its own
    for _each in range(items + 12):
        page.keyboard.press("Tab")
        place, is_shown = page.evaluate(CURSOR)
        reached[place] += 1
        if place >= 0 and not is_shown:
            hidden.add(place)
    missed = set(range(items)) - set(reached)
    named = page.evaluate(
        f"(places) => places.map((n) => {ITEMS}[n].outerHTML)", [*missed]
    )
    assert named == []
    assert hidden == set(), "the cursor is somewhere and does not show it"


def test_an_expired_link_says_that_a_new_one_comes(axe, panels):
    panels.open("expired", "en_US")
    page = panels.page
    page.locator("form[action$=renew] button").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("on its way")
    panels.customer.look(axe)
