"""Each access right, as each role has it.

Each row of ``ir.model.access.csv`` has a test that is named after its id. ``RIGHTS``
says once more, from the other side, what comes out of all rows of a model together.
"""

import csv

from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from .common import CrmCase

OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
# what nobody but them has: employees of other parts, customers, visitors get nothing
ROLES = ("nikki", "pom", "norbert")  # user, finance, manager
RIGHTS = {
    "bmasia.company": ("rwcd", "rwcd", "rwcd"),
    "bmasia.zone": ("rwcd", "rwcd", "rwcd"),
    "bmasia.location": ("rwcd", "rwcd", "rwcd"),
    "bmasia.signatory": ("rwcd", "rwcd", "rwcd"),
    "bmasia.quote": ("rwcd", "rwcd", "rwcd"),
    "bmasia.quote.line": ("rwcd", "rwcd", "rwcd"),
    "bmasia.contract": ("rwcd", "rwcd", "rwcd"),
    "bmasia.contract.line": ("rwcd", "rwcd", "rwcd"),
    "bmasia.contract.schedule": ("r", "r", "r"),
    "bmasia.contract.template": ("r", "r", "rwcd"),
    "bmasia.contract.section": ("r", "r", "rwcd"),
    "bmasia.invoice": ("r", "rwcd", "rwcd"),
    "bmasia.invoice.line": ("r", "rwcd", "rwcd"),
    "bmasia.payment": ("r", "rwc", "rwc"),
    "bmasia.number": ("", "r", "r"),
    "bmasia.send.request": ("", "", "r"),
    "bmasia.send.batch": ("r", "r", "r"),
    "bmasia.send.batch.line": ("r", "r", "r"),
    "bmasia.reminder": ("r", "r", "r"),
    "bmasia.send.wizard": ("rwcd", "rwcd", "rwcd"),
    "bmasia.transition.wizard": ("rwcd", "rwcd", "rwcd"),
    "bmasia.renew.wizard": ("rwcd", "rwcd", "rwcd"),
    "bmasia.renew.wizard.line": ("rwcd", "rwcd", "rwcd"),
}
# Odoo's own models: employees of other parts, then our roles
SHARED = {
    "res.partner.industry": ("r", "r", "r", "rwcd"),
    "res.company": ("r", "r", "rw", "rw"),
    "res.bank": ("r", "rwcd", "rwcd", "rwcd"),
}


@tagged("post_install", "-at_install")
class TestAccessRights(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = new_test_user(cls.env, "employee@example.com")

    def test_the_table_knows_every_model(self):
        mine = self.env["ir.model"].search([("model", "=like", "bmasia.%")])
        tables = {model.model for model in mine if self.env[model.model]._auto}
        self.assertEqual(tables, set(RIGHTS))

    def check(self, model):
        self.assertIn(model, RIGHTS | SHARED, "Say here who may do what with it.")
        people = dict.fromkeys(("employee", "customer", "visitor"), "")
        if model in SHARED:
            # who is no employee does not concern us
            people = {}
            roles = zip(("employee", *ROLES), SHARED[model], strict=True)
        else:
            roles = zip(ROLES, RIGHTS[model], strict=True)
        for login, allowed in (people | dict(roles)).items():
            records = self.env[model].with_user(getattr(self, login))
            for letter, operation in OPERATIONS.items():
                with self.subTest(model=model, user=login, op=operation):
                    self.assertEqual(records.has_access(operation), letter in allowed)


def _add_test(row):
    model = row["model_id:id"].rpartition(".")[2].removeprefix("model_")

    def test(self):
        [name] = (name for name in self.env if self.env[name]._table == model)
        self.check(name)

    setattr(TestAccessRights, f"test_{row['id']}", test)


with file_open("bmasia_crm/security/ir.model.access.csv") as _rows:
    for _row in csv.DictReader(_rows):
        _add_test(_row)
