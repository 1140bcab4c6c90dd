"""The first hour: each step says from the data whether it is done, and has its form."""

import os
from base64 import b64encode
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools.misc import file_open

from ..models.bmasia_checklist import STEPS, Step
from .common import CrmCase

LOGO = "web/static/img/odoo_logo_tiny.png"
RELAY = "ODOO_SMTP_RELAY"


class ChecklistCase:
    """Mixed into a case: what somebody's checklist says."""

    def list_of(self, user):
        board = self.env["bmasia.checklist"].with_user(user)
        return board.with_company(user.company_id).get_steps()

    def steps(self, user):
        """``{key: whether it is done}``, in order."""
        steps = self.list_of(user)["steps"]
        return {step["key"]: step["is_done"] for step in steps}


@tagged("post_install", "-at_install")
class TestNewCompany(ChecklistCase, TransactionCase):
    """A company as ``--init`` leaves it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.name = "Another Company"
        cls.env.flush_all()
        cls.company = cls.env["res.company"].create({"name": "My Company"})
        cls.boss = new_test_user(
            cls.env,
            login="boss@example.com",
            groups="bmasia_crm.group_manager,base.group_system",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.company = cls.company.with_user(cls.boss).with_company(cls.company)

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(os.environ))
        os.environ.pop(RELAY, None)

    def is_done(self, step):
        return self.steps(self.boss)[step]

    def form(self, step):
        """The form of a step, as its dialog opens it."""
        board = self.env["bmasia.checklist"].with_user(self.boss)
        action = board.with_company(self.company).open_step(step)
        record = self.env[action["res_model"]].with_user(self.boss)
        record = record.browse(action["res_id"]).with_company(self.company)
        record = record.with_context(**action.get("context", {}))
        view = (action.get("views") or [(action.get("view_id"), "form")])[0][0]
        return Form(record, view=self.env["ir.ui.view"].browse(view))

    def test_steps_stand_in_their_order(self):
        order = [step.key for step in sorted(STEPS, key=lambda s: s.sequence)]
        self.assertEqual(list(self.steps(self.boss)), order)

    def test_an_entity_in_thailand_gets_baht_and_seven_percent(self):
        self.assertFalse(self.is_done("entity"))
        self.assertFalse(self.is_done("tax"))
        with self.form("entity") as form:
            form.legal_name = "Siam Sound Co., Ltd."
            form.street = "1 Sukhumvit Road"
            form.country_id = self.env.ref("base.th")
            form.vat = "0105561000001"
        self.assertEqual(self.company.name, "Siam Sound Co., Ltd.")
        self.assertEqual(self.company.currency_id.name, "THB")
        self.assertEqual(self.company.tax_rate, 7)
        self.assertEqual(self.company.withholding_rate, 3)
        self.assertEqual(self.company.time_zone, "Asia/Bangkok")
        self.assertTrue(self.is_done("entity"))
        self.assertTrue(self.is_done("tax"))

    def test_an_entity_in_hong_kong_charges_no_tax_and_needs_no_tax_id(self):
        with self.form("entity") as form:
            form.legal_name = "Siam Sound Limited"
            form.street = "1 Queen's Road"
            form.country_id = self.env.ref("base.hk")
        self.assertEqual(self.company.currency_id.name, "HKD")
        self.assertEqual(self.company.tax_rate, 0)
        self.assertEqual(self.company.withholding_rate, 0)
        self.assertEqual(self.company.time_zone, "Asia/Hong_Kong")
        self.assertTrue(self.is_done("entity"))
        self.assertTrue(self.is_done("tax"))

    def test_a_country_changes_nothing_that_somebody_has_set_up(self):
        self.company.sudo().tax_rate = 10
        with self.form("entity") as form:
            form.country_id = self.env.ref("base.th")
        self.assertEqual(self.company.tax_rate, 10)

    def test_a_name_that_somebody_has_chosen_stays(self):
        self.company.sudo().name = "Sound"
        with self.form("entity") as form:
            form.legal_name = "Siam Sound Co., Ltd."
        self.assertEqual(self.company.name, "Sound")

    def test_in_thailand_the_tax_id_is_asked_for(self):
        with self.form("entity") as form:
            form.legal_name = "Siam Sound Co., Ltd."
            form.street = "1 Sukhumvit Road"
            form.country_id = self.env.ref("base.th")
        self.assertFalse(self.is_done("entity"))

    def test_odoos_own_logo_is_none(self):
        self.assertFalse(self.is_done("logo"))
        with file_open(LOGO, "rb") as file, self.form("logo") as form:
            form.logo = b64encode(file.read())
        self.assertTrue(self.is_done("logo"))

    def test_a_bank_account(self):
        self.assertFalse(self.is_done("bank"))
        with self.form("bank") as form:
            form.acc_number = "123-4-56789-0"
        self.assertTrue(self.is_done("bank"))
        account = self.company.sudo().partner_id.bank_ids
        self.assertEqual(account.acc_number, "123-4-56789-0")

    def test_a_rate_of_tax(self):
        with self.form("tax") as form:
            form.tax_rate = 7
        self.assertTrue(self.is_done("tax"))

    def test_the_form_of_numbers(self):
        self.assertFalse(self.is_done("numbers"))
        with self.form("numbers") as form:
            form.entity_code = "SS"
        self.assertTrue(self.is_done("numbers"))

    def test_a_mail_server_of_the_company(self):
        servers = self.env["ir.mail_server"].search([("owner_user_id", "=", False)])
        servers.active = False
        self.assertFalse(self.is_done("server"))
        hint = {s["key"]: s["hint"] for s in self.list_of(self.boss)["steps"]}["users"]
        self.assertIn("wait", hint)
        with self.form("server") as form:
            form.smtp_host = "smtp.example.com"
            form.smtp_user = "office"
            form.smtp_pass = "office"
        self.assertTrue(self.is_done("server"))
        server = self.env["ir.mail_server"].search([("smtp_user", "=", "office")])
        self.assertEqual(server.smtp_encryption, "starttls_strict")

    def test_a_mail_server_in_the_servers_settings_counts(self):
        self.env["ir.mail_server"].search([]).active = False
        os.environ[RELAY] = "starttls://smtp.example.com:587"
        self.assertTrue(self.is_done("server"))

    def test_a_colleague_is_invited_into_a_role(self):
        with self.form("users") as form:
            form.name = "Malee"
            form.login = "malee@example.com"
            self.assertEqual(form.crm_role, "user")
            form.crm_role = "finance"
        malee = self.env["res.users"].search([("login", "=", "malee@example.com")])
        self.assertTrue(malee.has_group("bmasia_crm.group_finance"))
        self.assertFalse(malee.has_group("bmasia_crm.group_manager"))
        self.assertEqual(malee.email, "malee@example.com")
        self.assertEqual(malee.company_ids, self.company.sudo(False).sudo())
        self.assertTrue(self.is_done("users"))

    def test_the_form_of_the_mailbox_is_ones_own(self):
        self.assertFalse(self.is_done("mailbox"))
        action = self.env["bmasia.checklist"].with_user(self.boss).open_step("mailbox")
        self.assertEqual(action["res_id"], self.boss.id)

    def test_products_have_no_price_until_somebody_gives_them_one(self):
        products = self.env["product.template"]
        products.search([]).list_price = 0
        self.assertEqual(products.new().list_price, 0)
        self.assertFalse(self.is_done("prices"))
        product = products.search([], limit=1)
        product.list_price = 1  # core's own
        self.assertFalse(self.is_done("prices"))
        product.list_price = 14000
        self.assertTrue(self.is_done("prices"))

    def test_prices_of_the_companys_price_list_count(self):
        products = self.env["product.template"].search([])
        products.list_price = 0
        price = {"product_tmpl_id": products[0].id, "fixed_price": 14000}
        self.company.sudo().document_pricelist_id = self.env[
            "product.pricelist"
        ].create({"name": "Ours", "item_ids": [Command.create(price)]})
        self.assertTrue(self.is_done("prices"))

    def test_a_step_of_another_addon(self):
        board = type(self.env["bmasia.checklist"])

        def more(board):
            return [*STEPS, Step("phone", 15, "My phone", "Scan the code.")]

        def is_done(board):
            return board.env.user.phone == "1"

        with (
            patch.object(board, "_steps", more),
            patch.object(board, "_is_phone_done", is_done, create=True),
        ):
            self.assertEqual(list(self.steps(self.boss))[1], "phone")
            self.assertFalse(self.is_done("phone"))
            self.boss.phone = "1"
            self.assertTrue(self.is_done("phone"))

    def test_every_step_has_its_form(self):
        board = self.env["bmasia.checklist"].with_user(self.boss)
        for key in self.steps(self.boss):
            action = board.with_company(self.company).open_step(key)
            self.env[action["res_model"]].with_user(self.boss).get_views(
                action.get("views") or [(action["view_id"][0], "list")]
            )


@tagged("post_install", "-at_install")
class TestWhoseSteps(ChecklistCase, CrmCase):
    def test_who_is_no_manager_sees_the_own_mailbox_only(self):
        for user in (self.nikki, self.pom):
            self.assertEqual(self.steps(user), {"mailbox": False})
            with self.assertRaises(UserError):
                self.env["bmasia.checklist"].with_user(user).open_step("bank")

    def test_it_is_gone_once_the_mailbox_works(self):
        self.nikki.company_id.smtp_policy = "relay"
        self.assertEqual(self.steps(self.nikki), {})

    def test_a_manager_who_is_no_administrator_makes_no_users(self):
        keys = self.steps(self.norbert).keys()
        self.assertIn("bank", keys)
        self.assertFalse({"users", "server"} & keys)

    def test_a_customer_has_no_checklist(self):
        self.assertEqual(self.steps(self.customer), {})

    def test_the_first_company_and_its_quote(self):
        self.assertTrue(self.steps(self.norbert)["company"])
        self.assertFalse(self.steps(self.norbert)["quote"])
        board = self.env["bmasia.checklist"].with_user(self.norbert)
        new = board.open_step("quote")
        self.assertEqual(new["context"]["default_customer_id"], self.hilton.id)
        draft = self.quote()
        self.assertEqual(board.open_step("quote")["res_id"], draft.id)
        self.assertFalse(self.steps(self.norbert)["quote"])
        draft.action_mark_sent()
        self.assertTrue(self.steps(self.norbert)["quote"])

    def make_complete(self):
        with file_open(LOGO, "rb") as file:
            logo = b64encode(file.read())
        self.thailand.write(
            {
                **{"street": "1 Silom Road", "vat": "0105561000001", "logo": logo},
                "country_id": self.env.ref("base.th").id,
                "bank_ids": [Command.create({"acc_number": "1"})],
            }
        )
        self.env["product.template"].search([], limit=1).list_price = 10
        self.quote().action_mark_sent()

    def test_it_is_hidden_by_a_manager_once_all_is_done(self):
        boards = self.env["bmasia.checklist"]
        with self.assertRaises(UserError):
            boards.with_user(self.norbert).hide()
        self.make_complete()
        # one's own mailbox is nobody else's matter
        self.assertFalse(self.steps(self.norbert)["mailbox"])
        self.assertTrue(self.list_of(self.norbert)["can_hide"])
        with self.assertRaises(AccessError):
            boards.with_user(self.pom).hide()
        boards.with_user(self.norbert).hide()
        self.assertEqual(self.steps(self.norbert), {"mailbox": False})
        self.assertFalse(self.list_of(self.norbert)["can_hide"])
