"""What the API is asked to do: send a document, book money, change a contract."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from .basis import (
    MAX_BODY,
    MAX_TERM,
    MAX_USES,
    Addresses,
    Amount,
    Answer,
    CurrencyCode,
    Day,
    DeliveryState,
    Key,
    MoneyDirection,
    MoneyMethod,
    Number,
    Question,
    RateSource,
    RecordId,
    Text,
    Words,
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


Flag = Annotated[bool, Strict()]
Reason = Annotated[Text, Field(min_length=1, max_length=5000)]


class OutOfService(Question):
    """Why nothing is served, and what follows."""

    reason: Reason
    said_by: Words | None = Field(None, description="Who said so.")
    extend: Flag = Field(False, description="The term ends as many days later.")


class PauseRequest(OutOfService):
    """Days on which nothing is served, nor charged."""

    date_from: Day
    date_to: Day = Field(description="The last one.")


class SkipRequest(OutOfService):
    """A billing period that is not served, nor charged."""

    period_start: Day = Field(description="Its first day, as in `schedule_ids`.")


class EndRequest(Question):
    """A contract that ends before its time."""

    reason: Reason
    last_day: Day | None = Field(
        None, description="Of service, today or to come. Default: today."
    )
    credit: Flag = Field(
        True,
        description="Make the drafts of credit notes of what was billed of later days; "
        "false: refuse such an end.",
    )


class QuoteLineRequest(Question):
    """A line of a quote that is invoiced."""

    line_id: Annotated[RecordId, Strict()]
    amount: Amount | None = Field(
        None, description="Net, where only a part is invoiced. Default: what is left."
    )


class QuoteInvoiceRequest(Question):
    """What of an accepted quote is invoiced without a contract. Default: all that it
    charges once and is left."""

    lines: Annotated[list[QuoteLineRequest], Field(max_length=MAX_USES)] | None = None
    percent: Number | None = Field(
        None, description="Of what each line was accepted at; not with an `amount`."
    )


class NothingRequest(Question):
    """No question: the address says it all."""


class SignedRequest(Question):
    """Both sides have signed."""

    signed_date: Day


class SentRequest(Question):
    """It reached the customer by other means."""

    sent_date: Day | None = Field(None, description="Default: today.")


class AcceptedRequest(Question):
    """The customer says yes."""

    accepted_date: Day | None = Field(None, description="Default: today.")
    option_ids: (
        Annotated[list[Annotated[RecordId, Strict()]], Field(max_length=MAX_USES)]
        | None
    ) = Field(
        None,
        description="The optional lines that the customer chose, of `line_ids`. "
        "Default: none.",
    )


class DeclinedRequest(Question):
    """The customer says no."""

    reason: Reason
    rejected_date: Day | None = Field(None, description="Default: today.")


class ExtendedRequest(Question):
    """A quote may be accepted for longer."""

    valid_until: Day = Field(description="The new last day.")


class ReopenRequest(Question):
    """An answer that was noted by mistake."""

    reason: Reason


class ChangeRequest(Question):
    """A line that comes, changes or goes. What is not said of a change stays."""

    action: Literal["add", "change", "remove"] = "add"
    contract_line_id: Annotated[RecordId, Strict()] | None = Field(
        None, description="Which line changes or goes, of `service_line_ids`."
    )
    product_id: Annotated[RecordId, Strict()] | None = None
    name: Reason | None = None
    location: Words | None = None
    quantity: Amount | None = None
    unit_price: Amount | None = None
    discount: Number | None = Field(None, description="Percent.")
    kind: Literal["recurring", "one_time"] | None = None
    date_from: Day | None = None
    date_to: Day | None = None

    @model_validator(mode="after")
    def _has_a_name(self):
        if self.action == "add" and not (self.name or self.product_id):
            raise ValueError("a line that is added has a name or a product_id")
        return self


class AmendmentRequest(Question):
    """What changes in a running contract, from a day on."""

    contract_id: Key
    start_date: Day
    term_months: Annotated[int, Strict(), Field(ge=0, le=MAX_TERM)] | None = Field(
        None, description="The whole term from the first day; 0: as it is."
    )
    lines: Annotated[list[ChangeRequest], Field(max_length=MAX_USES)] = []
    note: Reason | None = Field(None, description="Printed.")


class BookRequest(Question):
    """The bank paid a cheque that was expected."""

    date: Day | None = Field(None, description="Default: the cheque's, or today.")


class VoidRequest(Question):
    """Something that is taken back."""

    reason: Reason


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
