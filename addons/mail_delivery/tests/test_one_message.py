from odoo.tests import tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase


@tagged("post_install", "-at_install")
class TestOneMessage(DeliveryCase):
    """``same_message``: CC is real."""

    def send_to_all(self, **values):
        partners = self.env["res.partner"].create(
            [
                {"name": "Anna, Hotel", "email": "a@example.com"},
                {"name": "Bob", "email": "b@example.com"},
            ]
        )
        return self.send(
            same_message=True,
            recipient_ids=[(6, 0, partners.ids)],
            email_cc="Carol <c@example.com>",
            **values,
        )

    def test_everybody_gets_the_same_bytes_in_a_transaction_of_his_own(self):
        rows = self.send_to_all()
        self.assertEqual(set(rows.mapped("state")), {"sent"})
        self.assertEqual(
            self.server.copies(),
            {"a@example.com": 1, "b@example.com": 1, "c@example.com": 1},
        )
        self.assertEqual(len({m.content for m in self.server.messages}), 1)
        self.assertEqual([len(m.recipients) for m in self.server.messages], [1, 1, 1])
        self.assertEqual(self.server.sessions, 1)

    def test_headers_name_everybody(self):
        rows = self.send_to_all(
            headers=repr({"X-Msg-To-Add": "x@example.com", "Bcc": "d@example.com"})
        )
        self.assertEqual(len(rows), 4)
        message = self.server.message_to("d@example.com").message
        self.assertEqual(
            {a.addr_spec: a.display_name for a in message["To"].addresses},
            {"a@example.com": "Anna, Hotel", "b@example.com": "Bob"},
        )
        self.assertEqual(
            [a.addr_spec for a in message["Cc"].addresses], ["c@example.com"]
        )
        self.assertEqual(message["Message-Id"], rows[0].message_id_header)
        self.assertEqual(message.get_all("Message-Id"), [rows[0].message_id_header])
        self.assertIsNone(message["Bcc"])
        self.assertIsNone(message["X-Msg-To-Add"])
        for received in self.server.messages:
            self.assertNotIn(b"d@example.com", received.content)

    def test_no_link_is_for_one_only(self):
        self.send_to_all(
            body_html='<p>Hi</p><span id="mail_unfollow"><a href="/mail/unfollow">'
            "Unfollow</a></span>"
        )
        self.assertNotIn(b"unfollow", self.server.messages[0].content)

    def test_one_refused_of_three(self):
        self.server.reply("RCPT", to="b@example.com", with_=(550, "5.1.1 unknown"))
        rows = self.send_to_all()
        self.assertEqual(
            self.states(rows),
            {
                "a@example.com": "sent",
                "b@example.com": "refused",
                "c@example.com": "sent",
            },
        )
        self.server.forget()
        rows.filtered(lambda row: row.state == "refused").action_resend()
        self.run_queue()
        self.assertEqual(set(self.states(rows).values()), {"sent"})
        self.assertEqual(
            self.server.copies(),
            {"a@example.com": 1, "b@example.com": 1, "c@example.com": 1},
        )
        self.assertEqual(
            len({m.message["Message-Id"] for m in self.server.messages}), 1
        )

    def test_only_cc(self):
        rows = self.send(same_message=True, email_cc="c@example.com")
        self.assertEqual(rows.state, "sent")
        message = self.server.message_to("c@example.com").message
        self.assertIsNone(message["To"])
        self.assertEqual(message["Cc"], "c@example.com")


@tagged("post_install", "-at_install")
class TestHeaders(DeliveryCase):
    def test_partners_get_mails_of_their_own(self):
        partners = self.env["res.partner"].create(
            [{"name": n, "email": f"{n}@example.com"} for n in ("a", "b")]
        )
        self.send(recipient_ids=[(6, 0, partners.ids)])
        for partner in partners:
            message = self.server.message_to(partner.email).message
            self.assertEqual(message["To"].addresses[0].addr_spec, partner.email)
            self.assertEqual(len(message["To"].addresses), 1)

    def test_the_to_header_has_no_stray_comma(self):
        partner = self.env["res.partner"].create(
            {"name": "Hotel", "email": "hotel@example.com"}
        )
        self.send(
            recipient_ids=[(4, partner.id)],
            headers=repr({"X-Msg-To-Add": '"Hotel" <hotel@example.com>'}),
        )
        raw = self.server.message_to("hotel@example.com").content
        self.assertIn(b'\r\nTo: "Hotel" <hotel@example.com>\r\n', raw)

    def test_the_return_path_does_not_contradict_the_envelope(self):
        self.send(to="a@example.com", headers=repr({"Return-Path": "b@other.example"}))
        self.mail_server.from_filter = "nikki@sender.example.com"
        self.send(to="b@example.com", headers=repr({"Return-Path": "b@other.example"}))
        self.send(to="c@example.com")
        personal = self.server.message_to("b@example.com")
        self.assertEqual(personal.sender, "nikki@sender.example.com")
        self.assertIsNone(personal.message["Return-Path"])
        self.assertIsNone(
            self.server.message_to("c@example.com").message["Return-Path"]
        )
        public = self.server.message_to("a@example.com")
        self.assertEqual(public.sender, "b@other.example")
        self.assertEqual(public.message["Return-Path"], "b@other.example")
