"""Reports in a real browser: what is chosen, rows that open, files, the phone."""

import pytest
from playwright.sync_api import expect

SIZES = [(1366, 768), (390, 844)]
REPORTS = "bmasia_crm.bmasia_report_action_"
ROWS = ".o_bmasia_report tbody tr"


@pytest.fixture
def report(page_of, settings):
    """A report as Pom opens it, and the errors that it made."""
    errors = []

    def open_it(key, width=1366, height=768):
        page = page_of("pom", width, height)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{settings.odoo_url}/odoo/action-{REPORTS}{key}")
        page.locator(".o_bmasia_report").wait_for()
        return page

    yield open_it
    assert errors == []


@pytest.mark.parametrize("size", SIZES)
def test_a_report_fits_the_screen(report, size):
    page = report("receivables", *size)
    expect(page.locator(ROWS).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_row_opens_what_it_is_made_of(report):
    page = report("receivables")
    row = page.locator(ROWS).first
    name = row.locator("td").first.inner_text()
    due = row.locator("td").nth(-2).inner_text()
    row.locator("a").click()
    expect(page.locator(".o_breadcrumb").last).to_contain_text("Open invoices")
    expect(page.locator(ROWS).first).to_contain_text(name)
    total = page.locator(".o_bmasia_report tfoot tr td").nth(-2)
    expect(total).to_have_text(due)
    page.locator(ROWS).first.locator("a").click()
    expect(page.locator(".o_form_view")).to_be_visible()


def test_another_day_and_entity_are_another_report(report):
    page = report("receivables")
    page.locator("input[name=date]").fill("2019-12-31")
    page.locator("input[name=date]").blur()
    expect(page.get_by_text("Nobody owes anything")).to_be_visible()
    page.locator("input[name=date]").fill("2099-12-31")
    page.locator("input[name=date]").blur()
    expect(page.locator(ROWS).first).to_contain_text("THB")
    page.locator("select[name=company_id]").select_option(label="BMAsia Limited")
    expect(page.locator(ROWS).first).to_contain_text("USD")


@pytest.mark.parametrize("kind", ["CSV", "XLSX", "PDF"])
def test_each_file_is_downloaded(report, kind):
    page = report("journal")
    with page.expect_download() as download:
        page.get_by_role("button", name=kind, exact=True).click()
    assert download.value.suggested_filename.endswith(f".{kind.lower()}")
    assert download.value.path().stat().st_size > 100
