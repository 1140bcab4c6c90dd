"""Screens in a real browser: the first one, lists with totals, forms, the phone."""

import re

import pytest
from playwright.sync_api import expect

PHONE = (390, 844)
CLICKS = 10  # at most, from a new company to a quote in the customer's mailbox
FORMS = ("companies", "quotes", "contracts", "invoices", "receipts", "zones")
MODELS = {
    "companies": "bmasia.company",
    "quotes": "bmasia.quote",
    "contracts": "bmasia.contract",
    "invoices": "bmasia.invoice",
    "receipts": "bmasia.receipt",
    "zones": "bmasia.zone",
}
COUNT_CLICKS = """
    window.addEventListener(
        "click",
        (event) => event.isTrusted && (window.clicks = (window.clicks || 0) + 1),
        true
    );
"""
# What is wider than its place and does not scroll by itself, as lists and tabs do
TOO_WIDE = """
    [...document.querySelectorAll(".o_action_manager *")]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
        .filter((e) => {
            for (let p = e; p; p = p.parentElement) {
                if (/auto|scroll|hidden|clip/.test(getComputedStyle(p).overflowX)) {
                    return false;
                }
            }
            return true;
        })
        .map((e) => e.className)
"""


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth")


def pager_total(page):
    total = page.locator(".o_pager_limit").first
    return int(total.inner_text().rstrip("+")) if total.count() else 0


def figure(page, key):
    return page.locator(f".o_bmasia_figure[data-figure={key}]")


def press_figure(page, key):
    figure(page, key).locator(".o_bmasia_open").click()


@pytest.fixture
def dashboard(page_of, settings):
    """The first screen of a person, and the errors that it made."""
    errors = []

    def open_it(login="norbert", width=1280, height=800):
        page = page_of(login, width, height)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{settings.odoo_url}/odoo/bmasia-dashboard")
        figure(page, "companies").wait_for()
        return page

    yield open_it
    assert errors == []


def test_the_dashboard_is_a_page_of_what_one_sees_after_the_login(page_of, settings):
    page = page_of("nikki.h")
    page.locator("[data-tab=dashboard]").click()
    expect(figure(page, "annual_value")).to_contain_text("฿")
    expect(figure(page, "annual_value")).to_contain_text("$")
    page.reload()
    first = page.locator(".o_menu_sections a, .o_menu_sections button").first
    expect(first).to_have_text("My Day")


@pytest.mark.parametrize("key", ["active_contracts", "open_quotes", "overdue"])
def test_a_figure_opens_the_list_that_it_counted(dashboard, key):
    page = dashboard()
    count = int(figure(page, key).locator(".o_bmasia_large").inner_text())
    assert count
    press_figure(page, key)
    page.locator(".o_list_view .o_data_row").first.wait_for()
    assert pager_total(page) == count
    page.go_back()
    expect(figure(page, key)).to_be_visible()


def test_entity_and_person_narrow_the_figures_and_stay(dashboard):
    page = dashboard()
    page.locator("select[name=entity_id]").select_option(label="BMAsia Limited")
    expect(figure(page, "annual_value")).not_to_contain_text("฿")
    expect(page.locator("figcaption", has_text="THB")).to_have_count(0)
    count = figure(page, "active_contracts").locator(".o_bmasia_large").inner_text()
    press_figure(page, "active_contracts")
    page.locator(".o_list_view .o_data_row").first.wait_for()
    assert pager_total(page) == int(count)
    page.locator(".o_breadcrumb, .o_back_button").get_by_text("Dashboard").click()
    chosen = page.locator("select[name=entity_id] option:checked")
    expect(chosen).to_have_text("BMAsia Limited")


def test_a_bar_opens_its_month(dashboard):
    page = dashboard()
    bars = page.locator("figure", has_text="Revenue by month").locator("canvas").first
    bars.scroll_into_view_if_needed()
    box = bars.bounding_box()
    # the last month's bar stands at the right, its foot on the axis
    for share in (0.97, 0.96, 0.95, 0.94):
        for foot in (0.80, 0.77, 0.74):
            if page.locator(".o_list_view").count():
                break
            page.mouse.click(
                box["x"] + box["width"] * share, box["y"] + box["height"] * foot
            )
            page.wait_for_timeout(150)
    expect(page.locator(".o_list_view .o_data_row").first).to_be_visible()
    expect(page.locator(".o_breadcrumb")).to_contain_text("Revenue by month")


def test_a_period_is_chosen_and_compared_with_the_one_before(dashboard):
    page = dashboard()
    page.locator("select[name=period]").select_option("last_12")
    expect(figure(page, "revenue")).to_contain_text("last 12 months")
    expect(figure(page, "revenue").locator(".o_bmasia_before")).to_contain_text(
        re.compile("up|down|unchanged")
    )
    page.locator("select[name=period]").select_option("custom")
    expect(page.locator("input[name=date_from]")).to_be_visible()
    figure(page, "revenue").locator(".o_bmasia_before").click()
    expect(page.locator(".o_breadcrumb")).to_contain_text("Revenue")


def test_behind_each_chart_is_a_table_that_opens_the_same_lists(dashboard):
    page = dashboard()
    chart = page.locator("figure[data-chart=ageing]").first
    chart.locator("summary").click()
    rows = chart.locator("tbody tr")
    expect(rows).to_have_count(5)
    counts = [int(row.locator("td").first.inner_text()) for row in rows.all()]
    place = counts.index(max(counts))
    rows.nth(place).locator("button").click()
    page.locator(".o_list_view .o_data_row").first.wait_for()
    assert pager_total(page) == counts[place]


def test_the_dashboard_fits_a_phone(dashboard):
    page = dashboard("nikki.h", *PHONE)
    expect(page.locator("canvas").first).to_be_visible()
    assert sideways(page) <= PHONE[0]
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("size", [(1366, 768), PHONE])
def test_the_first_screen_of_a_new_database_welcomes(page_of, settings, size):
    """By its box: what is 0 px high is in the page, too."""
    page = page_of("nikki.h", *size)

    def empty(route):
        answer = route.fetch()
        body = answer.json()
        body["result"]["is_empty"] = True
        route.fulfill(response=answer, json=body)

    page.route("**/call_kw/bmasia.dashboard/get_figures", empty)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-dashboard")
    welcome = page.locator(".o_bmasia_welcome > *")
    expect(welcome).to_have_count(2)
    room = page.locator(".o_bmasia_dashboard").bounding_box()
    for text in welcome.all():
        box = text.bounding_box()
        assert box["height"] > 10
        assert room["y"] <= box["y"] and box["y"] + box["height"] <= size[1]
    page.get_by_role("link", name="add a company").click()
    expect(page.locator(".o_form_view [name=contact_ids]")).to_be_visible()


def test_the_board_of_quotes_has_the_sums_of_each_currency(page_of, settings):
    page = page_of("norbert")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-quotes?view_type=kanban")
    columns = page.locator(".o_kanban_group")
    expect(columns.first).to_contain_text("Draft")
    names = columns.locator(".o_column_title").all_inner_texts()
    assert [name.split(" ")[0].split("\n")[0] for name in names[:3]] == [
        "Draft",
        "Sent",
        "Accepted",
    ]
    sums = columns.first.locator(".o_pipeline_sums")
    expect(sums).to_contain_text(re.compile(r"\$.*฿|฿.*\$", re.S))
    expect(page.locator(".o_kanban_group .o_draggable")).to_have_count(0)


def test_totals_stand_beside_each_other_by_currency(page_of, settings):
    page = page_of("norbert")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-contracts")
    total = page.locator(".o_list_footer .o_list_number", has_text="฿")
    expect(total).to_contain_text(re.compile(r"\$.*฿|฿.*\$", re.S))
    expect(page.locator(".o_list_footer sup")).to_have_count(0)
    page.locator(".o_searchview_dropdown_toggler").click()
    page.get_by_role("menuitemcheckbox", name="Status").click()
    active = page.locator(".o_group_header", has_text="Active").first
    expect(active).to_contain_text(re.compile(r"\$.*฿|฿.*\$", re.S))
    expect(total).to_contain_text(re.compile(r"\$.*฿|฿.*\$", re.S))


def test_a_pivot_has_no_sum_of_two_currencies(page_of, settings):
    page = page_of("norbert")
    errors = []
    page.on(
        "console",
        lambda line: errors.append(line.text) if line.type == "error" else None,
    )
    page.goto(f"{settings.odoo_url}/odoo/bmasia-quotes")
    page.locator(".o_switch_view.o_pivot").click()
    rows = page.locator(".o_pivot tbody tr")
    expect(rows.filter(has_text="THB")).to_contain_text("฿")
    expect(rows.filter(has_text="USD")).to_contain_text("$")
    totals = rows.filter(has_text="Total").locator("td")
    # a column for each month that has quotes, and where there are several, their sum
    expect(totals).to_have_text([""] * totals.count())
    assert totals.count()
    assert errors == []


def test_from_a_new_company_to_a_sent_quote(inbox, page_of, settings, capsys):
    page = page_of("nikki.h")
    page.add_init_script(COUNT_CLICKS)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-companies")
    write, press = page.keyboard.type, page.keyboard.press
    page.get_by_role("button", name="New", exact=True).click()
    page.locator(".o_field_widget[name=name] input:focus").wait_for()
    write("Ten Clicks Hotel")
    page.locator("[name=contact_ids]").get_by_text("Add a line").click()
    page.locator(
        "[name=contact_ids] .o_selected_row [name=name] input:focus"
    ).wait_for()
    write("Malee")
    press("Tab")
    press("Tab")
    write("malee@ten-clicks.example.com")
    page.get_by_role("button", name="New quote").click()
    lines = page.locator("[name=line_ids]")
    lines.get_by_text("Add a line").click()
    lines.locator(".o_selected_row [name=product_id] input:focus").wait_for()
    write("Soundtrack Your")
    page.locator(".o-autocomplete--dropdown-item a").first.wait_for()
    press("Enter")
    page.locator(".o_form_view button[name=action_send]:visible").click()
    wizard = page.locator(".modal")
    expect(wizard.locator("[name=sender_line]:visible")).to_contain_text("verified")
    wizard.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".o_notification")).to_contain_text("was sent")
    message = inbox.wait_for("Ten Clicks Hotel")
    assert message["To"][0]["Address"] == "malee@ten-clicks.example.com"
    clicks = page.evaluate("window.clicks")
    with capsys.disabled():
        print(f"\nfrom a new company to a sent quote: {clicks} clicks")
    assert 3 <= clicks <= CLICKS


def test_sections_and_notes_take_the_whole_row(json2, page_of, settings):
    page = page_of("nikki.h")
    customer = json2.user("nikki.h").call("bmasia.company", "search", domain=[])[0]
    page.goto(f"{settings.odoo_url}/odoo/bmasia-companies/{customer}")
    page.get_by_role("button", name="New quote").click()
    lines = page.locator("[name=line_ids]")
    for button, text in (
        ("Add a section", "Lobby and pool"),
        ("Add a note", "Installed at night"),
    ):
        lines.get_by_text(button).click()
        row = lines.locator(".o_selected_row")
        cell = row.locator("[name=name] textarea, [name=name] input")
        expect(cell).to_have_value("")  # the row is there that was asked for
        cell.fill(text)
        assert row.locator("td[colspan]").count() == 1
        expect(row.locator("[name=unit_price]")).to_have_count(0)
    page.locator(".o_form_button_save").click()
    page.wait_for_url(re.compile(r"/\d+$"))
    quote = int(page.url.rsplit("/", 1)[1])
    client = json2.user("nikki.h")
    saved = client.call(
        "bmasia.quote.line",
        "search_read",
        domain=[("quote_id", "=", quote)],
        fields=["name", "display_type"],
    )
    assert {row["display_type"]: row["name"] for row in saved} == {
        "line_section": "Lobby and pool",
        "line_note": "Installed at night",
    }
    client.call("bmasia.quote", "unlink", [quote])


def test_the_companys_page_tells_its_story(json2, page_of, settings):
    client = json2.user("pom")
    (hilton,) = client.call(
        "bmasia.company", "search", domain=[("name", "=", "Hilton Pattaya")]
    )
    page = page_of("pom")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-companies/{hilton}")
    box = page.locator("[name=button_box], .o-form-buttonbox").first
    for label in ("Overdue", "Quotes", "Contracts", "Invoices"):
        expect(box).to_contain_text(label)
    box.get_by_text("More").click()
    for label in ("Payments", "Statement", "E-mails"):
        expect(page.locator(".o-dropdown--menu")).to_contain_text(label)
    page.keyboard.press("Escape")
    expect(page.locator("[name=contact_ids]")).to_contain_text("Somchai")
    page.get_by_role("tab", name="Documents").click()
    expect(page.locator("[name=contract_ids]")).to_contain_text("C-2025-1006-001")
    expect(page.locator("[name=quote_ids]")).to_contain_text("Q-2025-1006-426")
    expect(page.locator("[name=invoice_ids]")).to_contain_text("INV-")
    page.get_by_role("tab", name="Music Zones").click()
    expect(page.locator("[name=zone_ids] .o_data_row").first).to_be_visible()


def test_the_calendar_shows_where_contracts_end(json2, page_of, settings):
    contract = json2.user("norbert").call(
        "bmasia.contract",
        "search_read",
        domain=[("state", "=", "active")],
        fields=["name"],
        order="end_date",
        limit=1,
    )[0]
    page = page_of("norbert")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-contracts")
    page.locator(".o_switch_view.o_calendar").click()
    event = page.locator(".fc-event", has_text=contract["name"])
    forward = page.locator(".o_calendar_button_next")
    for _month in range(3):
        if event.count():
            break
        forward.click()
        page.wait_for_timeout(500)
    expect(event.first).to_be_visible()


@pytest.mark.parametrize("path", FORMS)
def test_every_page_of_every_form_fits_a_phone(json2, page_of, settings, path):
    newest = json2.user("norbert").call(
        MODELS[path], "search", domain=[], order="id desc", limit=1
    )
    page = page_of("norbert", *PHONE)
    page.goto(f"{settings.odoo_url}/odoo/{path_of(path)}")
    page.locator(".o_kanban_record:visible").first.wait_for()
    assert sideways(page) <= PHONE[0]
    assert page.evaluate(TOO_WIDE) == []
    for record in ("new", newest[0]) if path != "receipts" else newest:
        page.goto(f"{settings.odoo_url}/odoo/{path_of(path)}/{record}")
        page.locator(".o_form_view").wait_for()
        for tab in [None, *page.get_by_role("tab").all()]:
            if tab:
                tab.click()
            assert sideways(page) <= PHONE[0], (record, tab)
            assert page.evaluate(TOO_WIDE) == [], (record, tab)


def path_of(name):
    return f"bmasia-{name}"
