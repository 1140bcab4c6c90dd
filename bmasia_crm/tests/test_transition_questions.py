"""What a dialog asks before a transition is said by the tables of transitions."""

import inspect
import re

from lxml import etree

from odoo.exceptions import UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestTransitionQuestions(CrmCase):
    def kinds(self):
        """Each kind with what its table asks for."""
        for kind in self.env["document.mixin"]._kinds().values():
            yield kind, self.env["bmasia.transition.wizard"]._questions(kind)

    def buttons(self, kind):
        """The transitions for which a form, or its menu, opens the dialog."""
        arch = kind.with_user(self.norbert).get_view(view_type="form")["arch"]
        contexts = etree.fromstring(arch).xpath("//button/@context")
        bound = self.env["ir.actions.act_window"].search(
            [
                ("binding_model_id.model", "=", kind._name),
                ("res_model", "=", "bmasia.transition.wizard"),
            ]
        )
        contexts += bound.mapped("context")
        found = re.findall(r"'default_transition': '(\w+)'", " ".join(contexts))
        return set(found)

    def test_a_question_is_of_a_method_that_takes_its_answer(self):
        asked = 0
        for kind, found in self.kinds():
            for question in found.values():
                with self.subTest(kind=kind._name, method=question.method):
                    method = get_public_method(kind, question.method)
                    inspect.signature(method).bind(kind, "answer")
                    self.assertIn(question.field, ("reason", "day"))
                    if question.proposes:
                        self.assertTrue(callable(getattr(kind, question.proposes)))
                    asked += 1
        self.assertGreater(asked, 5)

    def test_every_question_has_its_button_and_every_button_its_question(self):
        for kind, found in self.kinds():
            with self.subTest(kind=kind._name):
                self.assertEqual(self.buttons(kind), set(found))

    def test_the_dialog_says_what_the_button_says(self):
        self.env["res.lang"]._activate_lang("th_TH")
        wizard = self.env["bmasia.transition.wizard"]
        for lang, label in (("en_US", "Declined"), ("th_TH", "ลูกค้าปฏิเสธ")):
            labels = dict(wizard.with_context(lang=lang)._selection_transition())
            self.assertEqual(labels["reject"], label)

    def test_a_transition_of_another_kind_is_refused(self):
        documents = self.quote(), self.contract(), self.invoice()
        wizard = self.env["bmasia.transition.wizard"]
        names = dict(wizard._selection_transition())
        for document in documents:
            for name in names.keys() - wizard._questions(document).keys():
                with self.subTest(document=document._name, transition=name):
                    about = {"document": f"{document._name},{document.id}"}
                    with self.assertRaisesRegex(UserError, "no such transition"):
                        wizard.create({**about, "transition": name})
