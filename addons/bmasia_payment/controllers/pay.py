"""Odoo's page of payment, for a document of ours."""

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.http import request

from odoo.addons.document_flow.controllers import responses
from odoo.addons.document_flow.controllers.link import (
    allows,
    sorry,
    visitor,
    with_query,
)
from odoo.addons.document_flow.controllers.portal import LARGEST_ID
from odoo.addons.payment import utils
from odoo.addons.payment.controllers.portal import PaymentPortal

from . import passes

TRANSACTION_ROUTE = "/payment/document/transaction"
# A day, of one link, and of one visitor half of them: stolen cards need many tries.
TRANSACTIONS = 20
A_DAY = 24 * 60  # minutes
FLOWS = ("redirect", "direct")  # no saved card: whoever has the link would pay with it


class DocumentPayment(PaymentPortal):
    """Pays what is due of a document that somebody has the link of.

    The page below ``/d/KEY`` runs nobody else's script, and tells no other site its
    address. Providers need both on the page that their form stands on. So ours does not
    embed the form: it leads to ``/payment/pay``, as Odoo has it, with a pass
    (``passes.py``) in place of the key. Document, amount, currency, customer and entity
    are found by the pass, at each step anew; what the browser says is compared, never
    taken.
    """

    @http.route()
    def payment_pay(self, *args, of_document=None, access_token=None, **kwargs):
        """Core's; with a pass, for what is due of its document."""
        if not of_document:
            return super().payment_pay(*args, access_token=access_token, **kwargs)
        _link, document = passes.document_of(access_token)
        if not document:
            return sorry("gone", 404)
        request.update_context(lang=document.env.context.get("lang"))
        try:
            document._check_online()
        except UserError as error:
            values = {"words": str(error), "languages": ()}
            return responses.page("bmasia_payment.page_not_payable", values, 409)
        due, partner = document._online_due(), document._online_partner()
        response = super().payment_pay(
            reference=document.name,
            amount=due,
            currency_id=document.currency_id.id,
            partner_id=partner.id,
            company_id=document.company_id.id,
            access_token=utils.generate_access_token(
                partner.id, due, document.currency_id.id
            ),
            document_pass=(document, access_token),
        )
        # the form of a provider may ask which site it stands on, and needs no more
        responses.private(response).headers["Referrer-Policy"] = "strict-origin"
        return response

    def _get_extra_payment_form_values(self, document_pass=None, **kwargs):
        """Core's; with a document, only what that may be paid with.

        :param tuple document_pass: the document, and the pass that opened it
        """
        values = super()._get_extra_payment_form_values(**kwargs)
        # a text: somebody wrote this name into the address of a page of core's
        if not isinstance(document_pass, tuple):
            return values
        document, token = document_pass
        providers = document._online_providers()
        return {
            **values,
            "partner_id": document._online_partner().id,
            "partner_is_different": False,
            "company_mismatch": False,
            "providers_sudo": providers,
            "payment_methods_sudo": document._online_methods(providers),
            "tokens_sudo": request.env["payment.token"],
            "show_tokenize_input_mapping": dict.fromkeys(providers.ids, False),
            "transaction_route": TRANSACTION_ROUTE,
            "landing_route": passes.BACK,
            "access_token": token,
        }

    @http.route(TRANSACTION_ROUTE, type="jsonrpc", auth="public")
    def document_transaction(self, access_token, amount=None, flow=None, **kwargs):
        """Begin to pay what is due now.

        :param str access_token: the pass
        :param float amount: that the customer saw
        :param str flow: ``redirect`` or ``direct``
        :param kwargs: what Odoo's form says beside; provider and method count
        :returns: what Odoo's form goes on with
        :rtype: dict
        :raises UserError: nothing, or something else, is due; something is under way
        """
        self._validate_transaction_kwargs(kwargs)
        link, document = passes.document_of(access_token)
        if not document:
            raise UserError(
                request.env._("Please open the link of our e-mail again to pay.")
            )
        self._check_often(link)
        document._begin_online(amount)
        provider, method = self._chosen(document, flow, kwargs)
        partner, currency = document._online_partner(), document.currency_id
        transaction = self._create_transaction(
            provider_id=provider.id,
            payment_method_id=method.id,
            token_id=None,
            amount=document._online_due(),
            currency_id=currency.id,
            partner_id=partner.id,
            flow=flow,
            tokenization_requested=False,
            landing_route=passes.BACK,
            reference_prefix=document.name,
            custom_create_values={
                "bmasia_invoice_ids": [Command.set(document._online_invoices().ids)]
            },
        )
        self._update_landing_route(transaction, passes.make_outcome(transaction))
        return transaction._get_processing_values()

    def _check_often(self, link):
        """Count a try, of this visitor and of the link.

        :raises UserError: it was tried too often; who is responsible learns it
        """
        # the visitor first: what that refuses takes nothing from others
        who = f"{link.id} {visitor()}"
        if allows("transaction", who, TRANSACTIONS // 2, A_DAY) and allows(
            "transaction", link.id, TRANSACTIONS, A_DAY
        ):
            return
        # the error undoes what this request has written
        with request.env.registry.cursor() as cr:
            link.with_env(link.env(cr=cr))._document()._follow_limit()
        raise UserError(
            link.env._("Too many attempts. Please reply to our e-mail instead.")
        )

    def _chosen(self, document, flow, said):
        """Provider and method that the customer chose among what the page offers.

        :raises UserError: it offers no such
        """
        providers = document._online_providers()
        provider = providers.filtered(lambda each: each.id == said.get("provider_id"))
        method = document._online_methods(provider).filtered(
            lambda each: each.id == said.get("payment_method_id")
        )
        is_plain = not (said.get("token_id") or said.get("is_validation"))
        if not (provider and method and is_plain and flow in FLOWS):
            raise UserError(document.env._("This way of payment is not offered here."))
        return provider, method

    @staticmethod
    def _cast_as_int(str_value):
        """Core's; a number that no record has is none: the database would not take
        it.
        """
        number = PaymentPortal._cast_as_int(str_value)
        return number if number is not None and abs(number) <= LARGEST_ID else None

    @http.route(
        passes.BACK, type="http", auth="public", methods=["GET"], save_session=False
    )
    def document_back(self, tx_id=None, access_token="", **_query):
        """From the provider back to the page of the document, which says what has come
        of it; where the browser has no key to that, to Odoo's page of the outcome.
        """
        key, _dot, lang = request.cookies.get(passes.COOKIE, "").partition(".")
        link = request.env["document.link"]._find(key)
        document = passes.shown_by(link) if link and not link._why_shut() else None
        transaction = request.env["payment.transaction"].sudo()
        transaction = transaction.browse(self._cast_as_int(tx_id)).exists()
        paid = transaction.bmasia_invoice_ids
        if document and paid and not paid - document._online_invoices():
            address = with_query(f"/d/{key}", {"lang": lang}) + "#pay"
        else:
            query = {"tx_id": tx_id or "", "access_token": access_token}
            address = with_query("/payment/confirmation", query)
        return responses.private(request.redirect(address, code=303))

    @http.route()
    def payment_confirm(self, tx_id, access_token, **kwargs):
        """Core's; with a pass, what has come of its payment."""
        transaction = passes.outcome_of(access_token)
        if transaction and transaction.id == self._cast_as_int(tx_id):
            return request.render("payment.confirm", {"tx": transaction})
        return super().payment_confirm(tx_id, access_token, **kwargs)
