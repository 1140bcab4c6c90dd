"""The set-up of the delivery note's tests: two entities, their people, a customer."""

from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user

from odoo.addons.encrypted_field.tests.common import new_key, use_keys
from odoo.addons.mail_delivery.testkit import DeliveryMixin

PASSWORD = "Tr0ub4dor&3"
TO = "ada@customer.example.com"
GOODS = "2 players\n1 amplifier"


class NoteCase(TransactionCase):
    """Ann works for the first entity, Ben for the second."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.env.company
        cls.first.write({"entity_code": "AA", "time_zone": "Asia/Bangkok"})
        cls.second = cls.env["res.company"].create(
            {"name": "Second", "entity_code": "BB", "time_zone": "Asia/Hong_Kong"}
        )
        cls.ann = cls.person("ann", "document_flow.group_user", cls.first)
        cls.ben = cls.person("ben", "document_flow.group_manager", cls.second)
        cls.clerk = cls.person("clerk", "base.group_user", cls.first)
        cls.customer = cls.person("customer", "base.group_portal", cls.first)
        cls.visitor = cls.person("visitor", "base.group_public", cls.first)
        cls.ada = cls.env["res.partner"].create({"name": "Ada", "email": TO})

    @classmethod
    def person(cls, name, group, entity):
        login = f"{name}@example.com"
        user = new_test_user(cls.env, login, group, name=name.title(), email=login)
        user.write({"company_id": entity.id, "company_ids": [Command.set(entity.ids)]})
        return user

    def note(self, **values):
        """A draft by Ann for Ada."""
        notes = self.env["delivery.note"].with_user(self.ann)
        return notes.create({"partner_id": self.ada.id, "goods": GOODS, **values})

    def sent_note(self, **values):
        note = self.note(**values)
        note.action_mark_sent()
        return note


class SendingCase(DeliveryMixin, NoteCase):
    """Ann has an account at a mail server on this machine, over TLS."""

    def setUp(self):
        super().setUp()
        self.let_mail_out()
        if not isinstance(self, HttpCase):  # which is in it already
            self.registry_enter_test_mode()
        self.enterContext(use_keys(new_key()))
        # crons commit after each document; within a test nothing may be
        self.patch(self.registry["ir.cron"], "_commit_progress", lambda *_a, **_k: 1)
        self.server = self.start_tls_server(users={self.ann.login: PASSWORD})
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("mail_user_smtp.internal_hosts", "localhost")
        parameters.set_param("mail_user_smtp.extra_ports", str(self.server.port))
        own = self.ann.with_user(self.ann)
        own.write(
            {
                "smtp_host": "localhost",
                "smtp_port": self.server.port,
                "smtp_security": "starttls",
                "smtp_password": PASSWORD,
            }
        )
        account = own._smtp_server()
        account._try_account__(account._ask_sender_address)
        self.assertEqual(own.smtp_state, "ok", own.smtp_error)
