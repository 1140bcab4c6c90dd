"""What is done with records by a POST: one entry per address, with what it asks."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel

from odoo.fields import Command

from . import schemas


@dataclass(frozen=True)
class Step:
    """Something that is done by a POST.

    :param str summary: what it does, for the description
    :param asked: pydantic model of the body
    :param answer: of the answer
    :param bool once: whether it takes an ``Idempotency-Key``
    :param act: what does it with a record and the body, and returns what it made, if
        the answer is about that; None: it has a route of its own
    """

    summary: str
    asked: type[BaseModel]
    answer: type[BaseModel]
    once: bool = True
    act: Callable | None = None


def _pause(contract, asked):
    contract.action_pause(**asked.model_dump())


def _skip(contract, asked):
    contract.action_skip(**asked.model_dump())


def _cancel(record, asked):
    record.action_cancel(**asked.model_dump())


def _take_back_end(contract, _asked):
    contract.action_take_back_end()


def _activate(document, asked):
    document.action_activate(asked.signed_date)


def _mark_sent(document, asked):
    document.action_mark_sent(asked.sent_date)


def _accept(quote, asked):
    quote.action_accept(asked.accepted_date, asked.option_ids)


def _decline(quote, asked):
    quote.action_reject(asked.reason, asked.rejected_date)


def _extend(quote, asked):
    quote.action_extend(asked.valid_until)


def _reopen(document, asked):
    document.action_reopen(asked.reason)


def _sent(detail):
    return Step(
        "It reached the customer by other means than a mail of ours",
        schemas.SentRequest,
        detail,
        act=_mark_sent,
    )


def _reopened(detail):
    return Step(
        "The customer's answer was noted by mistake: it is sent, as before",
        schemas.ReopenRequest,
        detail,
        act=_reopen,
    )


def _invoice(quote, asked):
    lines = asked.lines or ()
    made = quote.action_create_invoice(
        line_ids=[line.line_id for line in lines],
        amounts={
            str(line.line_id): line.amount for line in lines if line.amount is not None
        },
        percent=asked.percent,
    )
    invoices = quote.env[made["res_model"]]
    if "res_id" in made:
        return invoices.browse(made["res_id"])
    return invoices.search(made["domain"], limit=1)


def _amend(contract, asked):
    values = asked.model_dump(exclude={"contract_id", "lines"}, exclude_none=True)
    lines = [line.model_dump(exclude_none=True) for line in asked.lines]
    return contract.env["bmasia.amendment"].create(
        {
            **values,
            "contract_id": contract.id,
            "line_ids": [Command.create(line) for line in lines],
        }
    )


# By model, by the name in addresses.
STEPS = {
    "bmasia.quote": {
        "mark_sent": _sent(schemas.QuoteDetail),
        "accept": Step(
            "The customer accepts",
            schemas.AcceptedRequest,
            schemas.QuoteDetail,
            act=_accept,
        ),
        "decline": Step(
            "The customer declines",
            schemas.DeclinedRequest,
            schemas.QuoteDetail,
            act=_decline,
        ),
        "extend": Step(
            "Let it be accepted for longer",
            schemas.ExtendedRequest,
            schemas.QuoteDetail,
            act=_extend,
        ),
        "reopen": _reopened(schemas.QuoteDetail),
        "invoice": Step(
            "The draft of an invoice of what an accepted quote charges once",
            schemas.QuoteInvoiceRequest,
            schemas.InvoiceDetail,
            act=_invoice,
        ),
    },
    "bmasia.contract": {
        "mark_sent": _sent(schemas.ContractDetail),
        "activate": Step(
            "The contract is signed",
            schemas.SignedRequest,
            schemas.ContractDetail,
            act=_activate,
        ),
        "reopen": _reopened(schemas.ContractDetail),
        "pause": Step(
            "Serve and charge nothing on some days",
            schemas.PauseRequest,
            schemas.ContractDetail,
            act=_pause,
        ),
        "skip": Step(
            "Serve and charge nothing in one billing period",
            schemas.SkipRequest,
            schemas.ContractDetail,
            act=_skip,
        ),
        "cancel": Step(
            "End a contract before its time",
            schemas.EndRequest,
            schemas.ContractDetail,
            act=_cancel,
        ),
        "take_back_end": Step(
            "Let a contract go on that was to end on a day to come",
            schemas.NothingRequest,
            schemas.ContractDetail,
            act=_take_back_end,
        ),
    },
    "bmasia.amendment": {
        "mark_sent": _sent(schemas.AmendmentDetail),
        "reopen": _reopened(schemas.AmendmentDetail),
        "activate": Step(
            "The amendment is signed: the contract follows it",
            schemas.SignedRequest,
            schemas.AmendmentDetail,
            act=_activate,
        ),
        "withdraw": Step(
            "Take an amendment back before its day",
            schemas.VoidRequest,
            schemas.AmendmentDetail,
            act=_cancel,
        ),
    },
    "bmasia.invoice": {"mark_sent": _sent(schemas.InvoiceDetail)},
    "bmasia.receipt": {"mark_sent": _sent(schemas.ReceiptDetail)},
}
MAKING = {
    "bmasia.amendment": Step(
        "The draft of an amendment of a running contract",
        schemas.AmendmentRequest,
        schemas.AmendmentDetail,
        act=_amend,
    ),
}
NAMES = sorted({name for steps in STEPS.values() for name in steps})
