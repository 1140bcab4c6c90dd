"""What a kind of document lacks is told to its programmer when Odoo starts."""

from odoo.tests import tagged

from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.reminders import Rule, Step
from odoo.addons.document_flow.tools.transitions import Transition

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestDefinitionOfKinds(CrmCase):
    def assertRefused(self, fault, model="bmasia.quote", **attributes):
        with self.subTest(fault=fault):
            class_ = self.registry[model]
            kept = {name: getattr(class_, name) for name in attributes}
            self.env[model]._register_hook()
            for name, value in attributes.items():
                self.patch(class_, name, value)
            with self.assertRaises(TypeError) as caught:
                self.env[model]._register_hook()
            for name, value in kept.items():
                self.patch(class_, name, value)
            self.assertEqual(
                str(caught.exception), f"{model}: {fault}. See docs/add-a-document.md."
            )

    def test_what_every_kind_gives_is_asked_for(self):
        for name in ("_plural", "_number_codes", "_report", "_mail_template"):
            nothing = type(getattr(self.registry["bmasia.quote"], name))()
            self.assertRefused(f"{name} is empty", **{name: nothing})

    def test_what_is_empty_is_told_together(self):
        self.assertRefused("_plural is empty. _report is empty", _plural="", _report="")

    def test_two_kinds_share_no_address_and_no_letters(self):
        self.assertRefused(
            "bmasia.invoice has the same _plural, invoices", _plural="invoices"
        )
        for codes, word in (
            ({"offer": Codes("INV", "OF")}, "INV"),
            ({"offer": Codes("OF", "IV")}, "IV"),
            ({"invoice": Codes("OF", "OF")}, "invoice"),
        ):
            self.assertRefused(
                f"bmasia.invoice has {word} in its _number_codes, too",
                _number_codes=codes,
            )

    def test_each_step_of_a_reminder_has_a_label(self):
        self.assertRefused(
            "document.reminder has no label for the step forgotten",
            _reminder_rule=Rule(
                "bmasia_crm.template_quote_send", [Step("forgotten", 7)]
            ),
        )

    def test_a_table_names_states_guards_and_fields_that_are_there(self):
        for transition, fault in (
            (
                Transition("group", ("_check_nothing",)),
                "the guard _check_nothing, which is no method",
            ),
            (Transition("group", (), "lost_date"), "lost_date, which is no field"),
        ):
            self.assertRefused(
                f"_transitions names {fault}",
                _transitions={("draft", "sent"): transition},
            )
        self.assertRefused(
            "_transitions names the state lost, which has no label",
            _transitions={("sent", "lost"): Transition("group")},
        )

    def test_fields_that_close_are_named_and_there(self):
        self.assertRefused(
            "_document_fields is empty: nothing would close once it is sent",
            _document_fields=frozenset(),
        )
        self.assertRefused(
            "_document_fields names nothing, which is no field",
            _document_fields=frozenset({"nothing"}),
        )

    def test_lines_are_parts_of_their_document(self):
        self.assertRefused(
            "mail.delivery inherits no document.part.mixin, so that delivery_ids would "
            "stay open once it is sent",
            _document_fields=frozenset({"delivery_ids"}),
        )
        line = "bmasia.billing.note.line"
        self.assertRefused(
            "_document_field names no Many2one", line, _document_field="due_date"
        )
        self.assertRefused(
            "_listed_as names no field of bmasia.billing.note", line, _listed_as="rows"
        )
        self.assertRefused(
            "_entity_path, company_id, begins with no field",
            line,
            _entity_path="company_id",
        )
        self.assertRefused(
            "_document_fields names nothing, which is no field",
            line,
            _document_fields=frozenset({"nothing"}),
        )

    def test_printed_fields_of_parts_belong_to_the_snapshot(self):
        self.issued_invoice(self.line(price=10000))
        notes = self.env["bmasia.billing.note"].with_user(self.pom)
        note = notes.create({"customer_id": self.hilton.id})
        line = self.registry["bmasia.billing.note.line"]
        self.patch(line, "_document_fields", frozenset({"amount"}))
        self.assertEqual(note._document_values()["line_ids"], [{"amount": 10700}])
        note._issue_document()
        self.assertTrue(note._archived_pdf())
        note.line_ids.amount = 700
        self.assertFalse(note._archived_pdf(), "it says something else now")
