"""What tests of online payments share: a provider, an invoice, who pays it."""

from datetime import timedelta

from lxml import html

from odoo.fields import Command

from odoo.addons.bmasia_crm.tests.pages import PageCase
from odoo.addons.document_flow.models.document_attempt import DocumentAttempt

FORM = '<form action="dummy" method="post"/>'
TRANSACTION = "/payment/document/transaction"


class OnlineCase(PageCase):
    """An issued invoice of Thailand over 14,980.00 baht, and a provider that takes it.

    The provider has the code of those that have none; what it would answer, a test says
    by setting the state of the transaction.
    """

    def setUp(self):
        super().setUp()
        self.patch(DocumentAttempt, "_allows", lambda *_arguments: True)
        self.method = self.env.ref("payment.payment_method_unknown")
        self.provider = self.make_provider(self.thailand)
        self.invoice_ = self.issued_invoice()
        self.path = self.path_of(self.invoice_)
        self.link = self.link_of(self.path)

    def make_provider(self, entity, **values):
        view = self.env["ir.ui.view"].create(
            {"name": "Form", "type": "qweb", "arch": FORM}
        )
        provider = self.env["payment.provider"].create(
            {
                "name": f"Provider of {entity.entity_code}",
                "code": "none",
                "company_id": entity.id,
                "state": "enabled",
                "is_published": True,
                "payment_method_ids": [Command.set(self.method.ids)],
                "redirect_form_view_id": view.id,
                **values,
            }
        )
        self.method.active = True
        return provider

    def collect_later(self):
        """Let providers only reserve the money, as some do with cards."""

        def features(providers):
            for provider in providers:
                provider.support_manual_capture = "partial"
                provider.support_refund = "partial"
                provider.support_express_checkout = False
                provider.support_tokenization = False

        providers = self.registry["payment.provider"]
        self.patch(providers, "_compute_feature_support_fields", features)
        self.env.invalidate_all()

    def close_month(self):
        """The month of today, for bookings of any day of it."""
        end = self.thailand._today() + timedelta(days=31)
        self.patch(self.registry["res.company"], "_today", lambda _self: end)
        self.env.cr.execute(
            "UPDATE res_company SET lock_date = %s WHERE id = %s",
            (end.replace(day=1) - timedelta(days=1), self.thailand.id),
        )
        self.env.invalidate_all()

    def make_token(self):
        """A saved card of the customer."""
        self.provider.allow_tokenization = True
        self.method.support_tokenization = True
        return self.env["payment.token"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "payment_details": "4242",
                "partner_id": self.hilton.partner_id.id,
                "provider_ref": "x",
            }
        )

    # ------------------------------------------------------------
    # WHAT A CUSTOMER DOES
    # ------------------------------------------------------------

    def pay_now(self, path=None):
        """Press the button; where that leads to."""
        return self.post(f"{path or self.path}/online")

    def payment_page(self, path=None):
        """Odoo's page of payment."""
        return self.get(self.pay_now(path).headers["Location"])

    def form(self, path=None):
        """What Odoo's form would send."""
        return self.form_of(self.payment_page(path))

    def form_of(self, page):
        self.assertEqual(page.status_code, 200, page.text)
        [form] = html.fromstring(page.text).xpath("//form[@id='o_payment_form']")
        options = form.xpath("//input[@name='o_payment_radio']")
        return {
            "provider_id": int(options[0].get("data-provider-id")),
            "payment_method_id": int(options[0].get("data-payment-option-id")),
            "token_id": None,
            "amount": float(form.get("data-amount")),
            "flow": "redirect",
            "tokenization_requested": True,
            "landing_route": form.get("data-landing-route"),
            "is_validation": False,
            "access_token": form.get("data-access-token"),
            "csrf_token": None,
        }

    def send(self, form, **values):
        """Press *Pay* in Odoo's form; what the server answers."""
        self.env.flush_all()
        answer = self.url_open(TRANSACTION, json={"params": {**form, **values}})
        self.env.invalidate_all()
        return answer.json()

    def begin(self, form):
        """Press *Pay*; the transaction."""
        values = self.send(form)["result"]
        transactions = self.env["payment.transaction"].sudo()
        return transactions.search([("reference", "=", values["reference"])])

    # ------------------------------------------------------------
    # WHAT THE PROVIDER SAYS
    # ------------------------------------------------------------

    def transaction(self, amount=None, invoices=None, **values):
        """One that was begun."""
        invoices = invoices or self.invoice_
        provider = values.pop("provider", self.provider)
        due = sum(invoices.mapped("amount_due"))
        return (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": provider.payment_method_ids[:1].id,
                    "reference": self.env["payment.transaction"]._compute_reference(
                        provider.code, prefix=invoices[0].name
                    ),
                    "amount": due if amount is None else amount,
                    "currency_id": invoices.currency_id.id,
                    "partner_id": self.hilton.partner_id.id,
                    "operation": "online_redirect",
                    "bmasia_invoice_ids": [Command.set(invoices.ids)],
                    **values,
                }
            )
        )

    def confirm(self, transaction):
        """The provider confirms it, and Odoo processes that."""
        transaction._set_done()
        self.process(transaction)
        return transaction

    def process(self, transaction):
        """As Odoo does, by the browser of who paid or by its cron."""
        transaction._post_process()
        self.env.flush_all()

    def paid(self, *arguments, **values):
        return self.confirm(self.transaction(*arguments, **values))

    # ------------------------------------------------------------
    # WHAT BECAME OF IT
    # ------------------------------------------------------------

    def payments(self):
        domain = [("customer_id", "=", self.hilton.id)]
        return self.env["bmasia.payment"].search(domain)

    def claims(self):
        return self.env["bmasia.payment.claim"].search([])

    def todos(self, user, key):
        """How many rows of a kind a user's day has."""
        day = self.env["document.day"].with_user(user).get_day()
        found = [todo for area in day["areas"] for todo in area["todos"]]
        return sum(todo["count"] for todo in found if todo["key"] == key)
