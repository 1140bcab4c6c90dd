"""A contract's locations, zones and signatories, proposed from lines and contacts."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestParties(CrmCase):
    def setUp(self):
        super().setUp()
        self.beats = self.env.ref("bmasia_crm.product_bb")
        self.support = self.env["product.product"].create(
            {"name": "Support", "billing_kind": "recurring", "type": "service"}
        )
        self.thailand.write({"document_signatory": "Chris"})
        self.somchai.function = "General Manager"

    def converted(self, *lines):
        quote = self.quote(*lines)
        quote.action_mark_sent()
        quote.action_accept()
        action = quote.action_create_contract()
        contract = self.env["bmasia.contract"].browse(action["res_id"])
        contract.without_clauses = True
        return contract

    def product_line(self, product, quantity):
        return self.line(100, quantity, product_id=product.id)

    def test_a_quote_brings_locations_by_platform(self):
        contract = self.converted(
            self.line(14000, 3),
            self.line(14000, 2, name="Annexe"),
            self.product_line(self.beats, 4),
            self.product_line(self.support, 9),
            self.line(7000, 5, kind="one_time"),
        )
        found = contract.location_ids.mapped(
            lambda x: (x.name, x.platform, x.zone_count)
        )
        name = self.hilton.name
        self.assertEqual(found, [(name, "soundtrack", 5), (name, "beat_breeze", 4)])
        self.assertFalse(contract.zone_warning)

    def test_the_customer_s_zones_come_along_where_their_number_is_right(self):
        zones = self.env["bmasia.zone"].create(
            [{"name": n, "customer_id": self.hilton.id} for n in ("Lobby", "Pool")]
        )
        self.assertEqual(self.converted(self.line(100, 2)).zone_ids, zones)
        self.assertFalse(self.converted(self.line(100, 3)).zone_ids)

    def test_a_mismatch_is_named(self):
        contract = self.converted(self.line(100, 2), self.product_line(self.beats, 1))
        contract.line_ids[0].quantity = 3
        self.assertEqual(
            contract.zone_warning,
            "Soundtrack: the lines have 3 zones, the locations 2.",
        )
        contract.action_take_zones()
        self.assertFalse(contract.zone_warning)
        contract.zone_ids = [
            Command.create({"name": "Bar", "customer_id": self.hilton.id})
        ]
        self.assertIn("by name: 1", contract.zone_warning)

    def test_lines_without_music_have_no_zones_to_take(self):
        contract = self.converted(self.line(7000, kind="one_time"))
        self.assertFalse(contract.location_ids or contract.zone_warning)
        with self.assertRaisesRegex(UserError, "no music zone"):
            contract.action_take_zones()

    def test_who_decides_signs_for_the_customer(self):
        signers = self.converted(self.line()).signatory_ids
        self.assertEqual(signers.mapped("name"), ["Chris", "Somchai"])
        self.assertEqual(signers.mapped("side"), ["seller", "customer"])
        self.anong.write({"contact_type": "decision_maker", "function": "Owner"})
        signers = self.converted(self.line()).signatory_ids
        self.assertEqual(signers.mapped("title"), [False, "Owner"])

    def test_several_people_sign(self):
        contract = self.converted(self.line())
        contract.signatory_ids = [
            Command.create({"name": "Lek", "authority": "Power of attorney of 1 May"}),
            Command.create({"name": "Noi", "entity": "Hilton Hotels (Thailand) Ltd."}),
        ]
        self.assertEqual(len(contract.signatory_ids), 4)
        contract.action_mark_sent()
        contract.action_activate(contract._today())
        contract.signatory_ids[
            -1
        ].unlink()  # a correction; the document is printed anew
        self.assertEqual(len(contract.signatory_ids), 3)

    def test_what_was_signed_is_corrected_by_managers_only(self):
        contract = self.converted(self.line())
        contract.action_mark_sent()
        contract.action_activate(contract._today())
        template = self.env["bmasia.contract.template"].create({"name": "Other"})
        values = {
            "terms": "Pay to another account",
            "term_months": 48,
            "template_id": template.id,
            "notice_days": 1,
        }
        ours = contract.with_user(self.nikki)
        for name, value in values.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "is signed"):
                ours.write({name: value})
        with self.assertRaisesRegex(UserError, "is signed"):
            ours.signatory_ids[:1].name = "Nobody asked"
        ours.property_name = "Hilton Pattaya, Tower"
        contract.with_user(self.norbert).terms = "Corrected"
        self.assertEqual(contract.terms, "Corrected")

    def test_where_it_plays_and_who_signs_stay_when_a_contract_is_closed(self):
        contract = self.converted(self.line())
        contract.action_mark_sent()
        contract.action_activate(contract._today())
        other = self.converted(self.line())
        contract.action_cancel("Closed for good")
        ours = contract.with_user(self.nikki)
        for rows in (ours.location_ids, ours.signatory_ids):
            changes = {
                "create": lambda rows=rows: rows.create(
                    {"name": "x", "contract_id": contract.id}
                ),
                "write": lambda rows=rows: rows.write({"name": "x"}),
                "move": lambda rows=rows: rows.write({"contract_id": other.id}),
                "unlink": rows.unlink,
            }
            for way, change in changes.items():
                with self.subTest(way, model=rows._name):
                    with self.assertRaisesRegex(UserError, "can no longer change"):
                        change()
            with self.assertRaisesRegex(UserError, "stays on its document"):
                other[rows._listed_as].contract_id = contract
