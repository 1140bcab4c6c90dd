"""The customer's answer in a real browser: noted with its day, and taken back again;
and *Delete*, which is offered where it works.
"""

import re
import uuid
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from tests.kit import wait_for

PHONE = (390, 844)
KINDS = {
    "quotes": ("bmasia.quote", "nikki.h"),
    "contracts": ("bmasia.contract", "nikki.h"),
    "amendments": ("bmasia.amendment", "nikki.h"),
    "invoices": ("bmasia.invoice", "pom"),
    "billing-notes": ("bmasia.billing.note", "pom"),
    "statements": ("bmasia.statement", "pom"),
    "receipts": ("bmasia.receipt", "pom"),
}


class Desk:
    """Somebody's screen and JSON-2 client.

    :param settings: of the running system
    :param json2: clients by login
    :param page_of: pages by login
    """

    def __init__(self, settings, json2, page_of, login, size=(1366, 768)):
        self.url, self.client = settings.odoo_url, json2.user(login)
        self.page = page_of(login, *size)
        self.page.set_default_timeout(20000)

    def open(self, kind, document):
        self.page.goto(f"{self.url}/odoo/bmasia-{kind}/{document}")
        self.page.locator(".o_form_view").wait_for()

    def button(self, label):
        return self.page.locator(".o_form_statusbar, .o_statusbar_buttons").get_by_role(
            "button", name=label, exact=True
        )

    def press(self, label):
        self.button(label).first.click()

    @property
    def dialog(self):
        return self.page.locator(".modal").last

    def confirm(self, label):
        self.dialog.get_by_role("button", name=label, exact=True).click()
        expect(self.page.locator(".modal")).to_have_count(0)

    def state(self):
        return self.page.locator(".o_statusbar_status .o_arrow_button_current")

    def menu(self):
        """The labels of the menu of a form, or of what is ticked in a list."""
        self.page.locator(".o_cp_action_menus button:has(.fa-cog)").click()
        items = self.page.locator(".o-dropdown--menu .o_menu_item")
        items.first.wait_for()
        labels = [text.strip() for text in items.all_inner_texts()]
        self.page.keyboard.press("Escape")
        return labels

    def offers(self, label, offered=True):
        """Wait until the menu has an entry, or has it no more: the web client first
        shows what it kept of a record, then what the server says.

        :raises AssertionError: it does not come to that
        """
        wait_for(lambda: (label in self.menu()) == offered, 20)


@pytest.fixture
def desk(settings, json2, page_of):
    return lambda login, size=(1366, 768): Desk(settings, json2, page_of, login, size)


@pytest.fixture
def quote(json2):
    """A draft of a customer of its own."""
    client = json2.user("nikki.h")
    name = f"Undo {uuid.uuid4().hex[:8]}"
    (customer,) = client.call("bmasia.company", "create", vals_list=[{"name": name}])
    line = [0, 0, {"name": "Music", "unit_price": 12000}]
    values = {"customer_id": customer, "line_ids": [line]}
    return client.call("bmasia.quote", "create", vals_list=[values])[0]


def test_an_answer_is_noted_with_its_day_and_taken_back(desk, quote):
    nikki, norbert = desk("nikki.h"), desk("norbert")
    nikki.open("quotes", quote)
    nikki.press("Mark as sent")
    expect(nikki.dialog.locator(".modal-title")).to_have_text("Mark as sent")
    expect(nikki.dialog).to_contain_text("Sent on")
    nikki.confirm("Mark as sent")
    expect(nikki.state()).to_have_text("Sent")

    nikki.press("Mark as accepted")
    expect(nikki.dialog.locator(".modal-title")).to_have_text("Mark as accepted")
    expect(nikki.dialog).to_contain_text("Accepted on")
    nikki.confirm("Mark as accepted and create contract")
    expect(nikki.page.locator("h1")).to_contain_text("Draft contract")
    nikki.offers("Delete")

    nikki.open("quotes", quote)
    expect(nikki.state()).to_have_text("Accepted")
    expect(nikki.button("Open contract")).to_be_visible()
    for label in ("Create contract", "Reopen", "Mark as declined"):
        expect(nikki.button(label)).to_have_count(0)

    norbert.open("quotes", quote)
    norbert.press("Reopen")
    expect(norbert.dialog.locator(".modal-title")).to_have_text("Reopen")
    norbert.dialog.locator("[name=reason] textarea").fill("The wrong hotel said yes")
    norbert.dialog.get_by_role("button", name="Reopen", exact=True).click()
    expect(norbert.dialog).to_contain_text("Delete that draft first")

    contracts = nikki.client.call(
        "bmasia.contract", "search", domain=[("quote_id", "=", quote)]
    )
    nikki.client.call("bmasia.contract", "unlink", contracts)
    norbert.open("quotes", quote)
    norbert.press("Reopen")
    norbert.dialog.locator("[name=reason] textarea").fill("The wrong hotel said yes")
    norbert.confirm("Reopen")
    expect(norbert.state()).to_have_text("Sent")
    chatter = norbert.page.locator(".o-mail-Chatter")
    expect(chatter).to_contain_text("The wrong hotel said yes")


def test_declining_asks_why_and_when(desk, quote):
    nikki = desk("nikki.h")
    nikki.client.call("bmasia.quote", "action_mark_sent", [quote])
    nikki.open("quotes", quote)
    nikki.press("Mark as declined")
    expect(nikki.dialog).to_contain_text("Reason for declining")
    expect(nikki.dialog).to_contain_text("Declined on")
    reason = nikki.dialog.locator("[name=reason] textarea")
    expect(reason).to_be_focused()
    assert "Not printed" in reason.get_attribute("placeholder")
    nikki.dialog.get_by_role("button", name="Mark as declined", exact=True).click()
    expect(nikki.dialog.locator(".o_field_invalid[name=reason]")).to_be_visible()
    reason.fill("Too dear")
    nikki.confirm("Mark as declined")
    expect(nikki.state()).to_contain_text("Declined")
    first = nikki.page.locator(".o_statusbar_buttons button:visible").first
    expect(first).to_have_text("Create revision")


def test_an_extension_never_proposes_less(desk, quote):
    nikki = desk("nikki.h")
    nikki.client.call("bmasia.quote", "action_mark_sent", [quote])
    (row,) = nikki.client.call("bmasia.quote", "read", [quote], fields=["valid_until"])
    nikki.open("quotes", quote)
    nikki.press("Extend validity")
    expect(nikki.dialog).to_contain_text("Valid until")
    nikki.confirm("Extend validity")
    (now,) = nikki.client.call("bmasia.quote", "read", [quote], fields=["valid_until"])
    more = date.fromisoformat(now["valid_until"]) - date.fromisoformat(
        row["valid_until"]
    )
    assert more >= timedelta(days=7)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_delete_is_offered_for_what_has_no_number(desk, kind):
    model, login = KINDS[kind]
    person = desk(login)
    if kind == "receipts":
        document = person.client.call(model, "search", domain=[], limit=1)[0]
    else:
        document = made(person, kind)
        person.open(kind, document)
        person.offers("Delete")
        issue = "action_issue" if kind == "invoices" else "action_mark_sent"
        person.client.call(model, issue, [document])
    person.open(kind, document)
    person.offers("Delete", offered=False)


def made(person, kind):
    """A draft that can be sent."""
    model, _login = KINDS[kind]
    line = [0, 0, {"name": "Music", "unit_price": 100}]
    if kind == "amendments":
        running = [("is_running", "=", True), ("renewal_id", "=", False)]
        contract = person.client.call(
            "bmasia.contract", "search", domain=running, limit=1
        )
        values = {"contract_id": contract[0], "line_ids": [line]}
    else:
        bill = person.client.call(
            "bmasia.invoice",
            "search_read",
            domain=[("state", "=", "issued"), ("billing_line_ids", "=", False)],
            fields=["customer_id", "company_id"],
            limit=1,
        )[0]
        values = {"customer_id": bill["customer_id"][0]}
        if kind in ("quotes", "contracts", "invoices"):
            values["line_ids"] = [line]
        if kind == "contracts":
            values["without_clauses"] = True
    (document,) = person.client.call(model, "create", vals_list=[values])
    if kind == "billing-notes":
        person.client.call(model, "action_fill", [document])
    return document


def test_delete_is_offered_for_what_is_ticked(desk, quote):
    nikki = desk("nikki.h")
    (row,) = nikki.client.call("bmasia.quote", "read", [quote], fields=["customer_id"])
    other = nikki.client.call("bmasia.quote", "copy", [quote])
    (other,) = other if isinstance(other, list) else [other]
    nikki.client.call("bmasia.quote", "action_mark_sent", [other])
    nikki.page.goto(f"{nikki.url}/odoo/bmasia-quotes")
    rows = nikki.page.locator(".o_data_row", has_text=row["customer_id"][1])
    expect(rows).to_have_count(2)
    draft = rows.filter(has_text=re.compile("Draft"))
    draft.locator(".o_list_record_selector input").click()
    nikki.offers("Delete")
    for each in rows.all():
        box = each.locator(".o_list_record_selector input")
        if not box.is_checked():
            box.click()
    nikki.offers("Delete", offered=False)


@pytest.mark.parametrize("size", [(1366, 768), PHONE])
def test_the_dialog_fits_and_opens_on_what_is_to_be_typed(desk, quote, size):
    nikki = desk("nikki.h", size)
    nikki.client.call("bmasia.quote", "action_mark_sent", [quote])
    nikki.open("quotes", quote)
    nikki.press("Mark as accepted")
    expect(nikki.dialog).to_contain_text("Accepted on")
    for button in nikki.dialog.locator("footer button:visible").all():
        box = button.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0], button
    expect(nikki.page.locator(".o_datetime_picker")).to_have_count(0)
