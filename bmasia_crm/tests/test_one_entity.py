"""Who works for one billing entity never reads of billing entities."""

import re

from lxml import etree

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CrmCase
from .entities import own_addons

WORD = re.compile(r"(?<!legal )\bentit(y|ies)\b", re.IGNORECASE)
# A customer's legal entity is another matter.
# What a person reads of a node.
SAID = ("string", "help", "placeholder", "title", "confirm", "aria-label")
SHOWN = ("list", "form", "kanban", "search", "pivot", "graph", "calendar", "activity")
# The lists of entities themselves: who has one has no way to them.
LISTS = {"bmasia_crm.bmasia_entity_action", "document_flow.entity_action"}
MANY = 60  # views of ours: fewer, and the search for them is broken


@tagged("post_install", "-at_install")
class TestOneEntity(CrmCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alone = new_test_user(
            cls.env,
            login="alone@example.com",
            groups="bmasia_crm.group_manager,base.group_system",
            company_id=cls.thailand.id,
            company_ids=[Command.set(cls.thailand.ids)],
        )
        cls.norbert.group_ids = [Command.link(cls.env.ref("base.group_system").id)]

    def views(self):
        """Views of ours that somebody opens, not what inherits from them."""
        views = self.env["ir.ui.view"].search(
            [("type", "in", SHOWN), ("mode", "=", "primary"), ("model", "!=", False)]
        )
        ours = own_addons(self.env)
        names = views.get_external_id()
        return views.filtered(
            lambda view: names[view.id].split(".")[0] in ours
            and view.model in self.env
            and not self.env[view.model]._abstract
        )

    def said(self, user, view):
        """What a user reads in a view: ``{(words, node)}``."""
        model = self.env[view.model].with_user(user)
        arch = etree.fromstring(model.get_view(view.id, view.type)["arch"])
        return set(self.words_of(arch, model))

    def words_of(self, node, model):
        """The words of a node and of what is in it, but for what nobody sees."""
        hidden = {node.get("invisible"), node.get("column_invisible")}
        if hidden & {"1", "True"}:
            return
        words = {node.get(name) for name in SAID} | {node.text}
        field = node.tag == "field" and model._fields.get(node.get("name"))
        if field:
            words |= {field._description_help(model.env)}
            words |= {node.get("string") or field._description_string(model.env)}
            if field.type == "selection":
                words |= {label for _, label in field._description_selection(model.env)}
        for text in filter(None, words):
            yield " ".join(text.split()), node.get("name") or node.tag
        inner = model.env[field.comodel_name] if field and field.relational else model
        for child in node:
            if isinstance(child.tag, str):
                yield from self.words_of(child, inner)
            for text in filter(None, [child.tail]):
                yield " ".join(text.split()), node.tag

    def entity_words(self, user):
        return {
            f"{view.xml_id} {name}: {text}"
            for view in self.views()
            for text, name in self.said(user, view)
            if WORD.search(text)
        }

    def test_no_view_names_billing_entities_to_who_has_one(self):
        self.assertGreater(len(self.views()), MANY)
        self.assertEqual(sorted(self.entity_words(self.alone)), [])

    def test_who_works_for_two_reads_of_them(self):
        words = self.entity_words(self.norbert)
        self.assertGreater(len(words), 20)

    def test_no_menu_names_them_to_who_has_one(self):
        for user, expected in ((self.alone, False), (self.norbert, True)):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            named = [m["name"] for m in menus.values() if WORD.search(m["name"])]
            self.assertEqual(bool(named), expected, named)

    def test_no_list_without_records_names_them_to_who_has_one(self):
        ours = own_addons(self.env)
        actions = self.env["ir.actions.act_window"].search([])
        names = actions.get_external_id()
        told = {
            names[action.id]
            for action in actions
            if names[action.id].split(".")[0] in ours
            for text in (action.name, action.help)
            if WORD.search(str(text or ""))
        }
        self.assertEqual(told, LISTS)

    def test_who_has_one_is_not_offered_to_search_or_group_by_it(self):
        for user, offered in ((self.alone, False), (self.norbert, True)):
            for model in self.env["document.mixin"]._kinds().values():
                field = model.with_user(user).fields_get(["company_id"])["company_id"]
                self.assertEqual(field["searchable"], offered, model)
                self.assertEqual(field["groupable"], offered, model)

    def test_their_menu_item_opens_the_form(self):
        action = self.env.ref("document_flow.our_company_action")
        opened = action.with_user(self.alone).run()
        self.assertEqual(opened["res_id"], self.thailand.id)
        self.assertEqual(opened["views"][0][1], "form")
