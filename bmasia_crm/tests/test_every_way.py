"""Nobody sends with another's hand: each way into the mail engine, each forgery."""

import re

from odoo.models import BaseModel
from odoo.tests import tagged

from .ways import WaysCase

# Public methods of mail models that send or tell: each is among the ways below, or
# sends nothing. A new one fails the test until somebody decided which.
TRIED = {
    "mail.thread": {
        "message_mail_with_source",
        "message_notify",
        "message_post",
        "message_post_with_source",
        "message_process",
    },
    "mail.compose.message": {"action_schedule_message", "action_send_mail"},
    "mail.template": {"send_mail", "send_mail_batch"},
    "mail.scheduled.message": {"post_message"},
    "mail.mail": {"send"},
    "mail.message": set(),
}
SENDS_NOTHING = {
    "action_visit_mail_account",  # opens the preferences
    "action_open_mail_preview",
    "cancel_save_template",
    "create_mail_template",
    "mail_allowed_qweb_expressions",
    "mail_get_partner_fields",
    "mark_all_as_read",
    "message_change_thread",
    "message_get_followers",
    "message_subscribe",
    "message_unsubscribe",
    "notify_cancel_by_type",
    "open_template_creation_wizard",
    "portal_message_format",
    "reset_template",
    "set_message_done",
    "toggle_message_starred",
    "unlink_action",
    "unstar_all",
    "create_action",
    "get_empty_list_help",
    "open_edit_form",
    "action_open_document",
    "cancel",
}
# For administrators; what they send again is held to the policy by the engine.
OF_THE_QUEUE = {
    "action_retry",
    "action_send_and_close",
    "mark_outgoing",
    "process_email_queue",
    "send_after_commit",
}
# By ``@api.private``: see test_gateway.py of mail_user_smtp.
NOT_CALLED_FROM_OUTSIDE = {
    "message_new",
    "message_parse",
    "message_route",
    "message_update",
}
# Fields that hold an address and that users may write: what becomes of it.
ADDRESSES = {
    # the ways below
    ("mail.compose.message", "email_from"),
    ("mail.compose.message", "reply_to"),
    ("mail.message", "email_from"),
    ("mail.message", "reply_to"),
    ("mail.template", "email_from"),
    ("mail.template", "reply_to"),
    # recipients, the policy of mails to outside decides
    ("mail.message", "outgoing_email_to"),
    ("mail.template", "email_to"),
    ("mail.template", "email_cc"),
    # what came in, who was told: nothing is sent by them
    ("mail.message", "incoming_email_to"),
    ("mail.message", "incoming_email_cc"),
    ("mail.notification", "mail_email_address"),
    # test_one_address.py of mail_user_smtp
    ("res.partner", "email"),
    ("res.company", "email"),
    # a customer's
    ("bmasia.company", "email"),
    # goes to the contact's own field
    ("portal.wizard.user", "email"),
    # of somebody who is to sign: a recipient, the policy decides
    ("document.signing.wizard.signer", "email"),
    # a bank's, printed nowhere and never a sender
    ("res.bank", "email"),
}
# Forgeries that could lead round the policy, not only to another's name.
OF_THE_POLICY = {"plain", "as the company", "through the relay", "for later"}
SELF_WRITTEN = {"email", "login", "smtp_email", "smtp_login"}  # of one's own user
ADDRESS_LIKE = re.compile(r"e?mail(_|$)|reply_to|login|^from|alias_")
NO_ADDRESS = re.compile(r"layout_xmlid|_color$|_template$")


@tagged("post_install", "-at_install")
class TestEveryWay(WaysCase):
    def test_whoever_has_a_mailbox_sends_as_themselves(self):
        """And each way is one, or this test would show nothing."""
        record = self.quote()
        sent = set()
        for way, call in self.ways(self.nikki, record):
            for forgery, values in self.forgeries(self.nikki):
                with self.subTest(way=way, forgery=forgery):
                    received = self.leaving(lambda c=call, v=values: c(v))
                    self.assertOwn(received, self.nikki)
                    sent |= {way} if received else set()
        shut = {way for way, _call in self.ways(self.nikki, record)} - sent
        self.assertEqual(
            shut,
            {
                # for the gateway, for administrators, no mail by itself, for notify
                *("message_process", "mail.mail", "mail.message"),
                "message_post user_notification",
            },
        )

    def test_whoever_has_none_reaches_nobody_outside(self):
        record = self.quote(user=self.norbert)
        for way, call in self.ways(self.norbert, record):
            for forgery, values in self.forgeries(self.norbert):
                if forgery not in OF_THE_POLICY:
                    continue
                with self.subTest(way=way, forgery=forgery):
                    received = self.leaving(lambda c=call, v=values: c(v))
                    self.assertFalse(
                        [(mail.login, mail.recipients) for mail in received]
                    )

    def test_an_administrator_without_a_mailbox_neither(self):
        """In their own name. That of the company is theirs to use."""
        self.norbert.group_ids |= self.env.ref("base.group_system")
        record = self.quote(user=self.norbert)
        for way, call in self.ways(self.norbert, record):
            if way == "message_process":
                continue  # theirs: they may be the gateway
            with self.subTest(way=way):
                received = self.leaving(lambda c=call: c({}))
                self.assertFalse([mail.message["From"] for mail in received])

    def test_on_every_model_with_a_chatter(self):
        thread = self.registry["mail.thread"]
        models = [
            name
            for name, model in self.registry.models.items()
            if issubclass(model, thread) and not model._abstract
        ]
        self.assertIn("bmasia.invoice", models)
        sent = set()
        for name in models:
            own = self.a_record(name).with_user(self.nikki)
            other = own.with_user(self.norbert)
            for target in (own, own.sudo(), other, other.sudo()):
                user = target.env.user
                with self.subTest(model=name, user=user.name, su=target.env.su):
                    received = self.leaving(
                        lambda t=target: t.message_post(
                            body="x",
                            message_type="notification",
                            subtype_xmlid="mail.mt_comment",
                            partner_ids=self.somchai.ids,
                        )
                    )
                    self.assertOwn(received, user)
                    if user == self.norbert:
                        self.assertFalse(received)
                    sent |= {name} if received else set()
        self.assertGreaterEqual(
            sent, {"bmasia.quote", "bmasia.invoice", "bmasia.company", "res.partner"}
        )

    def a_record(self, name):
        makers = {
            "bmasia.quote": self.quote,
            "bmasia.contract": self.contract,
            "bmasia.amendment": self.amendment_of,
            "bmasia.invoice": self.invoice,
            "bmasia.company": lambda: self.hilton,
            "bmasia.receipt": lambda: self.paid_invoice().receipt_ids,
            "bmasia.payment": lambda: self.paid_invoice().payment_ids,
            "bmasia.withholding.certificate": self.certificate,
            "bmasia.billing.note": self.billing_note,
            "bmasia.statement": self.statement,
            "discuss.channel": lambda: self.env[name].create({"name": "x"}),
            "mail.blacklist": lambda: self.env[name].create({"email": "b@x.com"}),
            "product.pricelist": lambda: self.env[name].create({"name": "x"}),
        }
        made = makers.get(name, self.env[name].search)
        record = made() if name in makers else made([], limit=1)
        self.assertTrue(record, f"say here how to make a record of {name}")
        return record.sudo()

    def statement(self):
        return self.env["bmasia.statement"].create({"customer_id": self.hilton.id})

    def billing_note(self):
        self.issued_invoice()
        notes = self.env["bmasia.billing.note"].with_user(self.pom)
        return notes.create({"customer_id": self.hilton.id})

    def paid_invoice(self):
        invoice = self.issued_invoice()
        invoice.action_register_payment(1, withholding_amount=1)
        return invoice

    def certificate(self):
        return self.paid_invoice().allocation_ids.certificate_id

    def test_every_public_method_is_tried_or_known(self):
        for name, tried in TRIED.items():
            cls = self.registry[name]
            own = {
                method
                for method in dir(cls)
                if not method.startswith("_")
                and callable(getattr(cls, method))
                and not hasattr(BaseModel, method)
                and not self.is_of_every_model(method)
            }
            known = SENDS_NOTHING | OF_THE_QUEUE | NOT_CALLED_FROM_OUTSIDE
            with self.subTest(model=name):
                self.assertEqual(own - known, tried)

    def is_of_every_model(self, method):
        return hasattr(self.registry["res.currency"], method)

    def test_every_address_that_users_write_is_known(self):
        found = set()
        for user in (self.nikki, self.pom, self.norbert):
            for name in self.registry.models:
                records = self.env[name].with_user(user)
                if records._abstract:
                    continue
                if records.has_access("write") or records.has_access("create"):
                    found |= {(name, field) for field in self.addresses_of(records)}
        self.assertEqual(found, ADDRESSES)

    def addresses_of(self, records):
        for field in records._fields.values():
            is_text = field.type in ("char", "text")
            is_address = ADDRESS_LIKE.search(field.name)
            is_other = NO_ADDRESS.search(field.name)
            is_shown_only = field.compute and not field.inverse and field.readonly
            if is_text and is_address and not is_other and not is_shown_only:
                yield field.name

    def test_every_address_of_ones_own_user_is_known(self):
        users = self.env["res.users"].with_user(self.nikki)
        written = set(users.SELF_WRITEABLE_FIELDS)
        found = written & set(self.addresses_of(users))
        self.assertEqual(found | {"login"}, SELF_WRITTEN)
