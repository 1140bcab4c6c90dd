"""Who may do what with each model: by access right, and by trying."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmCase

OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
# model: what user, finance and manager may; customers and visitors nothing at all
RIGHTS = {
    "bmasia.company": ("rwcd", "rwcd", "rwcd"),
    "bmasia.zone": ("rwcd", "rwcd", "rwcd"),
    "bmasia.location": ("rwcd", "rwcd", "rwcd"),
    "bmasia.signatory": ("rwcd", "rwcd", "rwcd"),
    "bmasia.quote": ("rwcd", "rwcd", "rwcd"),
    "bmasia.quote.line": ("rwcd", "rwcd", "rwcd"),
    "bmasia.contract": ("rwcd", "rwcd", "rwcd"),
    "bmasia.contract.line": ("rwcd", "rwcd", "rwcd"),
    "bmasia.contract.schedule": ("r", "r", "r"),
    "bmasia.contract.template": ("r", "r", "rwcd"),
    "bmasia.contract.section": ("r", "r", "rwcd"),
    "bmasia.invoice": ("r", "rwcd", "rwcd"),
    "bmasia.invoice.line": ("r", "rwcd", "rwcd"),
    "bmasia.payment": ("r", "rwc", "rwc"),
    "bmasia.number": ("", "r", "r"),
    "bmasia.send.request": ("", "", "r"),
    "bmasia.send.batch": ("r", "r", "r"),
    "bmasia.send.batch.line": ("r", "r", "r"),
    "bmasia.reminder": ("r", "r", "r"),
}


@tagged("post_install", "-at_install")
class TestAccess(CrmCase):
    def test_each_role_has_the_rights_of_the_table(self):
        for model, rights in RIGHTS.items():
            people = zip((self.nikki, self.pom, self.norbert), rights, strict=True)
            for user, allowed in people:
                records = self.env[model].with_user(user)
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, user=user.login, op=operation):
                        self.assertEqual(
                            records.has_access(operation), letter in allowed
                        )

    def test_the_table_knows_every_model(self):
        mine = self.env["ir.model"].search([("model", "=like", "bmasia.%")])
        stored = {
            model.model
            for model in mine
            if self.env[model.model]._auto and not self.env[model.model]._transient
        }
        self.assertEqual(stored, set(RIGHTS))

    def test_customers_and_visitors_see_nothing(self):
        self.quote()
        for user in (self.customer, self.visitor):
            for model in RIGHTS:
                with self.subTest(model=model, user=user.login):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).search([])

    def test_sales_cannot_make_or_issue_an_invoice(self):
        with self.assertRaises(AccessError):
            self.invoice(user=self.nikki)
        invoice = self.invoice()
        with self.assertRaises(AccessError):
            invoice.with_user(self.nikki).action_issue()
        self.assertFalse(invoice.name)

    def test_sales_cannot_register_a_payment(self):
        invoice = self.issued_invoice()
        with self.assertRaises(AccessError):
            invoice.with_user(self.nikki).action_register_payment(10)

    def test_only_managers_cancel(self):
        contract = self.active_contract()
        invoice = self.issued_invoice()
        for paper, user in ((contract, self.nikki), (invoice, self.pom)):
            with self.subTest(paper=paper), self.assertRaises(AccessError):
                paper.with_user(user).action_cancel("Because")
            paper.with_user(self.norbert).action_cancel("Because")
            self.assertEqual(paper.state, "cancelled")

    def test_nobody_deletes_what_has_a_number(self):
        quote = self.quote()
        quote.action_mark_sent()
        for user in (self.nikki, self.norbert):
            with self.assertRaises(UserError):
                quote.with_user(user).unlink()
        self.quote().unlink()

    def test_nobody_types_what_the_system_writes(self):
        quote = self.quote()
        typed = {
            "name": "Q-2020-0101-001",
            "state": "accepted",
            "send_state": "sent",
            "sent_date": "2026-01-01 00:00:00",
            "amount_total": 1.0,
            "archive_ids": [(5,)],
        }
        for name, value in typed.items():
            with self.subTest(field=name), self.assertRaises(UserError):
                quote.with_user(self.norbert).write({name: value, "note": "x"})
        self.assertFalse(quote.name or quote.note)

    def test_nobody_brings_a_number_or_a_state_along(self):
        for values in ({"name": "Q-2020-0101-001"}, {"state": "sent"}):
            with self.subTest(**values), self.assertRaises(UserError):
                self.quote(user=self.norbert, **values)
