"""Accounts are made by invitation only."""

from importlib.util import module_from_spec, spec_from_file_location
from urllib.parse import parse_qs, urlsplit

from odoo.tests import HttpCase, tagged
from odoo.tools.misc import file_path

from .common import CrmCase

SCOPE = "auth_signup.invitation_scope"
SCRIPT = "bmasia_crm/migrations/19.0.1.6.0/post-first-hour.py"
STRANGER = "stranger@example.com"
PASSWORD = "a-pass-of-a-stranger"


@tagged("post_install", "-at_install")
class TestSignUp(CrmCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.parameters = self.env["ir.config_parameter"]
        self.parameters.set_param(SCOPE, "b2b")

    def sign_up(self, **values):
        """Send the form of the sign-up page."""
        page = self.url_open("/web/login").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        values |= {"password": PASSWORD, "confirm_password": PASSWORD}
        data = {"csrf_token": token, "login": STRANGER, "name": "Stranger", **values}
        return self.url_open("/web/signup", data=data)

    def strangers(self):
        users = self.env["res.users"].with_context(active_test=False)
        return users.search_count([("login", "=", STRANGER)])

    def token_of(self, partner):
        partner.signup_prepare()
        (address,) = partner._get_signup_url_for_action().values()
        self.env.flush_all()
        return parse_qs(urlsplit(address).query)["token"][0]

    def test_a_stranger_finds_no_way_to_an_account(self):
        self.assertNotIn("/web/signup", self.url_open("/web/login").text)
        self.assertEqual(self.url_open("/web/signup").status_code, 404)
        self.assertEqual(self.sign_up().status_code, 404)
        self.sign_up(token="made-up")
        self.assertEqual(self.strangers(), 0)

    def test_who_was_invited_makes_one(self):
        self.sign_up(token=self.token_of(self.somchai), login=self.somchai.email)
        user = self.somchai.user_ids
        self.assertEqual(user.login, self.somchai.email)
        self.assertTrue(user.share)

    def test_a_forgotten_password_can_be_reset(self):
        page = self.url_open("/web/login").text
        self.assertIn("/web/reset_password", page)
        self.assertEqual(self.url_open("/web/reset_password").status_code, 200)

    def test_a_link_in_a_mail_to_a_customer_makes_no_account(self):
        quote = self.quote()
        quote.action_mark_sent()
        self.thailand.smtp_policy = "relay"
        found = self.somchai.sudo().signup_get_auth_param()
        self.assertFalse(found[self.somchai.id])
        message = quote.message_post(
            body="Is it fine?", partner_ids=self.somchai.ids, message_type="comment"
        )
        groups = quote._notify_get_recipients_groups(message, "Quote")
        links = [str(options.get("button_access")) for _, _, options in groups]
        self.assertTrue(any("access_token" in link for link in links))
        self.assertFalse(any("auth_signup_token" in link for link in links))
        self.assertFalse(self.somchai.signup_type)

    # ------------------------------------------------------------
    # THE UPGRADE TO 19.0.1.6.0
    # ------------------------------------------------------------

    def upgrade(self):
        spec = spec_from_file_location("first_hour", file_path(SCRIPT))
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()

    def set_scope(self, writer):
        """As the installation, or as somebody in the settings, has written it."""
        self.parameters.set_param(SCOPE, "b2c")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_config_parameter SET write_uid = %s WHERE key = %s",
            [writer.id, SCOPE],
        )
        self.env.invalidate_all()

    def test_the_upgrade_closes_the_sign_up_that_nobody_has_chosen(self):
        self.set_scope(self.env.ref("base.user_root"))
        token = self.token_of(self.somchai)
        self.upgrade()
        self.assertEqual(self.parameters.get_param(SCOPE), "b2b")
        # a link in a mail of before
        self.sign_up(token=token, login=self.somchai.email)
        self.assertFalse(self.somchai.user_ids)

    def test_the_upgrade_leaves_invitations_of_users_alone(self):
        self.set_scope(self.env.ref("base.user_root"))
        self.nikki.partner_id.signup_prepare()
        self.upgrade()
        self.assertEqual(self.nikki.partner_id.signup_type, "signup")

    def test_the_upgrade_leaves_what_an_administrator_has_chosen(self):
        self.set_scope(self.norbert)
        self.somchai.signup_prepare()
        self.upgrade()
        self.assertEqual(self.parameters.get_param(SCOPE), "b2c")
        self.assertEqual(self.somchai.signup_type, "signup")

    def test_the_upgrade_hides_the_checklist_where_quotes_were_sent(self):
        hidden = "bmasia_crm.checklist_hidden"
        self.env["bmasia.quote"].search([("state", "!=", "draft")]).unlink()
        self.upgrade()
        self.assertFalse(self.parameters.get_param(hidden))
        self.quote().action_mark_sent()
        self.upgrade()
        self.assertTrue(self.parameters.get_param(hidden))
