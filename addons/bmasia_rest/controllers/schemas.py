"""What the REST API takes and gives: the models that ``openapi.json`` is made from.

A field of an answer has the name that it has in Odoo, so that REST, JSON-2 and XML-RPC
speak of the same things; ``tests/test_rest_read.py`` notices a drift. A kind of
document that has no schemas here gets them from ``kinds.py``.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    model_validator,
)

MAX_RECIPIENTS = 50  # as of every sending; tests compare
MAX_ID = 2**31 - 1  # PostgreSQL's integer
PAGE, MAX_PAGE = 50, 200  # records per page
MAX_OFFSET = 10_000_000
MAX_AMOUNT = 1e12  # as of every figure that is typed; tests compare
MAX_USES = 200  # of one payment
MAX_BODY = 200_000  # characters of a mail's text
FIRST_YEAR, LAST_YEAR = 1970, 2100  # of a moment; others overflow in a time zone


def _as_stored(moment):
    """The moment as Odoo stores it: UTC, without saying so."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _one_line(address):
    """In a header of a mail, another line is another header."""
    if len(address.splitlines()) > 1:
        raise ValueError("must be one address, in one line")
    return address


RecordId = Annotated[int, Field(ge=1, le=MAX_ID)]
# PostgreSQL stores no NUL character
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Address = Annotated[Text, Field(max_length=400), AfterValidator(_one_line)]
Addresses = (
    Annotated[list[Address], Field(max_length=MAX_RECIPIENTS)]
    | Annotated[Text, Field(max_length=400 * MAX_RECIPIENTS)]
)
# A number is typed as one: no text, no true, no NaN.
Number = Annotated[float, Strict(), Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
Amount = Annotated[Number, Field(ge=0)]
Day = Annotated[date, Strict()]
# of a record: its id, its number, or its UUID in the old system
KeyText = Annotated[Text, Field(min_length=1, max_length=100)]
Key = Annotated[RecordId, Strict()] | KeyText
Words = Annotated[Text, Field(max_length=500)]
SearchText = Annotated[Text, Field(min_length=1, max_length=100)]
Moment = Annotated[datetime, AfterValidator(_as_stored)]

SendState = Literal["none", "sending", "queued", "refused", "unknown", "sent"]
BillingFrequency = Literal[
    "annual", "upfront", "half_yearly", "quarterly", "monthly", "one_time"
]
QuoteState = Literal["draft", "sent", "accepted", "rejected", "expired", "superseded"]
ContractState = Literal["draft", "sent", "active", "expired", "renewed", "cancelled"]
ContractCategory = Literal["standard", "master", "participation"]
InvoiceState = Literal["draft", "issued", "paid", "cancelled", "credited"]
InvoiceKind = Literal["invoice", "credit_note", "adjustment", "proforma"]
PaymentState = Literal["unpaid", "partial", "paid", "credited", "written_off"]
ReceiptState = Literal["issued", "voided"]
MoneyState = Literal["expected", "booked", "voided"]
MoneyDirection = Literal["in", "out"]
MoneyMethod = Literal["transfer", "promptpay", "cheque", "card", "cash", "other"]
RateSource = Literal["bot", "bot_month_end", "sold", "bank"]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
UseState = Literal["planned", "valid", "voided"]
ContactType = Literal["primary", "billing", "technical", "decision_maker", "other"]
DeliveryState = Literal[
    "queued", "sending", "sent", "deferred", "refused", "unknown", "cancelled"
]
ErrorCode = Literal[
    "bad_request",
    "unauthorized",
    "forbidden",
    "not_found",
    "method_not_allowed",
    "wrong_state",
    "length_required",
    "too_large",
    "unsupported_media_type",
    "invalid",
    "internal",
    "mail_refused",
    "busy",
]


class Question(BaseModel):
    """What is asked. A field that nobody knows is an error, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What is given."""


# ------------------------------------------------------------
# ERRORS
# ------------------------------------------------------------


class Error(Answer):
    """The answer to everything that did not work."""

    code: ErrorCode = Field(description="For programs; does not change.")
    message: str = Field(description="For people: what happened and what to do.")
    details: dict[str, Any] = Field(
        description="422: `fields`, each with `field` and `message`. 502: `smtp_code`, "
        "`smtp_words` and the answer of the send."
    )


# ------------------------------------------------------------
# SENDING
# ------------------------------------------------------------


class SendRequest(Question):
    """A mail with the document attached, from the mailbox of whose key it is."""

    recipients: Addresses | None = Field(
        None,
        description="A list of addresses, or one text with several. Default: the "
        "contacts who receive this kind of document.",
    )
    cc: Addresses | None = Field(
        None, description="Other recipients, seen by all; a list or a text."
    )
    subject: Annotated[Text, Field(max_length=500)] | None = Field(
        None, description="Default: from the template, in the document's language."
    )
    body: Annotated[Text, Field(max_length=MAX_BODY)] | None = Field(
        None, description="HTML or plain text. Default: from the template."
    )
    sender: Annotated[Text, Field(max_length=100)] | None = Field(
        None,
        description="For programs written for the old system: the caller's own "
        "profile. Any other is 403; nobody sends as somebody else.",
    )
    send_again: bool | None = Field(
        None,
        description="True: also what went to the same people in the same words a "
        "moment ago, which is 409 otherwise. Default: true with an Idempotency-Key.",
    )


class Recipient(Answer):
    """The result for one recipient."""

    recipient: str
    state: DeliveryState
    code: int = Field(description="The mail server's; 0 when there is none.")
    error: str


class SendAnswer(Answer):
    """The result of the mail."""

    status: Literal["sent", "queued", "partial", "refused"]
    message: str
    number: str
    sent_date: datetime | None
    queued_until: datetime | None = Field(description="The next attempt, if queued.")
    sender: str = Field(alias="from", description="The From of the mail.")
    deliveries: list[Recipient]


# ------------------------------------------------------------
# BOOKING MONEY
# ------------------------------------------------------------


class Use(Question):
    """What a part of the money is for: one of invoice, contract and quote, by its id,
    its number, or its UUID in the old system."""

    invoice_id: Key | None = Field(
        None, description="An invoice or proforma; of money out, a credit note."
    )
    contract_id: Key | None = Field(None, description="Of an advance.")
    quote_id: Key | None = Field(None, description="Of an advance.")
    amount: Amount | None = Field(
        None, description="Of the money. Default: what is left of it and due."
    )
    percent: Annotated[Amount, Field(le=100)] | None = Field(
        None, description="Of the contract or quote, instead of an amount."
    )
    withholding_amount: Amount | None = Field(
        None, description="Tax that the customer withheld."
    )
    bank_charge: Amount | None = Field(None, description="What the banks kept.")
    rounding: Number | None = Field(
        None, description="A difference too small to ask for; negative if too much."
    )
    is_deposit: bool | None = Field(
        None, description="Deducted from the contract's last invoice only."
    )
    date: Day | None = Field(None, description="Default: the payment's.")

    @model_validator(mode="after")
    def _is_for_one(self):
        if sum(key is not None for key in self.targets().values()) != 1:
            raise ValueError("name one of invoice_id, contract_id and quote_id")
        return self

    def targets(self):
        """What is said for each kind of document.

        :rtype: dict
        """
        return {
            "invoices": self.invoice_id,
            "contracts": self.contract_id,
            "quotes": self.quote_id,
        }


Uses = Annotated[list[Use], Field(max_length=MAX_USES)]


class Details(Question):
    """What the receipts may need."""

    backdate_reason: Words | None = Field(
        None, description="Why they are dated before those of a later month."
    )
    thb_rate: Amount | None = Field(None, description="Baht per unit of the currency.")
    thb_rate_source: RateSource | None = None
    thb_rate_date: Day | None = None


class Booking(Question):
    """What every booking of money may say."""

    again: bool = Field(
        False,
        description="True: also what equals an earlier booking, which is 409 "
        "otherwise. An Idempotency-Key says the same.",
    )


class PaymentRequest(Booking):
    """Money that came in, or went out. What nothing is said about is on account."""

    customer_id: Key | None = Field(
        None, description="Who paid. Default: whom the first document is for."
    )
    company_id: RecordId | None = Field(
        None,
        description="The billing entity. Default: the first document's, or who bills "
        "the customer.",
    )
    currency_id: RecordId | CurrencyCode | None = Field(
        None,
        description="Its id, or ISO code. Default: the first document's, or the "
        "entity's.",
    )
    direction: MoneyDirection = "in"
    date: Day | None = Field(None, description="Of the money. Default: today.")
    amount: Amount = Field(description="What arrived.")
    method: MoneyMethod = "transfer"
    reference: Words | None = Field(None, description="The bank's.")
    cheque_date: Day | None = Field(
        None, description="Of a cheque dated ahead: expected until it is booked."
    )
    allocations: Uses | None = None
    details: Details | None = None


class AllocateRequest(Booking):
    """What money on account is for."""

    allocations: Annotated[Uses, Field(min_length=1)]
    details: Details | None = None


class RefundRequest(Booking):
    """Credit on account that is paid back."""

    amount: Amount | None = Field(None, description="Default: all that is not used.")
    date: Day | None = Field(None, description="Of the money. Default: today.")
    method: MoneyMethod = "transfer"
    reference: Words | None = Field(None, description="The bank's.")


class BookRequest(Question):
    """The bank paid a cheque that was expected."""

    date: Day | None = Field(None, description="Default: the cheque's, or today.")


class VoidRequest(Question):
    """A payment that is taken back."""

    reason: Annotated[Text, Field(min_length=1, max_length=5000)]


class IssuedReceipt(Answer):
    id: int
    number: str


class BookingAnswer(Answer):
    """What was booked."""

    payment: int = Field(description="The payment's id.")
    receipts: list[IssuedReceipt]
    unallocated: float = Field(description="Of the payment: credit on account.")


class RefundAnswer(Answer):
    """What was paid back."""

    payment: int = Field(description="The id of the payment out.")
    unallocated: float = Field(description="What is left on account.")


# ------------------------------------------------------------
# PARTS OF RECORDS
# ------------------------------------------------------------


class Ref(Answer):
    """Another record."""

    id: int
    name: str


class Line(Answer):
    id: int
    sequence: int
    display_type: Literal["line_section", "line_note"] | None
    product_id: Ref | None
    name: str | None
    quantity: float
    unit_price: float
    discount: float = Field(description="Percent.")
    tax_rate: float = Field(description="Percent.")
    tax_category: Literal["standard", "zero", "exempt", "outside"] | None
    kind: Literal["recurring", "one_time"] | None
    list_value: float
    amount_gross: float
    amount_untaxed: float
    amount_tax: float
    amount_total: float


class Delivery(Answer):
    """One recipient of one mail."""

    id: int
    user_id: Ref | None
    recipient: str | None
    kind: Literal["to", "cc", "bcc"]
    state: DeliveryState
    attempts: int
    next_attempt: datetime | None
    smtp_code: int
    smtp_enhanced_code: str | None
    error: str | None
    explanation: str | None
    queued_at: datetime | None
    sent_at: datetime | None


class Archive(Answer):
    """A sent file."""

    id: int
    name: str
    document_sha256: str | None
    create_date: datetime


class Location(Answer):
    id: int
    sequence: int
    name: str
    platform: str
    zone_count: int


class Signatory(Answer):
    id: int
    sequence: int
    side: str | None
    name: str
    title: str | None
    entity: str | None
    authority: str | None


class BillingPeriod(Answer):
    id: int
    period_start: date
    period_end: date
    date: date
    amount_untaxed: float
    invoice_id: Ref | None


class Allocation(Answer):
    """One use of money. It comes from one of `payment_id`, `credit_note_id` (set off)
    and `advance_id` (an advance that is deducted)."""

    id: int
    payment_id: Ref | None
    credit_note_id: Ref | None
    advance_id: Ref | None
    invoice_id: Ref | None
    contract_id: Ref | None
    quote_id: Ref | None
    refund_id: Ref | None
    receipt_id: Ref | None
    date: date
    amount: float = Field(description="Of the money.")
    withholding_amount: float
    bank_charge: float
    rounding: float
    settled: float = Field(description="The sum of the four.")
    amount_untaxed: float
    amount_tax: float
    state: UseState


class Payment(Answer):
    """Money that came in, or was paid back."""

    id: int
    customer_id: Ref
    company_id: Ref
    currency_id: Ref
    direction: MoneyDirection
    state: MoneyState
    date: date
    amount: float
    amount_allocated: float
    amount_unallocated: float = Field(description="Credit on account.")
    method: str
    reference: str | None
    cheque_date: date | None
    write_date: datetime


# ------------------------------------------------------------
# RECORDS
# ------------------------------------------------------------


class Contact(Answer):
    id: int
    name: str | None
    customer_id: Ref | None
    email: str | None
    phone: str | None
    function: str | None = Field(description="Position.")
    contact_type: ContactType | None
    receives_quotes: bool
    receives_contracts: bool
    receives_invoices: bool
    receives_renewals: bool
    lang: str | None
    active: bool
    write_date: datetime


class Company(Answer):
    """A customer. `billing_entity_id` is who bills it by default."""

    id: int
    name: str
    legal_name: str | None
    billing_entity_id: Ref
    industry_id: Ref | None
    street: str | None
    street2: str | None
    city: str | None
    state_id: Ref | None
    zip: str | None
    country_id: Ref | None
    vat: str | None
    branch: str | None
    phone: str | None
    email: str | None
    website: str | None
    parent_id: Ref | None
    location_count: int
    zone_count: int
    soundtrack_account_id: str | None
    user_id: Ref | None
    active: bool
    legacy_uuid: str | None
    write_date: datetime


class CompanyDetail(Company):
    note: str | None = Field(description="HTML.")
    contact_ids: list[Contact]


class AnyDocument(Answer):
    """What every kind of document has.

    Amounts are in `currency_id`. `company_id` is the billing entity, `partner_id` whom
    the document is addressed to.
    """

    id: int
    name: str | None = Field(description="The number; null until the first sending.")
    company_id: Ref
    partner_id: Ref
    user_id: Ref | None
    currency_id: Ref
    lang: str | None
    send_state: SendState
    sent_date: datetime | None
    write_date: datetime


class AnyDocumentDetail(Answer):
    """What only a single document of any kind tells."""

    delivery_ids: list[Delivery]
    archive_ids: list[Archive]


class Document(AnyDocument):
    """What quotes, contracts and invoices have in common.

    `customer_id` is the company that the document is for.
    """

    customer_id: Ref
    legacy_uuid: str | None
    amount_gross: float
    amount_discount: float
    amount_untaxed: float
    amount_tax: float
    amount_total: float


class DocumentDetail(AnyDocumentDetail):
    """What only a single one of them tells."""

    line_ids: list[Line]
    terms: str | None
    internal_note: str | None


class Quote(Document):
    state: QuoteState
    date: date
    valid_until: date | None
    term_months: int
    billing_frequency: BillingFrequency
    payment_schedule: str | None
    term_value: float = Field(description="Net, over the whole term.")
    revision_of_id: Ref | None


class QuoteDetail(Quote, DocumentDetail):
    contract_ids: list[Ref]


class Contract(Document):
    state: ContractState
    start_date: date
    term_months: int
    end_date: date | None
    annual_value: float
    term_value: float
    billing_frequency: BillingFrequency
    auto_renew: bool
    notice_days: int
    category: ContractCategory
    master_contract_id: Ref | None
    property_name: str | None
    quote_id: Ref | None
    renewed_from_id: Ref | None
    renewal_id: Ref | None
    template_id: Ref | None


class ContractDetail(Contract, DocumentDetail):
    location_ids: list[Location]
    signatory_ids: list[Signatory]
    schedule_ids: list[BillingPeriod]
    invoice_ids: list[Ref]


class Invoice(Document):
    state: InvoiceState
    kind: InvoiceKind
    issue_date: date | None
    due_date: date | None
    contract_id: Ref | None
    schedule_id: Ref | None
    period_start: date | None
    period_end: date | None
    property_name: str | None
    amount_paid: float
    amount_credited: float
    amount_written_off: float
    amount_due: float
    amount_refund: float
    payment_state: PaymentState
    is_overdue: bool
    reversed_id: Ref | None


class InvoiceDetail(Invoice, DocumentDetail):
    payment_ids: list[Payment]
    allocation_ids: list[Allocation]
    receipt_ids: list[Ref]
    credit_note_ids: list[Ref]


class PaymentDetail(Payment):
    allocation_ids: list[Allocation]
    receipt_ids: list[Ref]
    void_reason: str | None


class Receipt(AnyDocument):
    """What a customer got for a payment; `is_tax_invoice`: it is the tax invoice."""

    state: ReceiptState
    customer_id: Ref
    payment_id: Ref | None
    invoice_id: Ref | None = Field(description="The first of `invoice_ids`.")
    date: date
    tax_point: date | None
    is_tax_invoice: bool
    amount_untaxed: float
    amount_tax: float
    amount_total: float
    withholding_amount: float
    bank_charge: float
    rounding: float
    amount_received: float
    method: str | None
    reference: str | None
    voided_date: date | None
    replaces_id: Ref | None
    replaced_by_id: Ref | None
    legacy_uuid: str | None


class ReceiptDetail(Receipt, AnyDocumentDetail):
    invoice_ids: list[Ref]
    allocation_ids: list[Allocation]
    void_reason: str | None


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


class InvoicePage(DocumentPage):
    state: InvoiceState | None = None
    kind: InvoiceKind | None = None
    payment_state: PaymentState | None = None
    is_overdue: bool | None = None
    contract_id: RecordId | None = None


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


class InvoiceList(Listing):
    results: list[Invoice]


class ReceiptList(Listing):
    results: list[Receipt]


class PaymentList(Listing):
    results: list[Payment]
