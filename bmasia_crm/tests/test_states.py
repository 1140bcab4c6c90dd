"""States: every transition that the tables do not name is refused, from everywhere."""

import re
from datetime import timedelta

from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.document_flow.tools import transitions

from .common import CrmCase

# the button, by method or by what its wizard does: where it leads
BUTTONS = {
    ("bmasia.quote", "accept"): "accepted",
    ("bmasia.quote", "reject"): "rejected",
    ("bmasia.quote", "mark_sent"): "sent",
    ("bmasia.quote", "extend"): "sent",
    ("bmasia.quote", "reopen"): "sent",
    ("bmasia.contract", "mark_sent"): "sent",
    ("bmasia.contract", "reopen"): "sent",
    ("bmasia.amendment", "mark_sent"): "sent",
    ("bmasia.amendment", "reopen"): "sent",
    ("bmasia.billing.note", "mark_sent"): "sent",
    ("bmasia.billing.note", "cancel"): "cancelled",
    ("bmasia.statement", "mark_sent"): "sent",
    ("bmasia.receipt", "void"): "voided",
    ("bmasia.contract", "activate"): "active",
    ("bmasia.contract", "cancel"): "cancelled",
    ("bmasia.amendment", "activate"): "active",
    ("bmasia.amendment", "cancel"): "cancelled",
    ("bmasia.invoice", "action_issue"): "issued",
    ("bmasia.invoice", "cancel"): "cancelled",
}
# a dialog of its own asks for these
ASKED_ELSEWHERE = {("bmasia.contract", "cancel"): {"active"}}
# what leaves the state as it is, if nothing else is to change: more days
ALSO = {("bmasia.quote", "extend"): {"sent"}}


def move_of(button):
    """What a button asks for."""
    found = re.match(r"\['(\w+)'\]", button.get("args") or "")
    return found and found[1]


def as_seen(document, expression, state):
    """The fields that an expression asks for, as the form has them in some state."""
    names = set(re.findall(r"[a-z_]+", expression)) & set(document._fields)
    return {**{name: document[name] for name in names}, "state": state}


@tagged("post_install", "-at_install")
class TestMoves(CrmCase):
    def setUp(self):
        super().setUp()
        kinds = self.env["document.mixin"]._kinds().values()
        tables = {kind._name: getattr(kind, "_transitions", {}) for kind in kinds}
        self.tables = {model: table for model, table in tables.items() if table}

    def some(self, model):
        """A document of a kind; what has no draft follows from an invoice."""
        if model == "bmasia.receipt":
            bill = self.issued_invoice()
            bill.action_register_payment(10)
            return bill.receipt_ids
        if model == "bmasia.amendment":
            return self.amendment_of()
        if model in ("bmasia.billing.note", "bmasia.statement"):
            self.issued_invoice()
            notes = self.env[model].with_user(self.pom)
            return notes.create({"customer_id": self.hilton.id})
        return self.make(model)

    def test_every_document_with_a_state_has_a_table(self):
        kinds = self.env["document.mixin"]._kinds().values()
        stated = {kind._name for kind in kinds if "state" in kind._fields}
        self.assertGreaterEqual(
            stated, {"bmasia.quote", "bmasia.contract", "bmasia.invoice"}
        )
        self.assertEqual(self.tables.keys(), stated)

    def test_every_forbidden_move_is_refused(self):
        for model, table in self.tables.items():
            states = dict(self.env[model]._fields["state"].selection)
            forbidden = transitions.forbidden(table, states)
            self.assertTrue(forbidden)
            document = self.some(model).sudo()
            for old, new in forbidden:
                document._write_state({"state": old})
                with self.subTest(model=model, old=old, new=new):
                    with self.assertRaisesRegex(UserError, "cannot become"):
                        document._transition_to(new)
                    self.assertEqual(document.state, old)

    def test_the_tables_name_only_states_and_guards_that_exist(self):
        for model, table in self.tables.items():
            document = self.env[model]
            states = dict(document._fields["state"].selection)
            for (old, new), transition in table.items():
                self.assertLessEqual({old, new}, set(states))
                for guard in transition.guards:
                    self.assertTrue(callable(getattr(document, guard)), guard)
                self.assertIn(transition.stamp, {"", *document._fields})

    def test_buttons_are_there_exactly_where_the_tables_have_the_move(self):
        for (model, button), target in BUTTONS.items():
            document, table = self.some(model), self.tables[model]
            if not document.name:
                document.sudo().name = f"OLD-{model}-{button}"
            arch = etree.fromstring(
                self.env[model]
                .with_user(self.norbert)
                .get_view(view_type="form")["arch"]
            )
            nodes = [
                node
                for node in arch.iter("button")
                if button in (node.get("name"), move_of(node))
            ]
            shown = {
                state
                for state in dict(document._fields["state"].selection)
                for node in nodes
                if not safe_eval(
                    node.get("invisible"),
                    as_seen(document, node.get("invisible"), state),
                )
            }
            may = {
                old
                for (old, new), transition in table.items()
                if new == target and self.leads(transition, button)
            }
            with self.subTest(model=model, button=button):
                elsewhere = ASKED_ELSEWHERE.get((model, button), set())
                also = ALSO.get((model, button), set())
                self.assertEqual(shown, may - elsewhere | also)

    def leads(self, transition, button):
        """Whether a button makes a transition: its own, if it asks something."""
        if transition.asks:
            return transition.asks.name == button
        return transition.who != transitions.SYSTEM

    def test_a_document_without_lines_cannot_leave(self):
        for document in (self.quote(), self.contract(), self.invoice()):
            document.line_ids.unlink()
            with self.assertRaisesRegex(UserError, "no lines"):
                if document._name == "bmasia.invoice":
                    document.action_issue()
                else:
                    document.action_mark_sent()
            self.assertFalse(document.name)

    def test_sending_again_never_moves_a_state_back(self):
        quote, contract = self.quote(), self.active_contract()
        quote.action_mark_sent()
        quote.action_accept()
        bill = self.issued_invoice()
        bill.action_register_payment(bill.amount_due)
        for document in (quote, contract, bill):
            state, number = document.state, document.name
            document.action_mark_sent()
            self.assertEqual((document.state, document.name), (state, number))

    def test_saving_a_form_says_nothing_about_the_state(self):
        quote = self.quote()
        quote.action_mark_sent()
        quote.write({"internal_note": "Called", "state": "sent"})
        with self.assertRaisesRegex(UserError, "through its buttons"):
            quote.write({"state": "draft"})

    def test_what_the_customer_has_no_longer_changes(self):
        quote = self.quote()
        quote.action_mark_sent()
        with self.assertRaisesRegex(UserError, "no longer a draft"):
            quote.note = "Cheaper now"
        with self.assertRaisesRegex(UserError, "no longer a draft"):
            quote.line_ids[0].unit_price = 1
        quote.internal_note = "He hesitates"


@tagged("post_install", "-at_install")
class TestQuotes(CrmCase):
    def sent_quote(self, **values):
        quote = self.quote(**values)
        quote.action_mark_sent()
        return quote

    def test_a_quote_is_accepted_once(self):
        quote = self.sent_quote()
        quote.action_accept()
        self.assertEqual(quote.accepted_date, quote._today())
        with self.assertRaises(UserError):
            quote.action_accept()

    def test_declining_needs_a_reason(self):
        quote = self.sent_quote()
        for reason in ("", "   ", None):
            with self.assertRaisesRegex(UserError, "why"):
                quote.action_reject(reason)
        quote.action_reject("Too dear")
        self.assertEqual((quote.state, quote.reject_reason), ("rejected", "Too dear"))

    def test_a_quote_ends_with_its_last_day_where_the_customer_is(self):
        places = {
            ("base.th", False): "2026-03-06 17:10:00",
            ("base.jp", False): "2026-03-06 15:10:00",
            # Honolulu is in the same country: in doubt, the customer has longer
            ("base.us", False): "2026-03-07 10:10:00",
            ("base.us", "America/New_York"): "2026-03-07 05:10:00",
            (None, "Asia/Hong_Kong"): "2026-03-06 16:10:00",
        }
        cron = self.env["bmasia.quote"]
        for (country, zone), over in places.items():
            company = self.make_company(f"{country} {zone}", country=country)
            # what a contact gets from a user in Bangkok says nothing
            company.partner_id.tz = zone or "Asia/Bangkok"
            with freeze_time("2026-03-05 05:00:00") as clock:
                quote = self.sent_quote(
                    valid_until="2026-03-06", customer_id=company.id
                )
                end = fields.Datetime.to_datetime(over)
                for moment, state in (
                    (end - timedelta(minutes=20), "sent"),
                    (end, "expired"),
                ):
                    clock.move_to(moment)
                    cron._cron_expire()
                    self.assertEqual(quote.state, state, (country, zone, moment))

    def test_an_expired_quote_is_extended_and_then_accepted(self):
        with freeze_time("2026-03-05 05:00:00"):
            quote = self.sent_quote(valid_until="2026-03-06")
        cron = self.env["bmasia.quote"]
        with freeze_time("2026-03-06 16:50:00"):  # ten to midnight in Bangkok
            cron._cron_expire()
            self.assertEqual(quote.state, "sent")
        with freeze_time("2026-03-06 17:10:00"):
            cron._cron_expire()
            self.assertEqual(quote.state, "expired")
            with self.assertRaises(UserError):
                quote.action_accept()
            quote.action_extend("2026-04-01")
            quote.action_accept()

    def test_an_extension_proposes_the_usual_days_more(self):
        with freeze_time("2026-03-05 05:00:00"):
            quote = self.sent_quote(valid_until="2026-03-20")
        for today, proposed in (
            ("2026-03-05", "2026-04-19"),
            # what has ended is proposed from its end, while that helps, else from today
            ("2026-03-25", "2026-04-19"),
            ("2026-06-01", "2026-07-01"),
        ):
            with self.subTest(today), freeze_time(f"{today} 05:00:00"):
                wizard = self.env["bmasia.transition.wizard"].create(
                    {"document": f"{quote._name},{quote.id}", "transition": "extend"}
                )
                self.assertEqual(wizard.day, fields.Date.to_date(proposed))

    def test_what_the_customer_was_told_is_never_shortened(self):
        with freeze_time("2026-03-05 05:00:00"):
            quote = self.sent_quote(valid_until="2026-03-20")
            ways = (
                lambda: quote.action_extend("2026-03-19"),
                lambda: quote.write({"valid_until": "2026-03-19"}),
            )
            for way in ways:
                with self.assertRaisesRegex(UserError, "offered until"):
                    way()
            quote.action_extend("2026-03-20")
            self.assertEqual(str(quote.valid_until), "2026-03-20")

    def test_a_draft_may_end_sooner(self):
        quote = self.quote()
        quote.valid_until = quote._today()
        self.assertEqual(quote.valid_until, quote._today())

    def test_extending_into_the_past_is_refused(self):
        quote = self.sent_quote()
        for day in (quote._today() - timedelta(days=1), False):
            with self.assertRaisesRegex(UserError, "past"):
                quote.action_extend(day)

    def test_a_revision_takes_the_place_of_its_quote_when_it_is_sent(self):
        quote = self.sent_quote()
        action = quote.action_revise()
        self.assertEqual(quote.action_revise()["res_id"], action["res_id"])
        revision = quote.browse(action["res_id"])
        self.assertEqual((quote.state, revision.state), ("sent", "draft"))
        self.assertEqual(revision.amount_total, quote.amount_total)
        revision.action_mark_sent()
        self.assertEqual((quote.state, revision.state), ("superseded", "sent"))
        self.assertNotEqual(quote.name, revision.name)

    def test_an_accepted_quote_becomes_one_contract(self):
        quote = self.sent_quote()
        with self.assertRaisesRegex(UserError, "accepted"):
            quote.action_create_contract()
        quote.action_accept()
        first, again = quote.action_create_contract(), quote.action_create_contract()
        self.assertEqual(first["res_id"], again["res_id"])
        contract = self.env["bmasia.contract"].browse(first["res_id"])
        self.assertEqual(contract.amount_total, quote.amount_total)
        self.assertEqual((contract.quote_id, contract.state), (quote, "draft"))

    def test_a_quote_that_is_over_is_not_sent(self):
        quote = self.quote()
        with freeze_time(quote.valid_until + timedelta(days=3)):
            with self.assertRaisesRegex(UserError, "was valid until"):
                quote.action_mark_sent()

    def test_a_revision_of_what_was_accepted_meanwhile_is_not_sent(self):
        quote = self.quote()
        quote.action_mark_sent()
        quote.action_revise()
        quote.action_accept()
        with self.assertRaisesRegex(UserError, "has been accepted"):
            quote.revision_ids.action_mark_sent()
