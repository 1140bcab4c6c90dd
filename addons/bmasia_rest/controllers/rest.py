"""The addresses of the REST API, ``/api/v1``.

Plain Odoo routes: who calls is whose API key it is, and Odoo's access rights decide
what they get. There is no session, hence nothing that another web site could abuse, and
no CORS. Errors are raised; :mod:`errors` makes the answers. No route names a kind of
record: :mod:`resources` finds them.
"""

import functools
import uuid
from urllib.parse import urlencode

from odoo.exceptions import AccessError
from odoo.fields import Datetime
from odoo.http import Controller, request, route

from odoo.addons.document_flow.controllers.responses import shown_pdf

from . import schemas
from .errors import PREFIX, ApiError, read, respond
from .payments import BookingReader
from .records import as_dicts, as_utc
from .resources import PAYMENTS
from .steps import NAMES

MAX_REQUEST = 1024 * 1024  # bytes; a long mail has some thousand
KEY_LENGTH = 200  # of an Idempotency-Key
STATUS = {"sent": 200, "partial": 200, "queued": 202, "refused": 502}
OWN_KEY = "bmasia_rest.idempotency_key"  # of the WSGI environment


def endpoint(address, method="GET", is_open=False, of_documents=False, **routing):
    """A route of this API. Its argument ``resource`` is a name in the address, and a
    :class:`resources.Resource` for the handler.

    :param str address: below the prefix
    :param str method: the only one; others are told which it is
    :param bool is_open: without a key
    :param bool of_documents: of other resources, nothing is here
    """

    def allowed(arguments):
        is_list = address == "/<string:resource>"
        return arguments["resource"].methods if is_list else method

    def decorate(handler):
        # No ``methods`` here: Odoo adds OPTIONS to them, which would run the handler.
        @route(
            f"{PREFIX}{address}",
            type="http",
            auth="none",
            csrf=False,
            save_session=False,
            max_content_length=MAX_REQUEST,
            **routing,
        )
        @functools.wraps(handler)
        def handle(self, **arguments):
            if "resource" in arguments:
                name = arguments["resource"]
                resource = _known_resource(name, of_documents)
                arguments["resource"] = resource
                if arguments.get("step", "") not in ("", *resource.steps):
                    raise ApiError(404)
            called = request.httprequest.method
            if called != method and (called, method) != ("HEAD", "GET"):
                raise ApiError(405, headers={"Allow": allowed(arguments)})
            if not is_open:
                _sign_in()
            return handler(self, **arguments)

        return handle

    return decorate


def _known_resource(name, of_documents):
    resource = request.env["ir.http"]._rest_resources().get(name)
    if not resource or (of_documents and not resource.is_document):
        raise ApiError(404)
    return resource


def _sign_in():
    """Act as whose API key it is.

    Cookies do not count: with them, CSRF protection would be needed.
    """
    if not request.httprequest.headers.get("Authorization", "").strip():
        raise ApiError(401, headers={"WWW-Authenticate": "Bearer"})
    request.env["ir.http"]._auth_method_bearer()
    if not request.env.user.has_group("bmasia_crm.group_user"):
        raise AccessError(request.env._("Your account has no access to BMAsia CRM."))


class Rest(Controller):
    @endpoint("/openapi.json", is_open=True, readonly=True)
    def rest_openapi(self):
        """What this API takes and gives. It holds no data, and the code is public."""
        return respond(request.env["ir.http"]._rest_description())

    @endpoint("/<string:resource>", readonly=True)
    def rest_list(self, resource):
        """A page of records."""
        page = read(resource.page.model_validate, request.httprequest.args.to_dict())
        records, count = resource.search(request.env, page)
        return respond(
            {
                "count": count,
                "next": _address(page, page.offset + page.limit, count),
                "previous": _address(page, page.offset - page.limit, count),
                "results": as_dicts(records, resource.summary),
            }
        )

    @endpoint("/<string:resource>/<key>", readonly=True)
    def rest_detail(self, resource, key):
        """One record, with its parts."""
        record = self._record(resource, key)
        return respond(as_dicts(record, resource.detail)[0])

    @endpoint("/<string:resource>/<key>/pdf", of_documents=True, readonly=False)
    def rest_pdf(self, resource, key):
        """The file that was sent, or of a draft the one that would be sent."""
        document = self._record(resource, key)
        document.check_access("read")
        return shown_pdf(document, "attachment")

    @endpoint(
        "/<string:resource>/<key>/send",
        method="POST",
        of_documents=True,
        readonly=False,
    )
    def rest_send(self, resource, key):
        """Mail the document from the caller's own mailbox."""
        document = self._record(resource, key)
        asked = self._asked(schemas.SendRequest)
        self._check_sender(asked.sender)
        key = self._idempotency_key()
        again = asked.send_again
        answer = document.send_email(
            recipients=asked.recipients,
            cc=asked.cc,
            subject=asked.subject,
            body=asked.body,
            idempotency_key=key or self._own_key(),
            # a key of the caller's own tells a new request from a repeated one
            send_again=bool(key) if again is None else again,
        )
        return self._respond_sent(answer)

    # ------------------------------------------------------------
    # CONTRACTS THAT CHANGE
    # ------------------------------------------------------------

    @endpoint("/amendments", method="POST", readonly=False, methods=["POST"])
    def rest_amend(self):
        """Make the draft of an amendment."""
        resources = request.env["ir.http"]._rest_resources()
        resource = resources["amendments"]
        request.env[resource.model].check_access("create")
        self._check_no_query()
        asked = self._asked(resource.making.asked)
        contracts = resources["contracts"]
        contract = self._reader().find(contracts, asked.contract_id, "contract_id")
        act = functools.partial(resource.making.act, contract, asked)
        making = resource.making
        what = f"{resource.name}/make"
        return self._once(asked, contract.company_id, act, making.answer, what)

    @endpoint(
        f"/<string:resource>/<key>/<any({','.join(NAMES)}):step>",
        method="POST",
        readonly=False,
    )
    def rest_step(self, resource, key, step):
        """Do what a resource names under this address."""
        record = self._record(resource, key)
        record.check_access("write")
        done = resource.steps[step]
        asked = self._asked(done.asked)

        def act():
            return done.act(record, asked) or record

        what = f"{resource.name}/{record.id}/{step}"
        return self._once(asked, record.company_id, act, done.answer, what)

    def _once(self, asked, company, act, answer, what):
        """Do something and answer with the record that it is about, once per key."""

        def answered():
            told = as_dicts(act(), answer)[0]
            return answer.model_validate(told).model_dump(mode="json")

        said = {"what": what, **asked.model_dump(mode="json")}
        requests = request.env["bmasia.booking.request"]
        key = self._idempotency_key()
        return respond(requests._once(key, company, said, answered))

    # ------------------------------------------------------------
    # MONEY
    # ------------------------------------------------------------

    @endpoint("/payments", method="POST", readonly=False, methods=["POST"])
    def rest_register(self):
        """Note money that came in, or went out."""
        payments = request.env[PAYMENTS.model]
        payments.check_access("create")
        self._check_no_query()
        arguments = self._reader().payment(self._asked(PAYMENTS.making.asked))
        key = self._idempotency_key()
        return respond(payments.register(**arguments, idempotency_key=key))

    @endpoint("/payments/<key>/allocate", method="POST", readonly=False)
    def rest_allocate(self, key):
        """Say what money on account is for."""
        payment, asked = self._step("allocate", key)
        reader = self._reader()
        answer = payment.action_allocate(
            reader.uses(asked.allocations),
            idempotency_key=self._idempotency_key(),
            again=asked.again,
            details=reader.details(asked.details),
        )
        return respond(answer)

    @endpoint("/payments/<key>/refund", method="POST", readonly=False)
    def rest_refund(self, key):
        """Pay credit on account back."""
        payment, asked = self._step("refund", key)
        idempotency_key = self._idempotency_key()
        arguments = asked.model_dump()
        return respond(
            payment.action_refund(**arguments, idempotency_key=idempotency_key)
        )

    @endpoint("/payments/<key>/book", method="POST", readonly=False)
    def rest_book(self, key):
        """The bank paid a cheque that was expected."""
        payment, asked = self._step("book", key)
        payment.action_book(asked.date)
        return respond(as_dicts(payment, PAYMENTS.detail)[0])

    @endpoint("/payments/<key>/void", method="POST", readonly=False)
    def rest_void(self, key):
        """Take a payment back."""
        payment, asked = self._step("void", key)
        payment.action_void(asked.reason)
        return respond(as_dicts(payment, PAYMENTS.detail)[0])

    def _step(self, name, key):
        payment = self._record(PAYMENTS, key)
        return payment, self._asked(PAYMENTS.steps[name].asked)

    def _reader(self):
        return BookingReader(request.env, request.env["ir.http"]._rest_resources())

    @endpoint("", is_open=True, readonly=True)
    def rest_root(self):
        """Nothing is here."""
        raise ApiError(404)

    @route(
        f"{PREFIX}/<path:rest>",
        type="http",
        auth="none",
        csrf=False,
        save_session=False,
        readonly=True,
    )
    def rest_nothing(self):
        """Everything else: Odoo would answer with a page for people."""
        raise ApiError(404)

    # ------------------------------------------------------------
    # WHAT IS ASKED
    # ------------------------------------------------------------

    def _check_no_query(self):
        """What was meant for the body would otherwise be lost."""
        if request.httprequest.args:
            read(schemas.Question.model_validate, request.httprequest.args.to_dict())

    def _record(self, resource, key):
        self._check_no_query()
        record = resource.find(request.env, key)
        if not record:
            raise ApiError(
                404,
                request.env._(
                    "There is no %(kind)s %(key)s.",
                    kind=resource.singular,
                    key=key,
                ),
            )
        return record

    def _asked(self, question):
        """The request's body; none at all counts as an empty object."""
        incoming = request.httprequest
        if incoming.headers.get("Transfer-Encoding"):
            # Odoo's own server reads no chunks: the body would be lost, and the mail
            # would go to the default recipients.
            raise ApiError(411)
        said = incoming.environ.get("CONTENT_LENGTH") or "0"
        if not (said.isascii() and said.isdigit()):
            # read as "no body", it would send the mail to the default recipients
            raise ApiError(400)
        if not incoming.content_length:
            return read(question.model_validate, {})
        if incoming.mimetype != "application/json":
            raise ApiError(415)
        return read(question.model_validate_json, incoming.get_data())

    def _idempotency_key(self):
        key = request.httprequest.headers.get("Idempotency-Key")
        if key is None:
            return None
        if not 0 < len(key) <= KEY_LENGTH or not key.isprintable():
            raise ApiError(
                400,
                request.env._("An Idempotency-Key has 1 to %s characters.", KEY_LENGTH),
            )
        return key

    def _own_key(self):
        """One per HTTP request: Odoo runs a request again after a conflict, and must
        find what it has committed to send already.
        """
        return request.httprequest.environ.setdefault(OWN_KEY, uuid.uuid4().hex)

    def _check_sender(self, profile):
        """Old programs name a sender; it can only be who calls."""
        if profile is not None and profile != request.env.user.sender_profile:
            raise ApiError(
                403,
                request.env._(
                    "This key does not belong to the sender %s. Everybody sends from "
                    "their own mailbox: use that person's key, or name no sender.",
                    profile,
                ),
            )

    # ------------------------------------------------------------
    # WHAT IS ANSWERED
    # ------------------------------------------------------------

    def _respond_sent(self, answer):
        content = {
            **answer,
            "sent_date": as_utc(Datetime.to_datetime(answer["sent_date"])),
            "queued_until": as_utc(Datetime.to_datetime(answer["queued_until"])),
        }
        status = STATUS[answer["status"]]
        if status != 502:
            return respond(content, status)
        # Returned, not raised: that it was tried is to stay recorded.
        refusal = next(
            (row for row in answer["deliveries"] if row["state"] == "refused"), {}
        )
        return respond(
            {
                "code": "mail_refused",
                "message": answer["message"],
                "details": {
                    "smtp_code": refusal.get("code", 0),
                    "smtp_words": refusal.get("error", ""),
                    **content,
                },
            },
            status,
        )


def _address(page, offset, count):
    """The address of another page, or None where there is none."""
    if not -page.limit < offset < count:
        return None
    query = page.model_dump(mode="json", exclude_unset=True)
    query.update(limit=page.limit, offset=max(offset, 0))
    return f"{request.httprequest.path}?{urlencode(query)}"
