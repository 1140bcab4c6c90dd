"""Somebody leaves: their work goes to a manager, who is named."""

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_held_mails import HeldCase

# Models that name somebody, and keep the name: who sent, who signed, who started it.
KEEPS_THE_NAME = {
    *("bmasia.receipt", "bmasia.booking.request"),
    *("document.send.batch", "document.send.request"),
    *("document.signing", "document.signer", "document.link"),
    *("bmasia.vat.return", "bmasia.journal.export"),
}


@tagged("post_install", "-at_install")
class TestLeaver(HeldCase):
    def leave(self, user=None, by=None):
        """
        :returns: what the administrator reads
        """
        user = user or self.nikki
        told = []

        def bus_send(recipient, kind, message, **_more):
            if kind == "simple_notification":
                told.append((recipient, message))

        users = self.registry["res.users"]
        with patch.object(users, "_bus_send", bus_send):
            user.with_user(by or self.admin).active = False
        return [message for recipient, message in told if recipient == self.admin]

    def test_every_model_that_names_somebody_is_known(self):
        named = {
            name
            for name, model in self.registry.models.items()
            if hasattr(model, "_entity_path")
            and not model._abstract
            and not model._transient
            and "user_id" in model._fields
            and model._fields["user_id"].comodel_name == "res.users"
            and not model._fields["user_id"].related
        }
        self.assertEqual(
            named - KEEPS_THE_NAME, self.env["res.users"]._looked_after().keys()
        )

    def test_open_documents_go_to_the_manager(self):
        self.hilton.user_id = self.nikki
        quote, contract = self.quote(), self.active_contract(user=self.nikki)
        ended = self.quote()
        ended.action_mark_sent()
        ended.action_reject("Too dear")
        invoice = self.invoice(user_id=self.nikki.id)
        self.leave()
        for record in (quote, contract, invoice, self.hilton):
            self.assertEqual(record.user_id, self.norbert, record)
        self.assertEqual(ended.user_id, self.nikki, "history stays")

    def test_reminders_and_activities_go_along(self):
        contract = self.active_contract()
        reminder = self.env["document.reminder"].create(
            {
                "kind": "renewal",
                "res_model": contract._name,
                "res_id": contract.id,
                "cycle": contract._today(),
                "partner_id": self.hilton.partner_id.id,
                "company_id": contract.company_id.id,
                "user_id": self.nikki.id,
            }
        )
        reminder._ask()
        self.server.reply("RCPT", with_=(550, "5.1.1 no such user"))
        quote = self.quote()
        quote.send_email()
        undelivered = quote.sudo().delivery_ids.activity_id
        self.assertEqual(undelivered.user_id, self.nikki)
        self.leave()
        self.assertEqual(reminder.user_id, self.norbert)
        self.assertEqual(reminder.activity_id.user_id, self.norbert)
        self.assertEqual(undelivered.user_id, self.norbert)
        left = self.env["mail.activity"].search([("user_id", "=", self.nikki.id)])
        self.assertFalse(left)

    def test_the_manager_has_one_activity_that_lists_it(self):
        first, second = self.quote(), self.quote()
        self.queued(first)
        self.leave()
        activity = self.env["mail.activity"].search(
            [
                ("user_id", "=", self.norbert.id),
                ("summary", "=", "Take over from Nikki"),
            ]
        )
        self.assertEqual(len(activity), 1)
        for record in (first, second):
            self.assertIn(record.display_name, activity.note)
        self.assertIn("Waiting mails", activity.note)
        self.assertIn("mail_delivery_action_held", activity.note)
        self.assertNothingLeft()

    def test_the_administrator_reads_who_goes_on(self):
        self.quote()
        (message,) = self.leave()
        self.assertEqual(message["title"], "Nikki has left")
        self.assertIn("Norbert takes over", message["message"])
        self.assertIn("Quote 1", message["message"])

    def test_also_when_nothing_is_open(self):
        (message,) = self.leave()
        self.assertIn("Norbert", message["message"])

    def test_a_manager_named_on_the_user_goes_first(self):
        manager = new_test_user(self.env, "vera", "bmasia_crm.group_manager")
        manager.company_ids = [Command.set((self.thailand | self.hongkong).ids)]
        self.nikki.document_manager_id = manager
        quote = self.quote()
        self.leave()
        self.assertEqual(quote.user_id, manager)

    def test_each_entity_has_its_own_manager(self):
        vera = new_test_user(self.env, "vera", "bmasia_crm.group_manager")
        vera.write(
            {
                "company_ids": [Command.set(self.hongkong.ids)],
                "company_id": self.hongkong.id,
            }
        )
        self.norbert.write(
            {
                "company_ids": [Command.set(self.thailand.ids)],
                "company_id": self.thailand.id,
            }
        )
        thai = self.quote(company_id=self.thailand.id)
        chinese = self.quote(company_id=self.hongkong.id)
        self.leave()
        self.assertEqual((thai.user_id, chinese.user_id), (self.norbert, vera))

    def test_a_manager_who_leaves_is_followed_by_another(self):
        vera = new_test_user(self.env, "vera", "bmasia_crm.group_manager")
        vera.company_ids = [Command.set((self.thailand | self.hongkong).ids)]
        quote = self.quote()
        self.leave()
        self.assertEqual(quote.user_id, self.norbert)
        self.leave(self.norbert)
        self.assertEqual(quote.user_id, vera)

    def test_nobody_is_mailed_about_each_document(self):
        for _n in range(3):
            self.quote()
        before = self.env["mail.mail"].search([])
        self.leave()
        self.assertFalse(self.env["mail.mail"].search([]) - before)

    def test_who_comes_back_gets_nothing_back_by_that(self):
        quote = self.quote()
        self.leave()
        self.nikki.active = True
        self.assertEqual(quote.user_id, self.norbert)
