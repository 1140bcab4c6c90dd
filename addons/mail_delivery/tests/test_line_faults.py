"""Dovecot's list of what can go wrong on the line, over real sockets.

The 22 cases of its SMTP client's error tests, by its names; what else of them concerns
TLS, logins and budgets is in ``test_accounts`` and ``test_queue``.
"""

import socket
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase
from odoo.addons.mail_delivery.tools import transmission

TO, NEXT = "hotel@example.com", "next@example.com"
SILENCE = b""
PATIENCE = 2  # seconds; a loaded machine answers within, silence costs them
# Dovecot's case, what the server does (method of ScriptedSMTP, its arguments)
# → state, reason
LINE_FAULTS = [
    ("connection lost prematurely", "drop", ("CONNECT",), "deferred", "dropped"),
    ("connection timed out", "say", ("CONNECT", SILENCE), "deferred", "timeout"),
    ("bad greeting", "say", ("CONNECT", b"hello\r\n"), "deferred", "busy"),
    ("connection lost", "drop", ("RCPT",), "deferred", "dropped"),
    ("connection lost after the text", "drop", ("BODY",), "unknown", "lost"),
    ("unexpected reply", "say", ("MAIL", b"354 go\r\n"), "deferred", "busy"),
    ("unexpected yes", "say", ("DATA", b"250 fine\r\n"), "deferred", "busy"),
    (
        "premature reply",
        "say",
        ("RCPT", b"250 2.1.5 ok\r\n354 go ahead\r\n"),
        "deferred",
        "dropped",
    ),
    (
        "early data reply",
        "say",
        ("DATA", b"354 go ahead\r\n250 2.0.0 queued\r\n"),
        "deferred",
        "dropped",
    ),
    ("partial reply", "say", ("MAIL", b"25", True), "deferred", "busy"),
    ("partial reply at the end", "say", ("BODY", b"2", True), "unknown", "lost"),
    ("bad reply", "say", ("RCPT", b"what?\r\n"), "deferred", "busy"),
    ("bad reply at the end", "say", ("BODY", b"what?\r\n"), "unknown", "lost"),
    ("command timed out", "say", ("MAIL", SILENCE), "deferred", "timeout"),
    ("transaction timeout", "say", ("BODY", SILENCE), "unknown", "lost"),
]
# What the resolver says (getaddrinfo's error)
DNS_FAULTS = {
    "lookup failed": socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
    "service failed": socket.gaierror(socket.EAI_FAIL, "Non-recoverable failure"),
    "timeout": socket.gaierror(socket.EAI_AGAIN, "Temporary failure"),
}


@tagged("post_install", "-at_install")
class TestLineFaults(DeliveryCase):
    def fail_and_recover(self, fault, arguments):
        """One recipient meets the fault, the next nothing.

        :returns: their rows, and what the fault made of the first: state and reason
        """
        seconds = PATIENCE if SILENCE in arguments else 60
        timeouts = dict.fromkeys(("COMMAND_TIMEOUT", "FINAL_TIMEOUT"), seconds)
        with patch.multiple(transmission, **timeouts):
            getattr(self.server, fault)(*arguments, times=1)
            rows = self.send(to=[TO, NEXT]).sorted("id")
            first, second = rows
            told = (first.state, first.reason)
            self.assertNotIn(TO, self.server.copies())
            if second.state != "sent":
                # the whole account was left alone
                self.make_due(second)
                self.run_queue()
        return rows, told

    def test_what_the_line_does_decides(self):
        for case, fault, arguments, state, reason in LINE_FAULTS:
            with self.subTest(case):
                self.server.forget()
                self.server.messages.clear()
                rows, told = self.fail_and_recover(fault, arguments)
                self.assertEqual(told, (state, reason))
                self.assertEqual(self.states(rows)[NEXT], "sent")
                if state == "unknown":
                    self.assertEqual(self.states(rows)[TO], "unknown")
                    self.assertNotIn(TO, self.server.copies())
                self.assertEqual(self.server.copies()[NEXT], 1)

    def test_what_the_resolver_says_defers(self):
        self.mail_server.smtp_host = "mail.provider.example"
        for case, error in DNS_FAULTS.items():
            with self.subTest(case), patch("socket.getaddrinfo", side_effect=error):
                row = self.send(to=TO)
                self.assertEqual((row.state, row.reason), ("deferred", "dns"))
                self.assertEqual(row.error, str(error))
