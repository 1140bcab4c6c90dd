"""What a customer's people see with their login."""

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.bmasia_crm.models.res_partner import RECEIVES
from odoo.addons.document_flow.controllers import responses
from odoo.addons.document_flow.controllers.link import (
    A_DAY,
    allows,
    faults_of,
    languages,
    visitor,
)
from odoo.addons.portal.controllers.portal import CustomerPortal

INVITATIONS = 10  # a day, of one company
CHANGES = 30  # a day, of one login: each is told to colleagues by mail
# Each one is printed anew.
STATEMENTS, STATEMENT_MINUTES = 20, 10
ACCOUNT = "/my/documents"


class PortalHome(CustomerPortal):
    def _prepare_portal_layout_values(self):
        """Core's; the first page of the portal has the way to the documents."""
        company = request.env["bmasia.company"]._of_login(request.env.user)
        return {
            **super()._prepare_portal_layout_values(),
            "bmasia_documents": bool(company),
        }

    # Addresses are printed and get our mails: they are ours to write for a customer.

    @http.route()
    def account(self, **kwargs):
        """Core's page of somebody's own data; a customer's people have their own."""
        return self._to_documents() or super().account(**kwargs)

    @http.route()
    def my_addresses(self, **query_params):
        """Core's list of addresses; a customer's people have a page of their own."""
        return self._to_documents() or super().my_addresses(**query_params)

    @http.route()
    def portal_address(self, *args, **query_params):
        """Core's form of an address; a customer's people have a page of their own."""
        return self._to_documents() or super().portal_address(*args, **query_params)

    @http.route()
    def portal_address_submit(self, partner_id=None, **form_data):
        """Core's; no login of a customer writes an address."""
        if refused := self._to_documents():
            return refused
        return super().portal_address_submit(partner_id, **form_data)

    @http.route()
    def address_archive(self, partner_id):
        """Core's; no login of a customer archives an address.

        :raises AccessError: it is one
        """
        if self._to_documents():
            raise AccessError(request.env._("Please write to us to change an address."))
        return super().address_archive(partner_id)

    def _to_documents(self):
        """The way to their documents, for a customer's people; else None."""
        if request.env["bmasia.company"]._of_login(request.env.user):
            return request.redirect(ACCOUNT)
        return None


class Account(http.Controller):
    @http.route(ACCOUNT, type="http", auth="user", methods=["GET"])
    def account(self, done=None, lang=None, **_query):
        """The documents, contacts and logins of the company of who is logged in."""
        company = self._company()
        if not company:
            return request.redirect("/my")
        return self._page(company, told=done or "")

    @http.route(
        f"{ACCOUNT}/statement/<int:entity_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def statement(self, entity_id, **_query):
        """A statement of account of today, with one billing entity."""
        company = self._company()
        groups = company._account_documents() if company else []
        entities = [g["entity"] for g in groups if g["entity"].id == entity_id]
        if not entities:
            return request.redirect(ACCOUNT)
        if not self._may_print():
            error = request.env._("Too many attempts. Please try again in 10 minutes.")
            return self._page(company, 429, error)
        content = company._statement_pdf(entities[0])
        name = request.env._("Statement of account")
        response = responses.file(content, f"{name}.pdf", "application/pdf", "inline")
        response.headers["Content-Security-Policy"] = responses.VIEWER
        return response

    @http.route(f"{ACCOUNT}/receive", type="http", auth="user", methods=["POST"])
    def receive(self, contact_id="", **form):
        """Change what a contact receives."""
        company = self._company()
        if company and not allows("receives", request.env.uid, CHANGES, A_DAY):
            error = request.env._("Too many attempts. Please try again tomorrow.")
            return self._page(company, 422, error)
        chosen = [name for name in RECEIVES if form.get(name)]
        is_id = contact_id.isascii() and contact_id.isdecimal()
        number = int(contact_id) if is_id and len(contact_id) < 10 else 0
        return self._change(
            lambda company: company._account_receive(request.env.user, number, chosen),
            "received",
        )

    @http.route(f"{ACCOUNT}/invite", type="http", auth="user", methods=["POST"])
    def invite(self, name="", email="", **_form):
        """Invite a colleague."""
        company = self._company()
        if company and not allows("invitation", company.id, INVITATIONS, A_DAY):
            error = request.env._("Too many attempts. Please try again tomorrow.")
            return self._page(company, 422, error, {"name": name, "email": email})
        return self._change(
            lambda company: company._account_invite(request.env.user, name, email),
            "invited",
            {"name": name, "email": email},
        )

    def _may_print(self):
        """Whether this login, and this address, may have another statement now."""
        return all(
            allows("statement", who, STATEMENTS, STATEMENT_MINUTES)
            for who in (f"login {request.env.uid}", visitor())
        )

    def _company(self):
        request.update_context(lang=self._lang())
        return request.env["bmasia.company"]._of_login(request.env.user)

    def _lang(self):
        codes = [code for code, _name in request.env["res.lang"].sudo().get_installed()]
        wanted = request.params.get("lang") or request.env.user.lang
        return wanted if wanted in codes else "en_US"

    def _change(self, act, done, typed=None):
        company = self._company()
        if not company:
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                act(company)
        except UserError as error:
            faults = faults_of(error)
            top = faults.pop("", "")
            return self._page(company, 422, top, typed, faults=faults)
        return responses.private(request.redirect(f"{ACCOUNT}?done={done}", code=303))

    def _page(self, company, status=200, error="", typed=None, told="", faults=None):
        company = company.with_context(lang=request.env.context["lang"])
        values = {
            "company": company,
            "groups": company._account_documents(),
            "people": company._account_people(),
            "receives": company.env["res.partner"]._receives_words(),
            "csrf": request.csrf_token(),
            "languages": languages(),
            "error": error,
            "faults": faults or {},
            "first_fault": next(iter(faults or ()), ""),
            "typed": typed or {},
            "told": told,
        }
        return responses.page("bmasia_portal.page_account", values, status)
