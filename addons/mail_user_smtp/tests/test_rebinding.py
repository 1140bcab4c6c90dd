"""A mail server whose name leads elsewhere from one look-up to the next."""

import itertools
import smtplib
import socket
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import AccountCase

NAME = "rebinding.example.com"
OUTSIDE, INSIDE = "8.8.8.8", "127.0.0.1"


@tagged("post_install", "-at_install")
class TestRebinding(AccountCase):
    """Nothing reaches the trap that listens inside, at save, test and send."""

    def setUp(self):
        super().setUp()
        self.trap = self.start_server()
        # its port is allowed, the address is not
        self.allow("", self.trap.port)
        self.connected = []

    @contextmanager
    def name_leads_to(self, *addresses):
        """The answers to one look-up after the other; the last one stays."""
        answers = itertools.chain(addresses, itertools.repeat(addresses[-1]))
        look_up, connect = socket.getaddrinfo, socket.create_connection

        def getaddrinfo(host, port, *args, **kwargs):
            address = next(answers) if host == NAME else host
            return look_up(address, port, *args, **kwargs)

        def create_connection(address, *args, **kwargs):
            self.connected.append(address[0])
            if address[0] == OUTSIDE:
                raise ConnectionRefusedError()
            return connect(address, *args, **kwargs)

        with (
            patch.object(socket, "getaddrinfo", getaddrinfo),
            patch.object(socket, "create_connection", create_connection),
        ):
            yield

    def save(self):
        return self.set_account(self.alice, self.trap, smtp_host=NAME)

    def saved(self):
        with self.name_leads_to(OUTSIDE):
            return self.save()

    def working(self):
        own = self.saved()
        self.alice.smtp_server_ids._write_state("ok")
        return own

    def assertNothingInside(self, *connected):
        self.assertEqual(self.connected, list(connected))
        self.assertEqual(self.trap.heard, {False: b"", True: b""})

    def test_at_save_a_name_that_leads_inside_is_refused(self):
        with self.name_leads_to(INSIDE, OUTSIDE):
            with self.assertRaisesRegex(ValidationError, "own network"):
                self.save()
        self.assertNothingInside()

    def test_at_save_nothing_is_connected_to(self):
        with self.name_leads_to(OUTSIDE, INSIDE):
            self.save()
        self.assertNothingInside()

    def test_between_save_and_test(self):
        own = self.saved()
        with self.name_leads_to(INSIDE):
            own.action_test_smtp()
        self.assertIn("own network", own.smtp_error)
        self.assertNothingInside()

    def test_between_check_and_connect_of_a_test(self):
        own = self.saved()
        for act in (own.action_test_smtp, own.action_send_test_mail):
            self.connected.clear()
            with self.name_leads_to(OUTSIDE, INSIDE):
                act()
            self.assertIn("does not answer", own.smtp_error)
            self.assertNothingInside(OUTSIDE)

    def test_between_test_and_send(self):
        self.working()
        with self.name_leads_to(INSIDE):
            with self.assertRaisesRegex(smtplib.SMTPException, "own network"):
                self.send(self.alice)
        self.assertNothingInside()

    def test_between_check_and_connect_of_a_send(self):
        self.working()
        with self.name_leads_to(OUTSIDE, INSIDE):
            with self.assertRaises(ConnectionRefusedError):
                self.send(self.alice)
        self.assertNothingInside(OUTSIDE)

    def test_a_name_that_leads_to_both(self):
        self.working()
        look_up = socket.getaddrinfo

        def both(host, port, *args, **kwargs):
            hosts = (OUTSIDE, INSIDE) if host == NAME else (host,)
            return [answer for h in hosts for answer in look_up(h, port, *args)]

        with patch.object(socket, "getaddrinfo", both):
            with self.assertRaisesRegex(smtplib.SMTPException, "own network"):
                self.send(self.alice)
        self.assertNothingInside()
