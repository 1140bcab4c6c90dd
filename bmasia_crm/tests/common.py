"""The set-up of BMAsia's tests: two entities, the team, one customer."""

import io
from unittest.mock import patch

from pypdf import PdfWriter

from odoo.fields import Command
from odoo.tests import TransactionCase

from odoo.addons.document_flow.models.document_archived_mixin import (
    DocumentArchivedMixin,
)
from odoo.addons.encrypted_field.tests.common import new_key, use_keys
from odoo.addons.mail_delivery.models import delivery_request
from odoo.addons.mail_delivery.testkit import DeliveryMixin

MAIL_PASSWORD = "Tr0ub4dor&3"


def blank_pdf():
    """A document that no test looks into."""
    written, pages = io.BytesIO(), PdfWriter()
    pages.add_blank_page(595, 842)
    pages.write(written)
    return written.getvalue()


PDF = blank_pdf()


class CrmMixin:
    """Makes what a test speaks about. Needs ``self.env``."""

    @classmethod
    def make_world(cls):
        """Thailand and Hong Kong, five people, Hilton Pattaya with two contacts."""
        cls.thailand = cls.env.company
        cls.thailand.write(
            {
                "name": "BMAsia Thailand",
                "currency_id": cls.currency("THB").id,
                "legal_name": "BMAsia (Thailand) Co., Ltd.",
                "entity_code": "TH",
                "tax_label": "VAT",
                "tax_rate": 7,
                "time_zone": "Asia/Bangkok",
                "billing_country_ids": [Command.set(cls.env.ref("base.th").ids)],
                "quote_terms": "Payable in advance.",
            }
        )
        cls.hongkong = cls.env["res.company"].create(
            {
                "name": "BMAsia Limited",
                "currency_id": cls.currency("USD").id,
                "legal_name": "BMAsia Limited",
                "entity_code": "HK",
                "tax_rate": 0,
                "time_zone": "Asia/Hong_Kong",
                "bills_other_countries": True,
            }
        )
        both = [Command.set((cls.thailand | cls.hongkong).ids)]
        people = {
            "nikki": "bmasia_crm.group_user",
            "pom": "bmasia_crm.group_finance",
            "norbert": "bmasia_crm.group_manager",
            "customer": "base.group_portal",
            "visitor": "base.group_public",
        }
        cls.make_users(people, company_ids=both)
        cls.hilton = cls.make_company("Hilton Pattaya", country="base.th")
        cls.somchai, cls.anong = cls.env["res.partner"].create(
            [
                {
                    "name": "Somchai",
                    "email": "somchai@example.com",
                    "parent_id": cls.hilton.partner_id.id,
                    "contact_type": "primary",
                },
                {
                    "name": "Anong",
                    "email": "anong@example.com",
                    "parent_id": cls.hilton.partner_id.id,
                    "contact_type": "billing",
                },
            ]
        )

    @classmethod
    def make_users(cls, people, **values):
        """Users who are attributes of the class: all at once and not invited, for each
        class makes its own."""
        users = cls.env["res.users"].with_context(no_reset_password=True)
        made = users.create(
            [
                {
                    "name": login.title(),
                    "login": f"{login}@example.com",
                    "email": f"{login}@example.com",
                    "password": f"{login}@example.com",
                    "group_ids": [Command.set(cls.env.ref(group).ids)],
                    **values,
                }
                for login, group in people.items()
            ]
        )
        for login, user in zip(people, made.with_env(cls.env), strict=True):
            setattr(cls, login, user)

    @classmethod
    def currency(cls, name):
        found = cls.env["res.currency"].with_context(active_test=False)
        currency = found.search([("name", "=", name)])
        currency.active = True
        return currency

    @classmethod
    def make_company(cls, name, country=None, **values):
        country_id = country and cls.env.ref(country).id
        return cls.env["bmasia.company"].create(
            {"name": name, "country_id": country_id, **values}
        )

    @classmethod
    def line(cls, price=14000.0, quantity=1.0, **values):
        """The command that makes a line."""
        return Command.create(
            {"name": "Music", "quantity": quantity, "unit_price": price, **values}
        )

    @classmethod
    def make(cls, model, *lines, user=None, **values):
        """A draft of Hilton Pattaya, by Nikki or Pom."""
        owner = cls.pom if model == "bmasia.invoice" else cls.nikki
        if model == "bmasia.contract":
            # unless a test is about its text
            values.setdefault("without_clauses", "template_id" not in values)
        return (
            cls.env[model]
            .with_user(user or owner)
            .create(
                {
                    "customer_id": cls.hilton.id,
                    "line_ids": list(lines) or [cls.line()],
                    **values,
                }
            )
        )

    @classmethod
    def quote(cls, *lines, **values):
        return cls.make("bmasia.quote", *lines, **values)

    @classmethod
    def contract(cls, *lines, **values):
        return cls.make("bmasia.contract", *lines, **values)

    @classmethod
    def invoice(cls, *lines, **values):
        return cls.make("bmasia.invoice", *lines, **values)

    @classmethod
    def active_contract(cls, *lines, **values):
        contract = cls.contract(*lines, **values)
        contract.action_mark_sent()
        contract.action_activate(contract._today())
        return contract

    @classmethod
    def amendment_of(cls, contract=None, user=None, **values):
        """A draft that adds a line to a running contract, from its first day on."""
        contract = contract or cls.active_contract()
        values = {"start_date": contract.start_date, "line_ids": [cls.line()], **values}
        amendments = cls.env["bmasia.amendment"].with_user(user or cls.nikki)
        return amendments.create({"contract_id": contract.id, **values})

    @classmethod
    def issued_invoice(cls, *lines, **values):
        invoice = cls.invoice(*lines, **values)
        invoice.action_issue()
        return invoice


class CrmCase(CrmMixin, TransactionCase):
    """Documents without their pictures: rendering a PDF is another test's matter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_world()

    def setUp(self):
        super().setUp()
        # Crons commit after each document; within a test nothing may be.
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *_a, **_k: 1)
        rendering = patch.object(
            DocumentArchivedMixin,
            "_render_pdf",
            lambda document, **_how: PDF + str(document).encode(),
        )
        rendering.start()
        self.addCleanup(rendering.stop)


class SendingCase(DeliveryMixin, CrmCase):
    """Mail goes out, to a mail server on this machine: Nikki and Pom have accounts."""

    def setUp(self):
        super().setUp()
        self.let_mail_out()
        # how long a request waits is another test's matter
        self.patch(delivery_request, "REQUEST_BUDGET", 60)
        self.registry_enter_test_mode()
        self.enterContext(use_keys(new_key()))
        people = self.nikki | self.pom
        users = {user.login: MAIL_PASSWORD for user in people}
        self.server = self.start_tls_server(users=users)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("mail_user_smtp.internal_hosts", "localhost")
        parameters.set_param("mail_user_smtp.extra_ports", str(self.server.port))
        for user in people:
            user.email = user.login
            own = user.with_user(user)
            own.write(
                {
                    "smtp_host": "localhost",
                    "smtp_port": self.server.port,
                    "smtp_security": "starttls",
                    "smtp_password": MAIL_PASSWORD,
                }
            )
            account = own._smtp_server()
            account._try_account__(account._ask_sender_address)
            self.assertEqual(own.smtp_state, "ok", own.smtp_error)
