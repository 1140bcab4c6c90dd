"""Our screens for who does not see them well: axe-core finds nothing in our own parts.

WCAG 2.1 A and AA and axe's best practice, at both widths. What Odoo's own widgets lack
is theirs to mend: ``ODOO`` says which nodes those are, and nothing else is let through.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.kit import settle

DESK, PHONE = (1366, 768), (390, 844)
# Whose node it is that axe names, and what it is.
ODOO = {
    "html, meta": "the page's frame: its language and zoom",
    ".o_skip_to_content": "core's link to the content",
    ".o_main_navbar, .o_main_navbar *": "the bar above, with its menus",
    ".o_control_panel, .o_control_panel *": "breadcrumbs, search, pager",
    ".o-mail-ChatterContainer *, .o-mail-Form-chatter *": "the chatter",
    ".o_list_table, .o_list_controller, .o_list_controller *": "columns without words",
    ".o_list_record_selector *": "check boxes of a list",
    ".o_handle_cell, .o_list_button, .o_list_open_form_view": "columns without words",
    ".o-mail-ActivityButton *, .o_kanban_record": "activities; cards that open",
    ".o_m2o_avatar img, .o_avatar img, .o_avatar": "pictures of people",
    ".o_select_menu_input, .o-autocomplete--input": "drop-down fields",
    ".o_field_widget .o-dropdown.dropdown-toggle": "drop-down fields, too",
    ".o_field_color input": "the colour field",
    ".o_statusbar_status, .o_statusbar_status *": "the bar of states",
    ".o_notebook_headers *, .o_notebook_headers": "tabs",
    ".o_field_translate + *": "the button of translations",
    ".o_progress, .o_progress *": "bars of progress",
    ".o_tag": "tags, whose words are their label as well",
    ".o_loading_indicator": "that something is read",
    ".o-main-components-container": "where notices and dialogs come up",
    ".o_caps_lock_warning *, .o_database_list": "the log-in form",
    ".modal-header, .modal-title, .modal-body, .modal .o_content": "a dialog's frame",
}
RUN = """
    async (odoo) => {
        const front = [...document.querySelectorAll(".modal")].pop();
        const answer = await axe.run(front || document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
            resultTypes: ["violations"],
        });
        const found = [];
        for (const {id, nodes} of answer.violations) {
            for (const {target, html} of nodes) {
                const node = document.querySelector(target[0]);
                if (!node?.matches(odoo)) {
                    found.push(`${id}: ${html.slice(0, 160)}`);
                }
            }
        }
        return [...new Set(found)];
    }
"""
LISTS = (
    *("my-day", "bmasia-dashboard", "bmasia-quotes", "bmasia-contracts"),
    "bmasia-invoices",
    *("bmasia-companies", "bmasia-contacts", "bmasia-payments", "bmasia-receipts"),
    *("bmasia-receivables", "bmasia-vat", "bmasia-parity", "document-reminders"),
    *("outbox", "emails-failed", "document-bulk-sends", "bmasia-tax-rates"),
)
FORMS = {
    "bmasia-quotes": ("bmasia.quote", [("state", "=", "sent")]),
    "bmasia-contracts": ("bmasia.contract", [("state", "=", "active")]),
    "bmasia-invoices": ("bmasia.invoice", [("state", "=", "issued")]),
    "bmasia-companies": ("bmasia.company", []),
    "bmasia-payments": ("bmasia.payment", []),
    "bmasia-entities": ("res.company", []),
}
# By the button that opens it: on whose form.
WIZARDS = {
    "Send again": ("bmasia-quotes", "bmasia.quote", "sent"),
    "Mark as accepted": ("bmasia-quotes", "bmasia.quote", "sent"),
    "Mark as signed": ("bmasia-contracts", "bmasia.contract", "sent"),
    "Register payment": ("bmasia-invoices", "bmasia.invoice", "issued"),
    "Add credit note": ("bmasia-invoices", "bmasia.invoice", "issued"),
}


@pytest.fixture
def findings(axe):
    """What axe finds in our parts of a page, as ``rule: node``."""

    def look(page):
        if not page.evaluate("Boolean(window.axe)"):
            page.evaluate(axe)
        return page.evaluate(RUN, ", ".join(ODOO))

    return look


def shown(page):
    page.locator(".o_action_manager .o_view_controller, .o_action .o_content").or_(
        page.locator(".o_bmasia_dashboard")
    ).first.wait_for()
    page.wait_for_function("!document.querySelector('.o_loading_indicator')")
    page.wait_for_timeout(300)  # what fades in has its colour then


def on_each_tab(page, form, findings):
    """What is found on the pages of a form, by the name of the tab."""
    found = {}
    for tab in [None, *form.get_by_role("tab").all()]:
        if tab:
            tab.click()
        shown(page)
        if nodes := findings(page):
            found[tab and tab.inner_text()] = nodes
    return found


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_lists_and_reports_have_no_findings(findings, page_of, settings, size):
    page = page_of("norbert", *size)
    found = {}
    for path in LISTS:
        page.goto(f"{settings.odoo_url}/odoo/{path}")
        shown(page)
        if nodes := findings(page):
            found[path] = nodes
    assert found == {}


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("path", FORMS)
def test_every_page_of_a_form_has_no_findings(
    findings, json2, page_of, settings, path, size
):
    model, domain = FORMS[path]
    client = json2.user("norbert")
    (record, *_more) = client.call(model, "search", domain=domain, limit=1)
    page = page_of("norbert", *size)
    page.goto(f"{settings.odoo_url}/odoo/{path}/{record}")
    page.locator(".o_form_view").wait_for()
    assert on_each_tab(page, page, findings) == {}


def press(page, label):
    """Press a button of a form's head, on a phone maybe one of its menu."""
    shown(page)
    name = re.compile(f"^{label}$")
    head = page.locator(".o_form_statusbar")
    button = head.get_by_role("button", name=name)
    more = head.locator(".o_statusbar_buttons > .dropdown-toggle:visible")
    expect(button.or_(more).first).to_be_visible()
    if not button.count():
        more.click()
        button = page.locator(".o-dropdown--menu").get_by_role("button", name=name)
        settle(button)
    button.click()


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("label", WIZARDS)
def test_what_opens_in_front_has_no_findings(
    findings, json2, page_of, settings, label, size
):
    path, model, state = WIZARDS[label]
    client = json2.user("norbert")
    (record,) = client.call(model, "search", domain=[("state", "=", state)], limit=1)
    page = page_of("norbert", *size)
    page.goto(f"{settings.odoo_url}/odoo/{path}/{record}")
    press(page, label)
    front = page.locator(".modal .o_form_view")
    front.wait_for()
    assert on_each_tab(page, front, findings) == {}


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_what_a_stranger_sees_has_no_findings(browser, findings, settings, size):
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    found = {}
    for path in ("/web/login", "/web/reset_password"):
        page.goto(settings.odoo_url + path)
        expect(page.locator("form").first).to_be_visible()
        if nodes := findings(page):
            found[path] = nodes
    context.close()
    assert found == {}


def test_the_keyboard_reaches_menus_buttons_and_rows(page_of, settings):
    """From the top of a list to its first row, and into it, without a mouse."""
    page = page_of("norbert", *DESK)
    page.goto(f"{settings.odoo_url}/odoo/bmasia-invoices")
    page.locator(".o_data_row").first.wait_for()
    page.locator(".o_searchview_input").focus()
    page.keyboard.press("ArrowDown")
    for _press in range(12):
        if page.evaluate("Boolean(document.activeElement.closest('.o_data_row'))"):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".o_form_view").wait_for()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_page_that_anybody_asks_has_no_findings(
    findings, browser, settings, tmp_path, size
):
    file = tmp_path / "unknown.pdf"
    file.write_bytes(b"no document")
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(f"{settings.odoo_url}/verify")
    assert findings(page) == []
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("status").wait_for()
    assert findings(page) == []
    context.close()
