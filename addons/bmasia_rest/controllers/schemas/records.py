"""Records as the API tells them: companies, documents, money, and their parts."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from .basis import (
    AmendmentState,
    Answer,
    BillingFrequency,
    ContactType,
    ContractCategory,
    ContractState,
    DeliveryState,
    InvoiceKind,
    InvoiceState,
    Invoicing,
    MoneyDirection,
    MoneyState,
    PaymentState,
    QuoteState,
    ReceiptState,
    RenewalRule,
    RenewalState,
    SendState,
    UseState,
)

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


class Change(Line):
    """What an amendment does with a line; the figures are those of the new state."""

    action: Literal["add", "change", "remove"]
    contract_line_id: Ref | None
    location: str | None
    old_quantity: float
    old_price: float
    old_untaxed: float


class Effect(Answer):
    """A bill or credit that an amendment makes, or what it changes of a bill."""

    id: int
    kind: Literal["period", "change", "credit"]
    date: date
    period_end: date | None
    amount_untaxed: float = Field(description="More; negative: less, or credited.")
    bill_untaxed: float = Field(description="What that bill comes to then.")


class ServiceLine(Line):
    """A line of a contract, and when it is served."""

    service_from: date | None = Field(description="Empty: from the start.")
    service_to: date | None = Field(description="Empty: until the end.")
    location: str | None
    amendment_id: Ref | None = Field(description="What brought it; empty: as signed.")


class Pause(Answer):
    """Days of a contract without service."""

    id: int
    date_from: date
    date_to: date
    reason: str
    said_by: str | None
    term_end: date | None = Field(description="Where it makes the term longer.")
    state: Literal["active", "withdrawn"]


class BillingPeriod(Answer):
    id: int
    contract_id: Ref
    kind: Literal["period", "change", "credit"]
    period_start: date
    period_end: date
    date: date
    amount_untaxed: float
    tax_rate: float = Field(description="Percent, as far as it is known.")
    invoice_id: Ref | None
    note: str | None = Field(description="Pauses, amendments.")


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
    invoicing: Invoicing = Field(description="`day`: one invoice for all due that day.")
    user_id: Ref | None
    active: bool
    legacy_uuid: str | None
    write_date: datetime


class CompanyDetail(Company):
    note: str | None = Field(description="HTML.")
    contact_ids: list[Contact]
    duplicate_ids: list[Ref] = Field(
        description="Companies that may be the same: by name, tax ID or domain."
    )


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


class QuoteLine(Line):
    is_optional: bool = Field(
        description="Offered beside the totals, which count it once it is chosen."
    )
    is_chosen: bool = Field(description="By the customer, of what is optional.")
    amount_invoiced: float = Field(description="Net, without a contract.")
    amount_to_invoice: float = Field(
        description="Net: charged once, and neither invoiced nor in a contract."
    )


class QuoteDetail(Quote, DocumentDetail):
    line_ids: list[QuoteLine]
    contract_ids: list[Ref]
    accepted_date: date | None
    rejected_date: date | None
    reject_reason: str | None
    invoice_ids: list[Ref]
    amount_invoiced: float = Field(description="Net, without a contract.")
    amount_to_invoice: float


class Contract(Document):
    """`billed_id` is the buyer on its invoices: `payer_id`, else the customer."""

    state: ContractState
    start_date: date
    term_months: int
    end_date: date | None
    annual_value: float
    term_value: float
    billing_frequency: BillingFrequency
    value_at_end: float = Field(
        description="Net, of a year: the lines of the last day of the term."
    )
    renewal_rule: RenewalRule
    renewal_percent: float
    renewal_state: RenewalState | None
    auto_renew: bool
    notice_days: int
    category: ContractCategory
    master_contract_id: Ref | None
    payer_id: Ref | None
    billed_id: Ref
    property_name: str | None
    quote_id: Ref | None
    renewed_from_id: Ref | None
    renewal_id: Ref | None
    template_id: Ref | None


class ContractDetail(Contract, DocumentDetail):
    renewal_value: float = Field(
        description="Net, of a year of the renewal, or what the rule makes of it."
    )
    signed_date: date | None
    lost_reason: str | None
    location_ids: list[Location]
    signatory_ids: list[Signatory]
    schedule_ids: list[BillingPeriod]
    invoice_ids: list[Ref]
    service_line_ids: list[ServiceLine] = Field(
        description="As signed, and what amendments brought."
    )
    pause_ids: list[Pause]
    amendment_ids: list[Ref]
    last_day: date | None = Field(description="Where it ends before its time.")
    cancel_reason: str | None


class Amendment(Document):
    """A change of a running contract, from `start_date` on."""

    state: AmendmentState
    contract_id: Ref
    quote_id: Ref | None
    start_date: date
    term_months: int = Field(description="The new term; 0: as it is.")
    signed_date: date | None
    value_before: float = Field(description="Net, of a year.")
    value_after: float
    renewal_before: float = Field(description="Net, of the next term.")
    renewal_after: float
    effect_total: float = Field(description="Net, of all bills less all credits.")


class AmendmentDetail(Amendment, AnyDocumentDetail):
    line_ids: list[Change]
    effect_ids: list[Effect]
    signatory_ids: list[Signatory]
    note: str | None
    cancel_reason: str | None


class Invoice(Document):
    state: InvoiceState
    kind: InvoiceKind
    issue_date: date | None
    due_date: date | None
    contract_id: Ref | None = Field(description="Null where it bills several.")
    contract_ids: list[Ref]
    quote_id: Ref | None = Field(description="Where it was made without a contract.")
    schedule_id: Ref | None = Field(description="The first of `schedule_ids`.")
    period_start: date | None
    period_end: date | None
    property_name: str | None
    amount_paid: float
    amount_credited: float
    amount_written_off: float
    amount_rate_change: float = Field(
        description="What a new tax rate adds to the printed total of an open invoice."
    )
    rate_note: str | None = Field(description="Why, in words.")
    amount_due: float
    amount_refund: float
    payment_state: PaymentState
    is_overdue: bool
    reversed_id: Ref | None


class InvoiceDetail(Invoice, DocumentDetail):
    schedule_ids: list[BillingPeriod]
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
