"""Bookmarks of windows, and links in old mails, lead to where these are now."""

from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from ..controllers.moved import MOVED

# Of the windows of bmasia_crm 19.0.1.1.2 and 19.0.1.2.0. Frozen: what people have
# bookmarked.
RELEASED = """
bmasia-companies bmasia-contract-templates bmasia-contracts bmasia-dashboard
bmasia-invoices bmasia-receipts bmasia-quotes bmasia-reminders bmasia-renewals
bmasia-bulk-sends bmasia-zones held-mails bmasia-entities deliveries outbox mailboxes
"""


@tagged("post_install", "-at_install")
class TestMovedAddresses(HttpCase):
    def location(self, address):
        """Where an address is sent on to; the same address if it is not."""
        response = self.url_open(address, allow_redirects=False)
        if response.status_code != 301:
            return address
        parts = urlsplit(response.headers["Location"])
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def is_window(self, path):
        actions = self.env["ir.actions.actions"].sudo()
        return actions.search_count([("path", "=", path)]) == 1

    def test_every_address_of_a_release_leads_to_a_window(self):
        self.authenticate("admin", "admin")
        for path in RELEASED.split():
            with self.subTest(path):
                now = self.location(f"/odoo/{path}").removeprefix("/odoo/")
                self.assertTrue(self.is_window(now), now)
                self.assertEqual(now == path, path not in MOVED)

    def test_the_rest_of_an_address_stays(self):
        self.authenticate("admin", "admin")
        for old, xml_id in MOVED.items():
            path = self.env.ref(xml_id).path
            with self.subTest(old):
                self.assertTrue(self.is_window(path))
                for before, after in (
                    (f"/odoo/{old}/7", f"/odoo/{path}/7"),
                    (f"/odoo/bmasia-dashboard/{old}", f"/odoo/bmasia-dashboard/{path}"),
                    (f"/odoo/{old}?debug=1&a=%2F", f"/odoo/{path}?debug=1&a=%2F"),
                ):
                    self.assertEqual(self.location(before), after)

    def test_who_has_to_log_in_first_arrives_there_too(self):
        response = self.url_open("/odoo/bmasia-reminders", allow_redirects=True)
        self.assertEqual(urlsplit(response.url).path, "/web/login")
        self.assertIn("document-reminders", urlsplit(response.url).query)

    def test_an_address_beside_them_is_left_alone(self):
        self.authenticate("admin", "admin")
        for address in ("/odoo/bmasia-reminders-x", "/odoo/bmasia-quotes?a=held-mails"):
            self.assertEqual(self.location(address), address)
