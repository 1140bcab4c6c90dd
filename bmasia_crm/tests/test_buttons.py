"""Whatever button a role sees on a record, pressing it is that role's to do.

What a guard refuses is said in a sentence; an access error on a button that is there,
or an action that cannot be opened, is a dead button.
"""

import ast
import re

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import CrmCase

DOCUMENTS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice")
VIEWS = ("form", "list", "kanban")
NAME = re.compile(r"\b[a-z_]+\b")


@tagged("post_install", "-at_install")
class TestButtons(CrmCase):
    def records(self):
        """One record of each model, documents in each of their states."""
        contract = self.active_contract()
        contract.with_user(self.pom).action_create_invoices()
        invoice = self.issued_invoice()
        invoice.action_register_payment(1000)
        yield from (invoice.receipt_ids, self.hilton, self.somchai)
        yield self.env["bmasia.contract.template"].search([], limit=1)
        for model in DOCUMENTS:
            document = self.make(model)
            yield document
            sent = self.make(model)
            sent.action_issue() if model == DOCUMENTS[2] else sent.action_mark_sent()
            for state in dict(document._fields["state"].selection):
                if state != "draft":
                    sent.sudo()._write_state({"state": state})
                    yield sent

    def buttons(self, record, view):
        """The buttons that somebody may see on a record, in some view; also those in a
        box that is hidden now: the box comes with time, the role stays.
        """
        arch = etree.fromstring(record.get_view(view_type=view)["arch"])
        for node in arch.xpath("//button[@type and @name][not(ancestor::field)]"):
            expression = node.get("invisible") or "False"
            if not safe_eval(expression, self.values(record, expression)):
                yield node

    def press(self, record, node):
        """Do what the web client does."""
        context = node.get("context") or "{}"
        context = safe_eval(context, self.values(record, context))
        record = record.with_context(
            **context,
            active_id=record.id,
            active_ids=record.ids,
            active_model=record._name,
        )
        if node.get("type") == "object":
            method = getattr(record, node.get("name"))
            arguments = ast.literal_eval(node.get("args") or "[]")
            return record, method(*arguments)
        action = self.env["ir.actions.actions"].browse(int(node.get("name")))
        return record, self.env[action.sudo().type].browse(action.id)._get_action_dict()

    def values(self, record, expression):
        """What an expression of a view asks a record for."""
        names = set(NAME.findall(expression)) & set(record._fields)
        values = {name: record[name] for name in names}
        for name, value in values.items():
            field = record._fields[name]
            if field.relational:
                values[name] = value.id if field.type == "many2one" else value.ids
        return {**values, "context": {}, "id": record.id}

    def follow(self, record, action):
        """Open what a button answers, as the web client would."""
        kind = action["type"] if isinstance(action, dict) else None
        if kind == "ir.actions.act_window":
            context = action.get("context") or {}
            if isinstance(context, str):
                known = {**record.env.context, "uid": record.env.uid}
                context = safe_eval(context, known)
            model = record.env[action["res_model"]].with_context(**context)
            model.check_access("read")
            if action.get("res_id"):
                Form(model.browse(action["res_id"]))
            elif action.get("target") == "new":
                Form(model)
            else:
                model.get_view(view_type="list")
        elif kind == "ir.actions.report":
            reports = record.env["ir.actions.report"]
            reports._render_qweb_html(action["report_name"], record.ids)
        elif kind == "ir.actions.act_url" and "/d/" in action["url"]:
            key = action["url"].rpartition("/")[2]
            self.assertFalse(self.env["document.link"]._find(key)._why_shut())
        elif kind == "ir.actions.act_url":
            (number,) = re.findall(r"/web/content/(\d+)", action["url"])
            record.env["ir.attachment"].browse(int(number)).check_access("read")

    def test_no_button_is_dead(self):
        pressed = set()
        for record in self.records():
            for user in (self.nikki, self.pom, self.norbert):
                mine = record.with_user(user)
                for view in VIEWS:
                    for node in self.buttons(mine, view):
                        pressed.add((mine._name, node.get("name")))
                        self.try_button(mine, node)
        self.assertGreater(len(pressed), 35)

    def try_button(self, record, node):
        label = node.get("string") or node.get("name")
        state = "state" in record and record.state
        with self.subTest(f"{record._name} {state} {label}", user=record.env.user.name):
            try:
                with self.env.cr.savepoint() as savepoint:
                    self.follow(*self.press(record, node))
                    savepoint.rollback()
            except UserError as refusal:
                self.assertNotIsInstance(refusal, AccessError, refusal)
        self.env.invalidate_all()
