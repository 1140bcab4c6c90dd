"""The menus and what they open, in a real browser and in both languages."""

import re

import pytest
from playwright.sync_api import expect

DESK = (1366, 768)
SCREENS = ".o_view_controller, .o_document_day, .o_bmasia_dashboard, .o_bmasia_report"
FIVE = ["Sales", "Invoicing", "Customers", "E-mails"]
# Headings whose words do not fit their column
CUT = """
    [...document.querySelectorAll(".o_list_table thead th[data-name]")]
        .filter((head) =>
            [head, ...head.querySelectorAll("*")].some(
                (part) =>
                    part.scrollWidth > part.clientWidth + 1 &&
                    /hidden|clip/.test(getComputedStyle(part).overflowX)
            )
        )
        .map((head) => head.innerText.trim())
"""
NO_SCROLLING = """
    [...document.querySelectorAll(".o-dropdown--menu")].every(
        (menu) =>
            menu.scrollHeight <= menu.clientHeight + 1 &&
            menu.getBoundingClientRect().bottom <= innerHeight
    )
"""


def ready(page):
    """Wait for what a menu item opened."""
    page.locator(f".o_action_manager :is({SCREENS})").first.wait_for()
    expect(page.locator(".o_loading_indicator")).to_have_count(0)


def windows(page):
    """``{name: address}`` of everything below our menu."""
    menus = page.evaluate("fetch('/web/webclient/load_menus').then((a) => a.json())")
    (root,) = (m for m in menus.values() if m.get("xmlid") == "bmasia_crm.menu_root")

    def below(menu):
        for child in menu["children"]:
            item = menus[str(child)]
            if item["actionID"] and not item["children"]:
                path = item.get("actionPath") or f"action-{item['actionID']}"
                yield item["xmlid"], f"/odoo/{path}"
            yield from below(item)

    return dict(below(root))


@pytest.fixture
def in_thai(json2):
    """A user's screens in Thai, for as long as a test runs."""
    changed = []
    admin = json2.user("admin")

    def speak(login):
        name = f"{login}@bmasiamusic.com"
        ids = admin.call("res.users", "search", domain=[("login", "=", name)])
        admin.call("res.users", "write", ids, vals={"lang": "th_TH"})
        changed.extend(ids)

    yield speak
    admin.call("res.users", "write", changed, vals={"lang": "en_US"})


def test_five_words_stand_above_and_each_opens_without_scrolling(page_of):
    page = page_of("norbert", *DESK)
    words = page.locator(".o_menu_sections > *")
    expect(words).to_have_text(["My Day", *FIVE, "Configuration"])
    for word in (*FIVE, "Configuration"):
        words.get_by_text(word, exact=True).click()
        expect(page.locator(".o-dropdown--menu .dropdown-item").first).to_be_visible()
        assert page.evaluate(NO_SCROLLING), word
        page.keyboard.press("Escape")


def test_everything_in_the_menus_opens_and_no_heading_is_cut_in_thai(
    page_of, settings, in_thai
):
    in_thai("norbert")
    page = page_of("norbert", *DESK)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    cut = {}
    for name, address in windows(page).items():
        page.goto(settings.odoo_url + address)
        ready(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= DESK[0], name
        if found := page.evaluate(CUT):
            cut[name] = found
    assert cut == {}
    assert errors == []


def test_a_list_says_by_name_what_it_opens_on(page_of, settings):
    for login, facets in (
        ("nikki.h", ["Mine", "Open or Recently Answered"]),
        ("norbert", ["Open or Recently Answered"]),
    ):
        page = page_of(login, *DESK)
        page.goto(f"{settings.odoo_url}/odoo/bmasia-quotes")
        ready(page)
        shown = page.locator(".o_searchview_facet .o_facet_value")
        assert sorted(shown.all_inner_texts()) == facets


def test_the_company_menu_narrows_the_lists(page_of, settings):
    page = page_of("norbert", *DESK)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-invoices")
    ready(page)
    numbers = page.locator(".o_data_row [name=name]")
    switcher = page.locator(".o_switch_company_menu button")
    expect(switcher).to_contain_text("+1")  # both are ticked at first
    switcher.click()
    choices = page.locator(".o_switch_company_item")
    choices.filter(has_text="BMAsia Limited").locator(".log_into").click()
    expect(switcher).to_contain_text("BMAsia Limited")
    expect(switcher).not_to_contain_text("+")
    ready(page)
    expect(numbers.filter(has_text="INV-HK").first).to_be_visible()
    expect(numbers.filter(has_text="INV-TH")).to_have_count(0)


def test_a_graph_has_one_currency_at_a_time(page_of, settings):
    page = page_of("norbert", *DESK)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-invoices")
    page.locator(".o_switch_view.o_graph").click()
    currencies = page.get_by_label("Currency", exact=True)
    expect(currencies.locator("option")).to_have_count(2)
    assert sorted(currencies.locator("option").all_inner_texts()) == ["THB", "USD"]
    for label in ("USD", "THB"):
        with page.expect_request(
            lambda request: "formatted_read_group" in request.url
            and '["currency_id","=",' in (request.post_data or "")
        ):
            currencies.select_option(label=label)
        expect(currencies.locator("option:checked")).to_have_text(label)
    expect(page.locator(".o_graph_renderer canvas")).to_be_visible()


def test_the_calendar_opens_where_something_is(page_of, settings):
    page = page_of("norbert", *DESK)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-contracts")
    page.locator(".o_switch_view.o_calendar").click()
    expect(page.locator(".fc-event").first).to_be_visible()


def test_amounts_have_their_currency_and_the_state_is_on_top(json2, page_of, settings):
    (paid,) = json2.user("pom").call(
        "bmasia.invoice",
        "search",
        domain=[("payment_state", "=", "partial"), ("currency_id.name", "=", "THB")],
        limit=1,
    )
    page = page_of("pom", *DESK)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-invoices/{paid}")
    button = page.locator("[name=action_open_payments]")
    expect(button).to_contain_text(re.compile(r"฿.*Paid|Paid.*฿", re.S))
    head = page.locator("[name=standing]").first
    expect(head).to_contain_text(re.compile("Partially paid|Overdue"))
    expect(head).to_contain_text("฿")
    assert head.bounding_box()["y"] < 300


def test_totals_below_a_list_are_of_what_counts(page_of, settings):
    """Drafts stand in the list of invoices, and are no revenue."""
    page = page_of("norbert", *DESK)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-invoices")
    ready(page)
    footer = page.locator(".o_list_footer")
    expect(footer).to_contain_text("$")
    page.locator(".o_facet_remove").click()
    page.locator(".o_searchview_dropdown_toggler").click()
    page.get_by_role("menuitemcheckbox", name="To Be Issued").click()
    expect(page.locator(".o_data_row [name=standing]").first).to_have_text("Draft")
    expect(page.locator(".o_data_row [name=name]", has_text="INV")).to_have_count(0)
    expect(footer).not_to_contain_text("$")
