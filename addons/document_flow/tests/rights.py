"""Access rights, row by row: a test for each, named after its id."""

import csv

from odoo.tools import file_open

OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


class AccessRightsMixin:
    """Looks at the rights of some people, whom a subclass has as its attributes.

    ``ROLES`` are the names of these attributes. ``RIGHTS`` says, from the other side
    and not read from the rows, what each of them may do in the end: by model, a string
    for each role, of the letters of ``OPERATIONS``. ``OUTSIDERS`` may do nothing with
    any model but those of ``SHARED``, which are not ours.
    """

    ROLES = ()
    RIGHTS = {}
    OUTSIDERS = ()
    SHARED = frozenset()

    def check_rights(self, table):
        """Look at all rights of the model that has this table."""
        [model] = (name for name in self.env if self.env[name]._table == table)
        self.assertIn(model, self.RIGHTS, "Say in RIGHTS who may do what with it.")
        people = dict(zip(self.ROLES, self.RIGHTS[model], strict=True))
        if model not in self.SHARED:
            people |= dict.fromkeys(self.OUTSIDERS, "")
        for name, allowed in people.items():
            records = self.env[model].with_user(getattr(self, name))
            for letter, operation in OPERATIONS.items():
                with self.subTest(model=model, user=name, op=operation):
                    self.assertEqual(records.has_access(operation), letter in allowed)


def add_tests(case, addon):
    """Give a case a test for each row of an addon's ``ir.model.access.csv``."""
    with file_open(f"{addon}/security/ir.model.access.csv") as rows:
        for row in csv.DictReader(rows):
            _add_test(case, row["id"], row["model_id:id"])


def _add_test(case, rule, model):
    table = model.rpartition(".")[2].removeprefix("model_")

    def test(self):
        self.check_rights(table)

    setattr(case, f"test_{rule}", test)
