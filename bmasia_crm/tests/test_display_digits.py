"""A figure has the same decimals wherever it is read."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDisplayDigits(TransactionCase):
    def test_a_related_figure_has_the_decimals_of_its_source(self):
        """Odoo takes over how many are kept, and not how many are shown."""
        seen = 0
        for model in self.env.registry.values():
            if not model._name.startswith("bmasia."):
                continue
            for field in model._fields.values():
                source = field.type == "float" and field.related_field
                if not source or source._min_display_digits is None:
                    continue
                seen += 1
                with self.subTest(field=str(field)):
                    self.assertEqual(
                        field._min_display_digits, source._min_display_digits
                    )
        self.assertGreater(seen, 3)
