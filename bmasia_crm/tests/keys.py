"""Tests of programs: each user has an API key, calls go over real HTTP."""

from odoo.tests import HttpCase

from .common import SendingCase


class KeyCase(SendingCase, HttpCase):
    """Nikki, Pom, Norbert and a customer of the portal have keys."""

    # ``SendingCase`` enters it, once there is a mail server
    registry_test_mode = False

    def setUp(self):
        super().setUp()
        self.keys = {
            user: self.make_key(user)
            for user in (self.nikki, self.pom, self.norbert, self.customer)
        }

    def make_key(self, user):
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        return keys._generate(None, "Tests", False)
