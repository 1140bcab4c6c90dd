"""Whom somebody took out of a group is not put back by the next upgrade."""

from pathlib import Path

from lxml import etree

from odoo.fields import Command
from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools import convert_file

from .entities import own_addons


@tagged("post_install", "-at_install")
class TestGroups(TransactionCase):
    def files_of_groups(self):
        """The data of our addons in which groups are defined: addon and file."""
        for addon in sorted(own_addons(self.env)):
            manifest = Manifest.for_addon(addon)
            for name in manifest["data"]:
                path = Path(manifest.path, name)
                if path.suffix == ".xml":
                    data = etree.parse(path)
                    if data.xpath("//record[@model='res.groups']"):
                        yield addon, name

    def upgrade(self):
        files = list(self.files_of_groups())
        for addon, name in files:
            convert_file(self.env, addon, name, {}, mode="update")
        return files

    def test_whom_somebody_took_out_of_a_group_stays_out(self):
        admin = self.env.ref("base.user_admin")
        manager = self.env.ref("bmasia_crm.group_manager")
        self.assertIn(manager, admin.group_ids)
        admin.group_ids = [Command.set(self.env.ref("base.group_system").ids)]
        before = admin.all_group_ids
        self.assertNotIn(manager, before)
        self.assertGreater(len(self.upgrade()), 2)
        self.assertEqual(admin.all_group_ids, before)

    def test_a_group_goes_on_following_its_file(self):
        group = self.env.ref("bmasia_crm.group_manager")
        group.name = group.comment = "Changed"
        self.upgrade()
        self.assertEqual(group.name, "Manager")
        self.assertNotEqual(group.comment, "Changed")
