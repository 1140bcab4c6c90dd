"""What a clause costs before it is laid out."""

import time

from markupsafe import Markup

from odoo.tests import BaseCase, tagged

from odoo.addons.document_flow.tools import variables

LETTERS = 300_000  # of a small picture within a clause


@tagged("post_install", "-at_install")
class TestClauseCost(BaseCase):
    def test_no_long_text_is_looked_at_again_and_again(self):
        looks = (
            variables.half_written,
            variables.VARIABLE.findall,
            lambda text: variables.fill_or_mark(text, {}, Markup("<%s>")),
            lambda text: variables.missing(text, {}),
        )
        texts = (
            "x" * LETTERS,
            "{{" + " " * LETTERS,
            "{{" + "a " * LETTERS,
            "}" * LETTERS,
        )
        for look in looks:
            for text in texts:
                with self.subTest(text[:4]):
                    start = time.process_time()
                    look(text)
                    self.assertLess(time.process_time() - start, 2)

    def test_variables_are_found_as_before(self):
        text = "{{a}} {{ b }} {{ c d }} {{}} US${{e}} {f} g}}"
        self.assertEqual(variables.VARIABLE.findall(text), ["a", "b", "c d", "", "e"])
        self.assertEqual(variables.half_written(text), ["{f}", "g}}"])
