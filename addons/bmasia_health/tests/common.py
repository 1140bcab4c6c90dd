"""What the tests of checks share."""

from odoo.addons.bmasia_crm.tests.common import CrmCase
from odoo.addons.mail_delivery.testkit import DeliveryMixin


class HealthCase(DeliveryMixin, CrmCase):
    """Asks one check at a time, as superuser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_users({"root": "base.group_system"})
        cls.health = cls.env["bmasia.health"].sudo()
        cls.parameters = cls.env["ir.config_parameter"].sudo()

    def ask(self, name):
        """What a check finds, as ``[(state, found, todo)]``; who finds fault says what
        to do."""
        self.env.flush_all()
        marks = dict(self.health._checks())
        findings = self.health._findings_of(name, marks[name])
        for finding in findings:
            self.assertEqual(finding["check"], name)
            self.assertEqual(bool(finding["todo"]), finding["state"] != "ok", finding)
        return [(f["state"], f["found"], f["todo"]) for f in findings]

    def assertState(self, name, state, word=""):
        """One finding of the check has this state, and the word in its text."""
        found = self.ask(name)
        fitting = [f for f in found if f[0] == state and word in f"{f[1]} {f[2]}"]
        self.assertTrue(fitting, found)
