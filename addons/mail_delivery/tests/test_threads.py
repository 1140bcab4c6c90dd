"""What ties mails together in mail programs: Message-ID, references, Date."""

import re
import socket
from datetime import timedelta
from email.utils import parsedate_to_datetime

from odoo.tests import new_test_user, tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase

A, B = "a@example.com", "b@example.com"
THIS_MACHINE = re.compile(re.escape(socket.gethostname()) + r"|localhost|127\.0", re.I)


@tagged("post_install", "-at_install")
class TestThreads(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.document = self.env["res.partner"].create({"name": "Hotel"})

    def send_about(self, to=A, **values):
        self.send(to=to, model="res.partner", res_id=self.document.id, **values)
        return self.server.messages[-1].message

    def site(self, url):
        self.env["ir.config_parameter"].set_param("web.base.url", url)

    def test_the_site_names_the_message(self):
        self.site("https://crm.example.com")
        message = self.send_about()
        self.assertTrue(message["Message-ID"].endswith("@crm.example.com>"))

    def test_without_a_public_name_the_senders_domain_does(self):
        for url in (
            "http://localhost:8069",
            "http://127.0.0.1:8069",
            "http://odoo.internal",
            "http://vm",
            f"http://{socket.gethostname()}",
        ):
            self.site(url)
            message = self.send_about()
            self.assertTrue(message["Message-ID"].endswith("@sender.example.com>"), url)
            self.assertNotRegex(message["Message-ID"], THIS_MACHINE)

    def test_no_header_of_any_message_type_names_this_machine(self):
        self.site("https://crm.example.com")
        contact = self.env["res.partner"].create({"name": "Anna", "email": A})
        kinds = self.env["mail.message"]._fields["message_type"].get_values(self.env)
        for kind in sorted(set(kinds) - {"user_notification"}):
            self.document.message_post(
                body="words", partner_ids=contact.ids, message_type=kind
            )
        self.document.message_notify(body="words", partner_ids=contact.ids, subject="s")
        rows = self.env["mail.delivery"].search([("res_id", "=", self.document.id)])
        self.send(rows.mail_id)
        self.assertGreater(len(self.server.messages), 3)
        for received in self.server.messages:
            head = received.content.partition(b"\r\n\r\n")[0].decode()
            self.assertNotRegex(head, THIS_MACHINE)

    def test_everybody_gets_the_same_name(self):
        self.send_about(to=[A, B], same_message=True)
        names = {m.message["Message-ID"] for m in self.server.messages}
        self.assertEqual((len(self.server.messages), len(names)), (2, 1))

    def test_a_documents_mails_are_one_conversation(self):
        first = self.send_about()
        self.assertIsNone(first["In-Reply-To"])
        second = self.send_about()
        third = self.send_about(references="<other@example.org>")
        self.assertEqual(second["In-Reply-To"], first["Message-ID"])
        self.assertEqual(second["References"], first["Message-ID"])
        self.assertEqual(third["In-Reply-To"], second["Message-ID"])
        self.assertEqual(
            str(third["References"]).split(),
            [first["Message-ID"], "<other@example.org>", second["Message-ID"]],
        )

    def test_a_mail_that_somebody_never_got_is_no_part_of_theirs(self):
        self.send_about(to=B)
        self.assertIsNone(self.send_about(to=A)["In-Reply-To"])

    def test_the_date_has_the_senders_zone(self):
        for zone, hours in (("Asia/Bangkok", 7), ("Asia/Hong_Kong", 8), (False, 0)):
            user = new_test_user(
                self.env,
                f"thr_{hours}",
                email=f"thr{hours}@sender.example.com",
                tz=zone,
            )
            user.partner_id.tz = zone
            self.env.company.partner_id.tz = False
            message = self.send_about(author_id=user.partner_id.id)
            self.assertNotIn("-0000", message["Date"])
            moment = parsedate_to_datetime(message["Date"])
            self.assertEqual(moment.utcoffset(), timedelta(hours=hours))
