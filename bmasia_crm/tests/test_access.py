"""Who may do what, by trying. The rights themselves: ``test_access_rights.py``."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from . import test_access_rights
from .common import CrmCase


@tagged("post_install", "-at_install")
class TestAccess(CrmCase):
    def test_a_context_proposes_nothing_that_only_the_system_writes(self):
        file = self.env["ir.attachment"].create({"name": "x.pdf", "raw": b"%PDF"})
        forged = {
            "default_name": "Q-FORGED",
            "default_state": "sent",
            "default_send_state": "sent",
            "default_sent_date": "2026-01-01 00:00:00",
            "default_archive_ids": [(6, 0, file.ids)],
            "default_document_digest": "x",
            "default_seller_snapshot": {"name": "x"},
        }
        quotes = self.env["bmasia.quote"].with_user(self.nikki).with_context(**forged)
        quote = quotes.create({"customer_id": self.hilton.id})
        self.assertFalse(quote.name or quote.archive_ids or quote.sent_date)
        self.assertFalse(quote.document_digest or quote.seller_snapshot)
        self.assertEqual((quote.state, quote.send_state), ("draft", "none"))
        files = self.env["ir.attachment"].with_user(self.nikki)
        mine = files.with_context(default_document_sha256="x").create({"name": "x"})
        self.assertFalse(mine.document_sha256)

    def test_nobody_hides_or_opens_what_went_out(self):
        quote = self.quote()
        kept = self.env["ir.attachment"].create(
            {
                "name": "q.pdf",
                "raw": b"%PDF",
                "res_model": quote._name,
                "res_id": quote.id,
                "document_sha256": "0" * 64,
            }
        )
        for user in (self.nikki, self.pom, self.norbert):
            for vals in (
                {"res_field": "message_main_attachment_id"},
                {"res_model": False, "res_id": 0},
                {"public": True},
                {"description": "another"},
            ):
                with self.subTest(user=user.login, **vals):
                    with self.assertRaisesRegex(UserError, "kept as it is"):
                        kept.with_user(user).write(vals)
            with self.assertRaisesRegex(UserError, "kept as it is"):
                kept.with_user(user).generate_access_token()

    def test_who_may_not_see_a_file_does_not_learn_what_it_is_called(self):
        quote = self.quote()
        quote.action_mark_sent()
        for user in (self.customer, self.visitor):
            kept = quote.archive_ids.with_user(user)
            for attempt in (lambda kept=kept: kept.write({"name": "x"}), kept.unlink):
                with self.assertRaises(AccessError):
                    attempt()

    def test_customers_and_visitors_see_nothing(self):
        self.quote()
        rights = test_access_rights.TestAccessRights
        for user in (self.customer, self.visitor):
            for model in rights.RIGHTS.keys() - rights.SHARED:
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
        for document, user in ((contract, self.nikki), (invoice, self.pom)):
            with self.subTest(document=document), self.assertRaises(AccessError):
                document.with_user(user).action_cancel("Because")
            document.with_user(self.norbert).action_cancel("Because")
            self.assertEqual(document.state, "cancelled")

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

    def test_nobody_types_what_a_move_leaves_behind(self):
        contract, invoice = self.active_contract(), self.issued_invoice()
        typed = {
            contract.with_user(self.norbert): {
                "signed_date": "2026-01-01",
                "renewed_from_id": False,
                "quote_id": False,
                "notice_date": "2026-01-01",
            },
            invoice.with_user(self.pom): {
                "paid_date": "2026-01-01",
                "cancel_reason": "x",
            },
        }
        for document, values in typed.items():
            for name, value in values.items():
                with (
                    self.subTest(name),
                    self.assertRaisesRegex(UserError, "system only"),
                ):
                    document.write({name: value})
