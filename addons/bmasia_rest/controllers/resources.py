"""What the REST API is about: companies, contacts, payments, and every kind of document
that is installed; and how a record is found.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from odoo.fields import Domain
from odoo.tools import escape_psql

from . import kinds, schemas
from .steps import MAKING, STEPS, Step

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Resource:
    """One kind of record.

    :param str name: in addresses
    :param str singular: in sentences
    :param str model: Odoo's
    :param summary: pydantic model of one record in a list
    :param detail: of one record alone
    :param page: of the list's query
    :param listing: of the list
    :param bool is_document: has a number, a PDF, and can be sent
    :param Domain domain: which of the model's records
    :param str customer_path: from a record to the company that it belongs to
    :param Step making: what makes one, if programs may
    :param steps: what is done with one, by its name in addresses
    """

    name: str
    singular: str
    model: str
    summary: type[BaseModel]
    detail: type[BaseModel]
    page: type[BaseModel]
    listing: type[BaseModel]
    is_document: bool = True
    domain: Domain = Domain.TRUE
    customer_path: str = "customer_id"
    making: Step | None = None
    steps: Mapping[str, Step] = field(default_factory=dict)

    @property
    def methods(self):
        """What the address of the list knows, as the header ``Allow`` says it."""
        return "GET, POST" if self.making else "GET"

    def records(self, env):
        """The model, archived records included."""
        return env[self.model].with_context(active_test=False)

    def find(self, env, key):
        """One record by its id, its number, or its UUID in the old system.

        :param str key: as in the address
        :returns: the record, or an empty set
        :raises AccessError: not this user's to read
        """
        records = self.records(env)
        domain = self._domain_of(records, key)
        return records.search(self.domain & domain, limit=1)

    def _domain_of(self, records, key):
        if key.isascii() and key.isdigit():
            number = int(key[:20])
            return Domain("id", "=", number if number <= schemas.MAX_ID else 0)
        if UUID.fullmatch(key) and "legacy_uuid" in records._fields:
            return Domain("legacy_uuid", "=", key.lower())
        if self.is_document and "\0" not in key:
            return Domain("name", "=", key)
        return Domain.FALSE

    def search(self, env, page):
        """A part of the list.

        :param page: an instance of :attr:`page`
        :returns: ``(records, count of the whole list)``
        """
        records, domain = self.records(env), self.domain
        asked = page.model_dump(exclude_none=True)
        limit, offset, order = (
            asked.pop(name) for name in ("limit", "offset", "order")
        )
        for name, value in asked.items():
            domain &= self._condition(records, name, value)
        direction = "desc" if order.startswith("-") else "asc"
        found = records.search(
            domain, limit=limit, offset=offset, order=f"id {direction}"
        )
        return found, records.search_count(domain)

    def _condition(self, records, name, value):
        if name == "customer_id":
            name = self.customer_path
        if name == "contract_id" and "contract_ids" in records._fields:
            name = "contract_ids"  # one of several
        path, operator = CONDITIONS.get(name, (name, "="))
        if operator == "=ilike":  # a pattern for Odoo, but a text for who asks
            value = escape_psql(value)
        return Domain(path, operator, value)


# How a query's fields are compared, where it is not by their own name and equality.
CONDITIONS = {
    "search": ("display_name", "ilike"),
    "updated_since": ("write_date", ">="),
    "country": ("country_id.code", "="),
    "email": ("email", "=ilike"),
}

COMPANIES = Resource(
    "companies",
    "company",
    "bmasia.company",
    schemas.Company,
    schemas.CompanyDetail,
    schemas.CompanyPage,
    schemas.CompanyList,
    is_document=False,
)
CONTACTS = Resource(
    "contacts",
    "contact",
    "res.partner",
    schemas.Contact,
    schemas.Contact,
    schemas.ContactPage,
    schemas.ContactList,
    is_document=False,
    # those of our customers, not the team or Odoo's own
    domain=Domain("parent_id.bmasia_company_ids", "!=", False),
    customer_path="parent_id.bmasia_company_ids",
)
PAYMENTS = Resource(
    "payments",
    "payment",
    "bmasia.payment",
    schemas.Payment,
    schemas.PaymentDetail,
    schemas.PaymentPage,
    schemas.PaymentList,
    is_document=False,
    making=Step(
        "Note money, and what it is for", schemas.PaymentRequest, schemas.BookingAnswer
    ),
    steps={
        "allocate": Step(
            "Say what money on account is for",
            schemas.AllocateRequest,
            schemas.BookingAnswer,
        ),
        "refund": Step(
            "Pay credit on account back", schemas.RefundRequest, schemas.RefundAnswer
        ),
        "book": Step(
            "A cheque that was expected is paid",
            schemas.BookRequest,
            schemas.PaymentDetail,
            once=False,
        ),
        "void": Step(
            "Take a payment back, with its receipts",
            schemas.VoidRequest,
            schemas.PaymentDetail,
            once=False,
        ),
    },
)
# By model; of other kinds of documents, they are made from the fields.
SCHEMAS = {
    "bmasia.quote": (
        schemas.Quote,
        schemas.QuoteDetail,
        schemas.QuotePage,
        schemas.QuoteList,
    ),
    "bmasia.contract": (
        schemas.Contract,
        schemas.ContractDetail,
        schemas.ContractPage,
        schemas.ContractList,
    ),
    "bmasia.amendment": (
        schemas.Amendment,
        schemas.AmendmentDetail,
        schemas.AmendmentPage,
        schemas.AmendmentList,
    ),
    "bmasia.invoice": (
        schemas.Invoice,
        schemas.InvoiceDetail,
        schemas.InvoicePage,
        schemas.InvoiceList,
    ),
    "bmasia.receipt": (
        schemas.Receipt,
        schemas.ReceiptDetail,
        schemas.ReceiptPage,
        schemas.ReceiptList,
    ),
}


def find_resources(env):
    """All resources of a database: no list names a kind of document.

    :returns: the resources, by their name in addresses
    :rtype: dict
    """
    documents = [
        Resource(
            plural,
            kinds.singular_of(plural),
            kind._name,
            *(SCHEMAS.get(kind._name) or kinds.make_schemas(plural, kind)),
            making=MAKING.get(kind._name),
            steps=STEPS.get(kind._name, {}),
        )
        for plural, kind in env["document.mixin"]._kinds().items()
    ]
    return {each.name: each for each in (*documents, COMPANIES, CONTACTS, PAYMENTS)}
