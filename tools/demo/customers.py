"""40 companies, with 90 contacts and their music zones."""

import csv
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from odoo.fields import Command

COMPANIES = Path(__file__).with_name("companies.csv")
OWNERS = ("nikki.h", "norbert", "nikki.h", "keith")
Row = dict[str, str]  # of companies.csv
Values = dict[str, Any]  # of a record to be made
EXTRA_CONTACTS = 10  # companies that also have a technical contact
ROOMS = (
    "Lobby",
    "Restaurant",
    "Pool",
    "Bar",
    "Spa",
    "Gym",
    "Terrace",
    "Lounge",
    "Shop",
    "Garden",
)
STATUSES = ("online",) * 9 + ("offline", "online", "no_device", "pending")
LANGUAGES = {"en": "en_US", "th": "th_TH"}


def read_companies() -> list[Row]:
    """The rows of ``companies.csv``.

    :rtype: list[dict]
    """
    with open(COMPANIES, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def make_customers(
    env: Any, entities: dict[str, Any], team: dict[str, Any]
) -> dict[str, Any]:
    """Make the companies of ``companies.csv``.

    :returns: ``{key: bmasia.company}``, in the file's order
    :rtype: dict
    """
    rows = read_companies()
    countries = {country.code: country.id for country in env["res.country"].search([])}
    industries = {i.name: i.id for i in env["res.partner.industry"].search([])}
    companies = env["bmasia.company"].create(
        [
            {
                **_company_values(number, row),
                "industry_id": industries[row["industry"]],
                "country_id": countries[row["country"]],
                "billing_entity_id": entities[row["entity"]].id,
                "user_id": team[OWNERS[number % len(OWNERS)]].id,
            }
            for number, row in enumerate(rows)
        ]
    )
    for company, row in zip(companies, rows, strict=True):
        company.partner_id.lang = LANGUAGES[row["lang"]]
    _make_zones(env, companies, rows)
    return {row["key"]: company for row, company in zip(rows, companies, strict=True)}


def _company_values(number: int, row: Row) -> Values:
    domain = f"{row['key'].replace('_', '-')}.example.com"
    return {
        "name": row["name"],
        "legal_name": row["legal_name"],
        "street": f"{number + 8} Sample Road",
        "city": row["city"],
        "vat": f"DEMO 00000000{number:05}",
        "branch": "Head Office" if row["country"] == "TH" else False,
        "phone": f"+00 0000 {number:04}",
        "email": f"info@{domain}",
        "website": f"https://www.{domain}",
        "contact_ids": [
            Command.create(contact) for contact in _contacts(number, row, domain)
        ],
    }


def _contacts(number: int, row: Row, domain: str) -> Iterator[Values]:
    yield {
        "name": row["contact"],
        "function": "General Manager",
        "contact_type": "primary",
        "email": f"{row['given']}@{domain}",
        "lang": LANGUAGES[row["lang"]],
    }
    yield {
        "name": "Accounts Payable",
        "function": "Accounting",
        "contact_type": "billing",
        "email": f"accounts@{domain}",
        "lang": LANGUAGES[row["lang"]],
    }
    if number < EXTRA_CONTACTS:
        yield {
            "name": "IT Department",
            "function": "Network and audio",
            "contact_type": "technical",
            "email": f"it@{domain}",
        }


def _make_zones(env: Any, companies: Any, rows: list[Row]) -> None:
    statuses = cycle(STATUSES)
    env["bmasia.zone"].create(
        [
            {
                "name": ROOMS[i] if i < len(ROOMS) else f"Outlet {i + 1}",
                "customer_id": company.id,
                "platform": _platform(number),
                "status": next(statuses),
            }
            for number, (company, row) in enumerate(zip(companies, rows, strict=True))
            for i in range(int(row["zones"]))
        ]
    )


def _platform(number: int) -> str:
    return "soundtrack" if number % 3 else "beat_breeze"
