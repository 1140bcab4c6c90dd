"""Values that every question and answer is made of, and the answer to a mistake."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict

MAX_RECIPIENTS = 50  # as of every sending; tests compare
MAX_ID = 2**31 - 1  # PostgreSQL's integer
PAGE, MAX_PAGE = 50, 200  # records per page
MAX_OFFSET = 10_000_000
MAX_AMOUNT = 1e12  # as of every figure that is typed; tests compare
MAX_USES = 200  # of one payment; lines of an amendment
MAX_TERM = 240  # months; tests compare
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
AmendmentState = Literal["draft", "sent", "active", "cancelled"]
RenewalRule = Literal["fixed", "percent", "price_list"]
RenewalState = Literal["due", "talks", "renewed", "lost"]
ContractCategory = Literal["standard", "master", "participation"]
InvoiceState = Literal["draft", "issued", "paid", "cancelled", "credited"]
Invoicing = Literal["contract", "day"]
InvoiceKind = Literal["invoice", "credit_note", "adjustment", "proforma"]
PaymentState = Literal["unpaid", "partial", "paid", "credited", "written_off"]
ReceiptState = Literal["issued", "voided"]
MoneyState = Literal["expected", "booked", "voided"]
MoneyDirection = Literal["in", "out"]
MoneyMethod = Literal[
    "transfer", "promptpay", "cheque", "card", "online", "cash", "other"
]
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
