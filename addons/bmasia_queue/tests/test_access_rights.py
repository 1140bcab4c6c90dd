"""Each access right, as each role has it."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.common import CrmCase
from odoo.addons.document_flow.tests.rights import AccessRightsMixin, add_tests


@tagged("post_install", "-at_install")
class TestAccessRights(AccessRightsMixin, CrmCase):
    ROLES = ("nikki", "pom", "norbert")
    RIGHTS = {"bmasia.print.batch": ("r", "r", "r")}
    OUTSIDERS = ("customer", "visitor")

    def test_the_table_knows_every_model(self):
        ours = {
            model._name
            for model in self.env.values()
            if model._original_module == "bmasia_queue" and model._auto
        }
        self.assertEqual(ours, set(self.RIGHTS))

    def test_bmasia_print_batch_rule_own(self):
        """Also a manager reads no file that somebody else had printed, nor its maker
        one of an entity that is not theirs any more."""
        batches = self.env["bmasia.print.batch"]
        batch = batches.browse(batches._open_for(self.quote())["res_id"])
        batch.user_id, batch.file = self.nikki, "JVBERg=="
        self.assertTrue(batch.with_user(self.nikki).read(["name", "file"]))
        self.nikki.company_id = self.hongkong
        self.nikki.company_ids = [Command.set(self.hongkong.ids)]
        people = (self.nikki, self.pom, self.norbert, self.customer, self.visitor)
        for user in people:
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                batch.with_user(user).read(["name"])

    def test_a_file_of_two_entities_needs_both(self):
        quotes = self.quote() + self.quote(company_id=self.hongkong.id)
        batches = self.env["bmasia.print.batch"]
        batch = batches.browse(batches._open_for(quotes)["res_id"])
        batch.user_id = self.nikki
        entities = self.thailand + self.hongkong
        self.assertEqual(batch.company_ids, entities)
        self.nikki.company_ids = entities
        nikkis = batch.with_user(self.nikki)
        self.assertTrue(
            nikkis.with_context(allowed_company_ids=entities.ids).read(["name"])
        )
        self.nikki.company_id = self.thailand
        self.nikki.company_ids = self.thailand
        with self.assertRaises(AccessError):
            nikkis.with_context(allowed_company_ids=self.thailand.ids).read(["name"])


add_tests(TestAccessRights, "bmasia_queue")
