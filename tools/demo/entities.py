"""The two billing entities, with price lists, bank accounts and contract templates."""

from base64 import b64encode
from datetime import timedelta
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from tools.demo import clauses

NOON = timedelta(hours=12)
DEARER = 1.05  # from next month on
LOGO = Path(__file__).with_name("logo.png")
# default code: price per zone and year, or per piece
PRICES = {
    "TH": {"SYB": 14000, "BB": 9800, "PLAYER": 7000, "PC": 16500, "INST": 4500},
    "HK": {"SYB": 380, "BB": 275, "PLAYER": 200, "PC": 480, "INST": 150},
}
ENTITIES = {
    "TH": {
        "name": "BMAsia Thailand",
        "legal_name": "BMAsia (Thailand) Co., Ltd.",
        "legal_branch": "Head Office",
        "currency": "THB",
        "street": "1 Sample Street",
        "street2": "Watthana",
        "city": "Bangkok",
        "zip": "10110",
        "country": "base.th",
        "document_address": "1 Sample Street\nWatthana, Bangkok 10110, Thailand",
        "phone": "+66 2 000 0000",
        "vat": "DEMO 0000000000000",
        "tax_label": "VAT",
        "tax_rate": 7,
        "withholding_rate": 3,
        "time_zone": "Asia/Bangkok",
        "promptpay_id": "0000000000000",
        "document_signatory": "Norbert",
        "document_signatory_title": "Managing Director",
        "bank": "Demo Bank Bangkok",
        "bic": "DEMOTHBK",
        "account": "DEMO-000-0-00000-0",
    },
    "HK": {
        "name": "BMAsia Limited",
        "legal_name": "BMAsia Limited",
        "currency": "USD",
        "street": "1 Sample Road, Central",
        "city": "Hong Kong",
        "country": "base.hk",
        "phone": "+852 0000 0000",
        "vat": "DEMO 00000000",
        "tax_label": "Tax",
        "tax_rate": 0,
        "time_zone": "Asia/Hong_Kong",
        "bills_other_countries": True,
        "document_signatory": "Norbert",
        "document_signatory_title": "Director",
        "bank": "Demo Bank Hong Kong",
        "bic": "DEMOHKHH",
        "account": "DEMO-000-000000-000",
    },
}
TAX_SOURCE = "Revenue Code, section 80: 10 %, lowered to 7 % by royal decrees"
# what the same says in Thai
THAI = {
    "TH": {
        "legal_name": "บริษัท บีเอ็มเอเชีย (ประเทศไทย) จำกัด",
        "legal_branch": "สำนักงานใหญ่",
        "document_address": "1 ถนนตัวอย่าง แขวงตัวอย่าง\nเขตวัฒนา กรุงเทพมหานคร 10110",
        "tax_label": "ภาษีมูลค่าเพิ่ม",
        "document_signatory_title": "กรรมการผู้จัดการ",
    },
    "HK": {"tax_label": "ภาษี", "document_signatory_title": "กรรมการ"},
}
OWN_KEYS = ("currency", "country", "bank", "bic", "account")


def make_entities(env: Any) -> dict[str, Any]:
    """Make both, the Thai one of the database's first company.

    :returns: ``{"TH": res.company, "HK": res.company}``
    :rtype: dict
    """
    entities = {
        "TH": env.ref("base.main_company"),
        "HK": env["res.company"].create({"name": ENTITIES["HK"]["name"]}),
    }
    for code, entity in entities.items():
        _set_up(env, code, entity)
    return entities


def _set_up(env: Any, code: str, entity: Any) -> None:
    facts = ENTITIES[code]
    country = env.ref(facts["country"])
    currency = env["res.currency"].with_context(active_test=False)
    currency = currency.search([("name", "=", facts["currency"])])
    currency.active = True
    entity.write(
        {
            **{name: value for name, value in facts.items() if name not in OWN_KEYS},
            "currency_id": currency.id,
            "country_id": country.id,
            "entity_code": code,
            "email": "info@bmasiamusic.com",
            "website": "https://www.bmasiamusic.com",
            "logo": b64encode(LOGO.read_bytes()),
            "document_footer": clauses.FOOTER["en_US"],
            "quote_terms": clauses.QUOTE_TERMS["en_US"],
            "contract_terms": clauses.CONTRACT_TERMS["en_US"],
            "billing_terms": clauses.INVOICE_TERMS["en_US"],
        }
    )
    entity.tax_rate_ids.source = TAX_SOURCE
    if code == "TH":
        entity.billing_country_ids = country
    entity.with_context(lang="th_TH").write(
        {
            "document_footer": clauses.FOOTER["th_TH"],
            "quote_terms": clauses.QUOTE_TERMS["th_TH"],
            "contract_terms": clauses.CONTRACT_TERMS["th_TH"],
            "billing_terms": clauses.INVOICE_TERMS["th_TH"],
            **THAI[code],
        }
    )
    if "document.seal" in env:  # the demo may be without it
        entity.action_make_own_seal()
    bank = env["res.bank"].create({"name": facts["bank"], "bic": facts["bic"]})
    env["res.partner.bank"].create(
        {
            "partner_id": entity.partner_id.id,
            "acc_number": facts["account"],
            "acc_holder_name": facts["legal_name"],
            "bank_id": bank.id,
            "currency_id": currency.id,
            "allow_out_payment": True,
        }
    )
    entity.document_pricelist_id = _make_price_list(env, code, entity, currency)
    _make_templates(env, code, entity)


def _make_price_list(env: Any, code: str, entity: Any, currency: Any) -> Any:
    """Today's prices, and those of next month on beside them."""
    products = env["product.product"].search([("default_code", "in", [*PRICES[code]])])
    next_month = entity._today().replace(day=1) + relativedelta(months=1)
    midnight = env["product.pricelist"]._moment_of(entity, next_month) - NOON
    return env["product.pricelist"].create(
        {
            "name": f"{entity.name} ({currency.name})",
            "company_id": entity.id,
            "currency_id": currency.id,
            "item_ids": [
                Command.create(
                    {
                        "applied_on": "0_product_variant",
                        "product_id": product.id,
                        "compute_price": "fixed",
                        "fixed_price": round(
                            PRICES[code][product.default_code] * factor, 2
                        ),
                        "date_start": start,
                    }
                )
                for factor, start in ((1, False), (DEARER, midnight))
                for product in products
            ],
        }
    )


def _make_templates(env: Any, code: str, entity: Any) -> None:
    """Give the entity the two sample templates that are shipped for it."""
    for product in ("syb", "bb"):
        template = env.ref(f"bmasia_crm.contract_template_{code.lower()}_{product}")
        template.company_id = entity
