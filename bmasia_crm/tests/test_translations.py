from collections import defaultdict
from pathlib import Path
from unittest.mock import patch

import polib

from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

import odoo.addons

AUTHOR = "BMAsia CRM contributors"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """The templates of all our addons name what the code says now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = [("author", "=", AUTHOR), ("state", "=", "installed")]
        names = cls.env["ir.module.module"].search(domain).mapped("name")
        cls.folders = {name: Path(get_module_path(name)) for name in names}

    def exported(self):
        """``{addon: {(words, place)}}``, as Odoo exports them."""
        found = defaultdict(set)
        for name, folder in self.folders.items():
            # else what is in addons/ counts as part of an addon of that name; and what
            # two addons have in common goes to the last of those exported together
            with patch.object(odoo.addons, "__path__", [str(folder.parent)]):
                terms = TranslationModuleReader(self.env.cr, [name])
            for module, kind, name_, place, words, _thai, _comments in terms:
                place = name_ if kind == "code" else f"{name_}:{place}"
                found[module].add((words, f"{kind}:{place}"))
        return found

    def test_the_templates_are_up_to_date(self):
        self.assertIn("bmasia_crm", self.folders)
        exported = self.exported()
        for addon, folder in self.folders.items():
            path = folder / "i18n" / f"{addon}.pot"
            entries = polib.pofile(path) if path.exists() else []
            kept = {(e.msgid, place) for e in entries for place, _line in e.occurrences}
            with self.subTest(addon):
                self.assertEqual(
                    kept, exported[addon], "Renew the files with: ./run translations"
                )
