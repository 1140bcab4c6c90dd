"""What lists are asked for, and what they answer."""

from typing import Annotated, Literal

from pydantic import Field

from .basis import (
    MAX_OFFSET,
    MAX_PAGE,
    PAGE,
    AmendmentState,
    Answer,
    ContactType,
    ContractCategory,
    ContractState,
    InvoiceKind,
    InvoiceState,
    Moment,
    MoneyDirection,
    MoneyState,
    PaymentState,
    Question,
    QuoteState,
    ReceiptState,
    RecordId,
    SearchText,
    SendState,
)
from .records import (
    Amendment,
    Company,
    Contact,
    Contract,
    Invoice,
    Payment,
    Quote,
    Receipt,
)

# ------------------------------------------------------------
# LISTS
# ------------------------------------------------------------


class Page(Question):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = PAGE
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0
    order: Literal["id", "-id"] = Field("id", description="`-id`: newest first.")
    search: SearchText | None = Field(None, description="In name or number.")
    updated_since: Moment | None = Field(
        None, description="Changed at or after this moment; UTC unless it says else."
    )


class CompanyPage(Page):
    active: bool = Field(True, description="`false`: the archived ones.")
    billing_entity_id: RecordId | None = None
    user_id: RecordId | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        None, description="ISO code."
    )


class ContactPage(Page):
    active: bool = Field(True, description="`false`: the archived ones.")
    customer_id: RecordId | None = None
    contact_type: ContactType | None = None
    email: SearchText | None = None


class AnyDocumentPage(Page):
    name: SearchText | None = Field(None, description="The number.")
    company_id: RecordId | None = Field(None, description="The billing entity.")
    user_id: RecordId | None = None
    send_state: SendState | None = None


class DocumentPage(AnyDocumentPage):
    customer_id: RecordId | None = None


class QuotePage(DocumentPage):
    state: QuoteState | None = None


class ContractPage(DocumentPage):
    state: ContractState | None = None
    category: ContractCategory | None = None
    quote_id: RecordId | None = None


class AmendmentPage(DocumentPage):
    state: AmendmentState | None = None
    contract_id: RecordId | None = None
    quote_id: RecordId | None = None


class InvoicePage(DocumentPage):
    state: InvoiceState | None = None
    kind: InvoiceKind | None = None
    payment_state: PaymentState | None = None
    is_overdue: bool | None = None
    contract_id: RecordId | None = Field(None, description="One of `contract_ids`.")


class ReceiptPage(DocumentPage):
    partner_id: RecordId | None = None
    state: ReceiptState | None = None
    payment_id: RecordId | None = None
    is_tax_invoice: bool | None = None


class PaymentPage(Page):
    customer_id: RecordId | None = None
    company_id: RecordId | None = Field(None, description="The billing entity.")
    direction: MoneyDirection | None = None
    state: MoneyState | None = None


class Listing(Answer):
    """A part of a list; `next` and `previous` are addresses, or null at the ends."""

    count: int = Field(description="Of the whole list.")
    next: str | None
    previous: str | None


class CompanyList(Listing):
    results: list[Company]


class ContactList(Listing):
    results: list[Contact]


class QuoteList(Listing):
    results: list[Quote]


class ContractList(Listing):
    results: list[Contract]


class AmendmentList(Listing):
    results: list[Amendment]


class InvoiceList(Listing):
    results: list[Invoice]


class ReceiptList(Listing):
    results: list[Receipt]


class PaymentList(Listing):
    results: list[Payment]
