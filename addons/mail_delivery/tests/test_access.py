from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.mail_delivery.testkit import DeliveryMixin


@tagged("post_install", "-at_install")
class TestAccess(DeliveryMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sender = new_test_user(cls.env, "dlv_sender")
        cls.colleague = new_test_user(cls.env, "dlv_colleague")
        cls.manager = new_test_user(
            cls.env,
            "dlv_manager",
            "base.group_user,mail_delivery.group_delivery_manager",
        )
        cls.administrator = new_test_user(cls.env, "dlv_admin", "base.group_system")
        cls.portal = new_test_user(cls.env, "dlv_portal", "base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls.hidden = cls.env["res.partner"].create({"name": "Hidden"})
        cls.shared = cls.env["res.partner"].create({"name": "Shared"})
        cls.env["ir.rule"].create(
            {
                "name": "hide a partner from the colleague",
                "model_id": cls.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {cls.hidden.id})]",
                "groups": [(4, cls.env.ref("base.group_user").id)],
            }
        )

    def setUp(self):
        super().setUp()
        env = self.env(user=self.sender)
        self.loose = self.row(env)
        self.of_hidden = self.row(env, self.hidden)
        self.of_shared = self.row(env, self.shared)

    def row(self, env, document=None):
        mail = self.make_mail(
            to="a@example.com",
            env=env["mail.mail"].sudo().env,
            model=document and document._name,
            res_id=document and document.id,
        )
        row = self.env["mail.delivery"].search([("mail_id", "=", mail.id)])
        self.assertEqual(row.user_id, self.sender)
        return row

    def seen_by(self, user):
        rows = self.loose | self.of_hidden | self.of_shared
        found = self.env["mail.delivery"].with_user(user)
        found = found.search([("id", "in", rows.ids)])
        for row in rows:
            if row in found.sudo():
                self.assertTrue(row.with_user(user).read(["recipient", "error"]))
            else:
                with self.assertRaises(AccessError):
                    row.with_user(user).read(["recipient"])
        return found.sudo()

    def test_the_sender_sees_own_rows(self):
        rows = self.loose | self.of_hidden | self.of_shared
        self.assertEqual(self.seen_by(self.sender), rows.sorted())

    def test_a_colleague_sees_those_of_documents_he_may_read(self):
        self.assertEqual(self.seen_by(self.colleague), self.of_shared)

    def test_managers_and_administrators_see_all(self):
        rows = (self.loose | self.of_hidden | self.of_shared).sorted()
        self.assertEqual(self.seen_by(self.manager), rows)
        self.assertEqual(self.seen_by(self.administrator), rows)

    def test_counting_and_grouping_tell_no_more_than_searching(self):
        deliveries = self.env["mail.delivery"].with_user(self.colleague)
        domain = [("user_id", "=", self.sender.id)]
        self.assertEqual(deliveries.search_count(domain), 1)
        groups = deliveries._read_group(domain, ["res_id"], ["__count"])
        self.assertEqual(groups, [(self.shared.id, 1)])

    def test_archived_documents_and_those_that_are_gone(self):
        self.shared.active = False
        self.assertEqual(self.seen_by(self.colleague), self.of_shared)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_delivery SET res_id = 2147483647 WHERE id = %s",
            [self.of_shared.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.seen_by(self.colleague))

    def test_a_search_reads_the_page_that_is_shown_and_not_all_rows(self):
        """Two million ids were compared before, whatever the limit."""
        self.env.cr.execute(
            "INSERT INTO mail_delivery"
            " (recipient, kind, state, queued_at, model, res_id, user_id)"
            " SELECT 'a' || n || '@example.com', 'to', 'sent', now(), 'res.partner',"
            " %s, %s FROM generate_series(1, 20000) n",
            [self.shared.id, self.sender.id],
        )
        self.env.cr.execute("ANALYZE mail_delivery")
        rows = self.env["mail.delivery"].with_user(self.colleague)
        self.env.cr.execute(
            SQL(
                "EXPLAIN (ANALYZE, FORMAT JSON) %s", rows._search([], limit=80).select()
            )
        )
        plans = [self.env.cr.fetchone()[0][0]["Plan"]]
        for plan in plans:
            plans += plan.get("Plans", [])
        read = [
            plan["Actual Rows"] * plan["Actual Loops"]
            for plan in plans
            if plan.get("Relation Name") == "mail_delivery"
        ]
        self.assertTrue(read)
        self.assertLessEqual(max(read), 200)
        self.assertEqual(len(rows.search([], limit=80)), 80)

    def test_portal_and_public_see_nothing(self):
        for user in (self.portal, self.public):
            with self.assertRaises(AccessError):
                self.env["mail.delivery"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.of_shared.with_user(user).read(["state"])

    def test_access_mail_delivery_user(self):
        """Employees look, the system writes; nobody else has anything to do with it."""
        rows = self.env["mail.delivery"]
        for user in (self.sender, self.manager, self.administrator):
            for operation in ("read", "write", "create", "unlink"):
                with self.subTest(user=user.login, operation=operation):
                    may = rows.with_user(user).has_access(operation)
                    self.assertEqual(may, operation == "read")
        for user in (self.portal, self.public):
            self.assertFalse(rows.with_user(user).has_access("read"))

    def test_nobody_writes(self):
        users = (self.sender, self.manager, self.administrator, self.portal)
        for user in users:
            row = self.of_shared.with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.write({"state": "sent"})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.unlink()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                row.create({"recipient": "x@example.com"})

    def test_who_may_settle(self):
        self.of_shared.write({"state": "unknown"})
        row = self.of_shared
        for user in (self.colleague, self.portal, self.public):
            for action in ("action_confirm_arrived", "action_send_again"):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    getattr(row.with_user(user), action)()
        self.assertFalse(row.with_user(self.colleague).can_settle)
        self.assertTrue(row.with_user(self.sender).can_settle)
        self.assertTrue(row.with_user(self.manager).can_settle)
        self.assertTrue(row.with_user(self.administrator).can_settle)
        row.with_user(self.manager).action_confirm_arrived()
        self.assertEqual(row.state, "sent")
        row.write({"state": "refused"})
        with self.assertRaises(AccessError):
            row.with_user(self.colleague).action_resend()
        row.with_user(self.sender).action_resend()
        self.assertEqual(row.state, "queued")

    def test_only_those_who_read_a_row_open_its_document(self):
        with self.assertRaises(AccessError):
            self.of_hidden.with_user(self.colleague).action_open_document()
        action = self.of_shared.with_user(self.colleague).action_open_document()
        self.assertEqual(action["res_id"], self.shared.id)
