"""Each record rule: what is hidden by it, and from whom it is not hidden.

Each rule of ``security/*.xml`` has a test that is named after its id. What separates
the entities is tried the same way for every model; the others are written out.
"""

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open
from odoo.tools.safe_eval import safe_eval

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


@tagged("post_install", "-at_install")
class TestRulesOfSeveral(CrmCase):
    """A record of several others, as a batch of documents: a condition on them is met
    by *any* of them, so that it is no rule until it asks for all."""

    def content_with_any(self, model, domain):
        """The paths through several records of which a domain does not ask all."""
        asked = {}
        for condition in Domain(domain).iter_conditions():
            if self.is_of_several(model, condition.field_expr):
                asked.setdefault(condition.field_expr, []).append(condition.operator)
        return [path for path, operators in asked.items() if "not any" not in operators]

    def is_of_several(self, model, path):
        for name in path.split("."):
            field = self.env[model]._fields.get(name)
            if field is None or not field.relational:
                return False
            if field.type in ("one2many", "many2many"):
                return True
            model = field.comodel_name
        return False

    def test_what_is_content_with_any_is_found(self):
        every = ("company_ids", "not any", [("id", "not in", [1])])
        for model, domain, found in (
            ("document.send.batch", [("company_ids", "in", [1])], ["company_ids"]),
            ("document.send.batch", [("company_ids", "in", [1]), every], []),
            (
                "bmasia.quote",
                ["|", ("id", "=", 1), ("company_id.user_ids.login", "=", "a")],
                ["company_id.user_ids.login"],
            ),
            ("bmasia.quote", [("company_id", "in", [1])], []),
        ):
            with self.subTest(domain):
                self.assertEqual(self.content_with_any(model, domain), found)

    def test_each_rule_asks_for_all_of_several(self):
        ours = self.env["ir.module.module"].search(
            [("author", "=", self.env.ref("base.module_bmasia_crm").author)]
        )
        named = self.env["ir.model.data"].search(
            [("model", "=", "ir.rule"), ("module", "in", ours.mapped("name"))]
        )
        rules = self.env["ir.rule"].browse(named.mapped("res_id"))
        self.assertGreater(len(rules), 40)
        for rule in rules:
            domain = safe_eval(rule.domain_force, rule._eval_context())
            with self.subTest(rule.name):
                found = self.content_with_any(rule.model_id.model, domain)
                self.assertEqual(found, [])


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
