"""What a dialog asks before a transition, and in which words, is said by the tables."""

import ast
import inspect

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestTransitionQuestions(CrmCase):
    def kinds(self):
        """Each model that asks, with what its table asks for."""
        for model in self.env["bmasia.asked.mixin"]._askable():
            yield model, model._questions()

    def asking(self, model):
        """The buttons of a form that open the dialog, by the transition."""
        arch = model.with_user(self.norbert).get_view(view_type="form")["arch"]
        nodes = etree.fromstring(arch).xpath("//button[@name='action_ask']")
        return [(ast.literal_eval(node.get("args"))[0], node) for node in nodes]

    def bound(self, model):
        """The entries of a form's menu that open it, by the transition."""
        actions = self.env["ir.actions.act_window"].search(
            [
                ("binding_model_id.model", "=", model._name),
                ("res_model", "=", "bmasia.transition.wizard"),
            ]
        )
        names = (safe_eval(each.context)["default_transition"] for each in actions)
        return list(zip(names, actions, strict=True))

    def dialog(self, question):
        """What the dialog shows of one question: nodes by name."""
        arch = self.env["bmasia.transition.wizard"].get_view(view_type="form")["arch"]
        shown = {}
        for node in etree.fromstring(arch).xpath("//field | //button[@type]"):
            values = {"question": question, "steps": "", "offered_ids": []}
            if not safe_eval(node.get("invisible") or "False", values):
                self.assertNotIn(node.get("name"), shown)
                shown[node.get("name")] = node
        return shown

    def test_every_kind_of_document_and_every_booking_is_asked(self):
        asked = {model._name for model, _found in self.kinds()}
        stated = {
            kind._name
            for kind in self.env["document.mixin"]._kinds().values()
            if kind._transitions
        }
        self.assertEqual(asked, stated | {"bmasia.payment", "bmasia.write.off"})

    def test_a_question_is_of_a_method_that_takes_its_answers(self):
        asked = 0
        for model, found in self.kinds():
            for question in found.values():
                with self.subTest(model=model._name, method=question.method):
                    method = get_public_method(model, question.method)
                    inspect.signature(method).bind(model, *question.fields)
                    self.assertTrue(question.fields)
                    if question.proposes:
                        self.assertTrue(callable(getattr(model, question.proposes)))
                    for step, _title in question.then:
                        get_public_method(model, step)
                    asked += 1
        self.assertGreater(asked, 20)

    def test_every_question_has_its_button_and_every_button_its_question(self):
        for model, found in self.kinds():
            with self.subTest(model=model._name):
                buttons = {name for name, _node in self.asking(model)}
                buttons |= {name for name, _action in self.bound(model)}
                self.assertEqual(buttons, set(found))

    def test_whatever_can_be_marked_as_sent_has_the_button(self):
        for kind in self.env["document.mixin"]._kinds().values():
            if hasattr(kind, "action_mark_sent"):
                with self.subTest(kind=kind._name):
                    buttons = {name for name, _node in self.asking(kind)}
                    self.assertIn("mark_sent", buttons)

    def test_button_dialog_and_field_say_the_same(self):
        for model, found in self.kinds():
            labels = [(name, b.get("string")) for name, b in self.asking(model)]
            labels += [(name, action.name) for name, action in self.bound(model)]
            for name, label in labels:
                with self.subTest(model=model._name, name=name):
                    self.assertEqual(label, str(found[name].title))
                    self.check_dialog(f"{model._name}/{name}", found[name])

    def test_the_dialog_speaks_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.env = self.env(context={**self.env.context, "lang": "th_TH"})
        quote = self.env["bmasia.quote"]
        for name, question in quote._questions().items():
            with self.subTest(name):
                self.assertRegex(self.env._(question.title), "[ก-๙]")
                self.check_dialog(f"bmasia.quote/{name}", question)

    def check_dialog(self, key, question):
        shown = self.dialog(key)
        title = self.env._(question.title)
        self.assertEqual(shown["action_confirm"].get("string"), title)
        asked = {name for name in ("reason", "day") if name in shown}
        self.assertEqual(asked, set(question.fields))
        for name in asked:
            label = self.env._(getattr(question, name))
            self.assertEqual(shown[name].get("string"), label)
            self.assertTrue(safe_eval(shown[name].get("required"), {"question": key}))
        if question.reason:
            self.assertTrue(question.hint, "whether it is printed")

    def test_the_dialog_is_titled_and_filled_in(self):
        quote = self.quote()
        quote.action_mark_sent()
        for name, title in (
            ("accept", "Mark as accepted"),
            ("reject", "Mark as declined"),
            ("extend", "Extend validity"),
        ):
            action = quote.action_ask(name)
            self.assertEqual((action["name"], action["target"]), (title, "new"))
            with Form(
                self.env[action["res_model"]]
                .with_user(self.nikki)
                .with_context(**action["context"])
            ) as dialog:
                self.assertTrue(dialog.day)
                dialog.day = dialog.day
                if name == "reject":
                    dialog.reason = "Too dear"
            self.assertEqual(dialog.record.document, quote)

    def test_accepting_goes_on_to_the_contract_or_the_amendment(self):
        for contract, opened in (
            (self.env["bmasia.contract"], "bmasia.contract"),
            (self.active_contract(), "bmasia.amendment"),
        ):
            quote = self.quote(amends_contract_id=contract.id)
            quote.action_mark_sent()
            wizard = self.env["bmasia.transition.wizard"].create(
                {"document": f"{quote._name},{quote.id}", "transition": "accept"}
            )
            other = {
                "bmasia.contract": "action_create_amendment",
                "bmasia.amendment": "action_create_contract",
            }[opened]
            for step in (other, "unlink", None):
                with self.assertRaisesRegex(UserError, "no such transition"):
                    wizard.action_confirm_and(step)
            self.assertEqual(quote.state, "sent")
            action = wizard.action_confirm_and(wizard.steps)
            self.assertEqual(quote.state, "accepted")
            self.assertEqual(action["res_model"], opened)
            made = self.env[opened].browse(action["res_id"])
            self.assertEqual(made.quote_id, quote)

    def test_a_transition_of_another_kind_is_refused(self):
        documents = self.quote(), self.contract(), self.invoice()
        wizard = self.env["bmasia.transition.wizard"]
        names = dict(wizard._selection_transition())
        for document in documents:
            others = names.keys() - document._questions().keys()
            about = {"document": f"{document._name},{document.id}"}
            for name in (*others, None, "unlink"):
                with self.subTest(document=document._name, transition=name):
                    with self.assertRaisesRegex(UserError, "no such transition"):
                        document.action_ask(name)
            for name in others:
                with self.subTest(document=document._name, transition=name):
                    with self.assertRaisesRegex(UserError, "no such transition"):
                        wizard.create({**about, "transition": name})

    def test_who_may_not_write_it_is_not_asked(self):
        quote = self.quote()
        quote.action_mark_sent()
        wizard = self.env["bmasia.transition.wizard"].with_user(self.customer)
        about = {"document": f"bmasia.quote,{quote.id}", "transition": "reject"}
        with self.assertRaises(AccessError):
            wizard.create(about)
        with self.assertRaises(AccessError):
            quote.with_user(self.customer).action_reject("x")
