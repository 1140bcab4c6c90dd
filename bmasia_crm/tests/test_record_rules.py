"""Each record rule: what is hidden by it, and from whom it is not hidden.

Each rule of ``security/*.xml`` has a test that is named after its id. What separates
the entities is tried the same way for every model; the others are written out.
"""

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from .common import CrmCase
from .entities import EntityWorld

FILES = (
    "document_flow/security/document_flow_rules.xml",
    "document_flow/security/mail_template_rules.xml",
    "bmasia_crm/security/bmasia_crm_rules.xml",
)


@tagged("post_install", "-at_install")
class TestRecordRules(EntityWorld, CrmCase):
    def seen(self, records, user):
        """Which of these records a user finds; what is found can be read, else not."""
        mine = records.with_user(user).with_context(active_test=False)
        found = mine.search([("id", "in", records.ids)])
        for record in mine:
            if record in found:
                record.read(["display_name"])
            else:
                with self.assertRaises(AccessError):
                    record.read(["display_name"])
        return found.sudo()

    def check_entity(self, rule):
        model, tried = self.env[rule.model_id.model], 0
        for entity, other in self.pairs():
            records = self.records_of(model, entity)
            self.assertTrue(records, "Make one in tests/entities.py.")
            for role in ("user", "finance", "manager"):
                own, foreign = self.staff[entity][role], self.staff[other][role]
                if not model.with_user(own).has_access("read"):
                    continue
                tried += 1
                with self.subTest(entity=entity.name, role=role):
                    self.assertEqual(self.seen(records, own), records)
                    self.assertFalse(self.seen(records, foreign))
        self.assertTrue(tried)

    def test_mail_delivery_rule_entity(self):
        """Managers of deliveries see those of their entities, and those of none."""
        loose = self.env["mail.delivery"].create({"recipient": "a@example.com"})
        for entity, other in self.pairs():
            records = self.records_of(loose, entity)
            self.assertTrue(records)
            for people, seen in ((entity, records | loose), (other, loose)):
                user = self.staff[people]["manager"]
                self.assertEqual(self.seen(records | loose, user), seen)

    def test_mail_message_rule_entity(self):
        """Who loses an entity loses the messages there, also what they wrote."""
        [quote, *_others] = self.documents[self.hongkong]
        said = quote.with_user(self.norbert).message_post(body="I called him")
        elsewhere = self.hilton.partner_id.with_user(self.norbert).message_post(
            body="x"
        )
        messages = (said | elsewhere).sudo()
        self.assertEqual(self.seen(messages, self.norbert), messages)
        self.norbert.write(
            {"company_id": self.thailand.id, "company_ids": self.thailand.ids}
        )
        self.assertEqual(self.seen(messages, self.norbert), elsewhere.sudo())

    def notification(self):
        """Norbert tells Pom something about a customer."""
        message = self.hilton.partner_id.with_user(self.norbert).message_post(
            body="Please look", partner_ids=self.pom.partner_id.ids
        )
        notification = message.sudo().notification_ids
        self.assertEqual(notification.res_partner_id, self.pom.partner_id)
        return notification

    def test_mail_notification_rule_own(self):
        notification = self.notification()
        for user in (self.norbert, self.pom):
            self.assertTrue(self.seen(notification, user), user.login)
        self.assertFalse(self.seen(notification, self.nikki))

    def test_mail_notification_rule_system(self):
        administrator = new_test_user(self.env, "adm@example.com", "base.group_system")
        self.assertTrue(self.seen(self.notification(), administrator))

    def test_mail_template_rule_manager(self):
        """Managers edit the templates of documents, and of nothing else."""
        ours = self.env.ref("bmasia_crm.template_quote_send")
        ours.with_user(self.norbert).write({"subject": "Your quote"})
        with self.assertRaises(AccessError):
            ours.with_user(self.pom).write({"subject": "Your quote"})
        other = self.env["mail.template"].create(
            {"name": "Hello", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        with self.assertRaises(AccessError):
            other.with_user(self.norbert).write({"subject": "Hello"})


def _add_test(addon, rule):
    def test(self):
        self.check_entity(self.env.ref(f"{addon}.{rule}"))

    # what is written out above stays
    if not hasattr(TestRecordRules, f"test_{rule}"):
        setattr(TestRecordRules, f"test_{rule}", test)


for _name in FILES:
    with file_open(_name) as _file:
        for _record in etree.parse(_file).iterfind(".//record[@model='ir.rule']"):
            _add_test(_name.partition("/")[0], _record.get("id"))
