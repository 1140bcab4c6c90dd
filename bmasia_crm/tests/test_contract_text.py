"""Clauses: the shipped samples, variables, blocks, preview; what a change changes."""

import re

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.document_flow.tools.variables import VARIABLE

from .documents import DocumentCase
from .documents import words as printed_words

SAMPLES = ("th_syb", "th_bb", "hk_syb", "hk_bb")
LANGUAGES = ("en_US", "th_TH")


@tagged("post_install", "-at_install")
class TestSamples(DocumentCase):
    def texts(self, template, lang):
        sections = template.with_context(lang=lang).section_ids
        return [(section.name, str(section.body)) for section in sections]

    def test_the_four_samples_are_marked_and_ask_only_for_what_there_is(self):
        known = set(self.env["bmasia.contract"]._template_variables())
        for name in SAMPLES:
            template = self.template(name)
            self.assertTrue(template.is_sample)
            self.assertIn("(sample)", template.name)
            self.assertGreaterEqual(len(template.section_ids), 12)
            for heading, body in self.texts(template, "en_US"):
                self.assertLessEqual(set(VARIABLE.findall(heading + body)), known)

    def test_each_is_there_in_thai_with_the_same_variables(self):
        self.speak_thai()
        for name in SAMPLES:
            template = self.template(name)
            english = self.texts(template, "en_US")
            thai = self.texts(template, "th_TH")
            for (heading, body), (thai_heading, thai_body) in zip(
                english, thai, strict=True
            ):
                self.assertNotEqual(heading, thai_heading)
                self.assertEqual(
                    set(VARIABLE.findall(body)), set(VARIABLE.findall(thai_body))
                )
                words = re.sub(r"<[^>]+>|\{\{.*?\}\}", "", thai_body)
                left = set(re.findall(r"[A-Za-z]{3,}", words))
                self.assertLessEqual(
                    left, {"Soundtrack", "Your", "Brand", "Beat", "Breeze"}
                )

    def test_licence_and_law_follow_product_and_entity(self):
        law = {"th": "Kingdom of Thailand", "hk": "Hong Kong Special"}
        licence = {"syb": "public performance is not", "bb": "includes every licence"}
        for name in SAMPLES:
            entity, product = name.split("_")
            text = " ".join(body for _h, body in self.texts(self.template(name), None))
            self.assertIn(law[entity], text)
            self.assertIn(licence[product], text)
            self.assertEqual("Value added tax" in text, entity == "th")

    def test_term_and_notice_are_the_contracts_own(self):
        contract = self.contract(
            self.hotel,
            template_id=self.template("th_syb").id,
            term_months=30,
            notice_days=45,
        )
        text = self.flat(contract)
        self.assertIn("for 30 months, from 1 January 2026 until 30 June 2028", text)
        self.assertIn("at least 45 days before", text)

    def test_own_terms_replace_the_default_whole(self):
        template = self.template("th_syb")
        values = {"template_id": template.id, "terms": "Payable in two halves."}
        text = self.flat(self.contract(self.hotel, **values))
        self.assertEqual(text.count("Payable in two halves."), 1)
        self.assertNotIn("Payable within 30 days.", text)

    def test_each_prints_with_its_tables_once(self):
        for name in SAMPLES:
            customer = self.hotel if name.startswith("th") else self.bar
            text = self.flat(
                self.contract(
                    customer,
                    template_id=self.template(name).id,
                    location_ids=[Command.create({"name": "Lobby", "zone_count": 2})],
                )
            )
            for words in ("Lobby", "Unit price", "SWIFT", "Payable within 30 days."):
                self.assertEqual(text.count(words), 1, f"{name}: {words}")
            for words in ("For the provider", "For the customer"):
                self.assertEqual(text.count(words), 1, f"{name}: {words}")
            self.assertNotIn("{{", text)


@tagged("post_install", "-at_install")
class TestClauses(DocumentCase):
    def make_template(self, *sections, **values):
        commands = [
            Command.create({"name": f"Clause {n}", "sequence": n, **section})
            for n, section in enumerate(sections)
        ]
        return self.env["bmasia.contract.template"].create(
            {"name": "Test", "section_ids": commands, **values}
        )

    def bodies(self, contract):
        return [str(section["body"]) for section in contract._sections()]

    def test_a_clause_may_belong_to_a_product_or_an_entity(self):
        template = self.make_template(
            {"body": "<p>all</p>"},
            {"body": "<p>own music</p>", "platform": "beat_breeze"},
            {"body": "<p>streams</p>", "platform": "soundtrack"},
            {"body": "<p>Hong Kong</p>", "company_id": self.hong_kong.id},
        )
        mixed = [
            Command.create({"name": "a", "platform": "soundtrack"}),
            Command.create({"name": "b", "platform": "beat_breeze"}),
        ]
        contract = self.contract(self.hotel, template_id=template.id)
        self.assertEqual(self.bodies(contract), ["<p>all</p>"])
        contract.location_ids = mixed[1:]
        self.assertEqual(self.bodies(contract), ["<p>all</p>", "<p>own music</p>"])
        contract.location_ids = mixed[:1]
        self.assertEqual(len(self.bodies(contract)), 3)
        other = self.contract(self.bar, template_id=template.id)
        self.assertEqual(self.bodies(other), ["<p>all</p>", "<p>Hong Kong</p>"])

    def test_values_are_text_and_not_markup(self):
        self.hotel.legal_name = "R&D <b>Hotels</b>"
        template = self.make_template({"body": "<p>{{legal_name}}</p>"})
        contract = self.contract(self.hotel, template_id=template.id)
        self.assertIn("R&D <b>Hotels</b>", self.flat(contract).split("Clause 0", 1)[1])

    def test_dangerous_markup_in_a_clause_is_dropped(self):
        hostile = (
            "<p onclick='x()'>kept</p><script>x()</script><img src='file:///etc/passwd'>"
            "<object data='http://127.0.0.1/'></object><style>@import 'x'</style>"
        )
        template = self.make_template({"body": hostile})
        body = str(template.section_ids.body)
        self.assertIn("kept", body)
        for word in ("script", "onclick", "object", "@import"):
            self.assertNotIn(word, body)
        contract = self.contract(self.hotel, template_id=template.id)
        self.assertIn("kept", self.flat(contract))

    def test_a_clause_stays_in_its_place(self):
        body = "<p>before</p><p style='position: fixed; top: 0'>lifted</p>"
        template = self.make_template({"body": body})
        contract = self.contract(self.hotel, template_id=template.id)
        tops = {word.text: word.top for word in printed_words(contract._render_pdf())}
        self.assertGreater(tops["lifted"], tops["before"])

    def test_what_went_out_keeps_its_clauses(self):
        template = self.make_template({"body": "<p>as agreed</p>"})
        contract = self.contract(self.hotel, template_id=template.id)
        contract.action_mark_sent()
        archived = contract._archived_pdf()
        template.section_ids.body = "<p>something else</p>"
        self.assertEqual(self.bodies(contract), ["<p>as agreed</p>"])
        self.assertEqual(contract._archived_pdf(), archived)
        other = self.make_template({"body": "<p>corrected</p>"})
        contract.template_id = other
        self.assertEqual(self.bodies(contract), ["<p>corrected</p>"])
        self.assertFalse(contract._archived_pdf(), "it says something else now")

    def test_an_unknown_variable_stops_printing_and_is_named(self):
        template = self.make_template({"body": "<p>{{colour_of_door}}</p>"})
        contract = self.contract(self.hotel, template_id=template.id)
        with self.assertRaisesRegex(UserError, "colour_of_door"):
            contract._render_pdf()

    def test_a_half_written_variable_stops_printing_and_is_shown(self):
        for clause in ("{{legal_name}", "{legal_name}}", "${legal_name}", "{% if x %}"):
            template = self.make_template({"body": f"<p>{clause}</p>"})
            contract = self.contract(self.hotel, template_id=template.id)
            with self.subTest(clause):
                with self.assertRaises(UserError) as refusal:
                    contract.action_mark_sent()
                self.assertIn("“Clause 0”", str(refusal.exception))
                self.assertIn(clause, str(refusal.exception))
                self.assertEqual(contract.state, "draft")
        # of a customer's name they are text
        self.hotel.legal_name = "Braces {{ Ltd }"
        template = self.make_template({"body": "<p>{{legal_name}}</p>"})
        contract = self.contract(self.hotel, template_id=template.id)
        self.assertIn("Braces {{ Ltd }", self.flat(contract))

    def test_own_terms_of_a_clause_are_found_however_they_are_spaced(self):
        template = self.make_template({"body": "<p>{{ payment_terms }}</p>"})
        values = {"template_id": template.id, "terms": "Payable in two halves."}
        text = self.flat(self.contract(self.hotel, **values))
        self.assertEqual(text.count("Payable in two halves."), 1)

    def test_what_is_corrected_after_it_went_out_prints_and_the_rest_stays(self):
        contract = self.contract(self.hotel, lang="en_US")
        contract.action_mark_sent()
        self.hotel.legal_name = "Renamed Ltd."
        self.thai.legal_name = "We Renamed Ltd."
        contact = self.env["res.partner"].create(
            {"name": "Khun Ploy", "parent_id": self.hotel.partner_id.id}
        )
        account = self.env["res.partner.bank"].create(
            {"acc_number": "DEMO-NEW-1", "partner_id": self.thai.partner_id.id}
        )
        contract.write({"partner_id": contact.id, "bank_account_id": account.id})
        text = self.flat(contract)
        for said in ("Khun Ploy", "DEMO-NEW-1"):
            self.assertIn(said, text)
        self.assertNotIn("Renamed", text)
        self.speak_thai()
        self.thai.with_context(lang="th_TH").document_address = "ถนนสุขุมวิท"
        contract.lang = "th_TH"
        self.assertIn("สุขุมวิท", self.flat(contract))

    def test_another_contact_of_a_sent_contract_reads_the_same_language(self):
        self.env["res.lang"]._activate_lang("th_TH")
        contract = self.contract(self.hotel, lang="en_US")
        contract.action_mark_sent()
        contract.partner_id = self.env["res.partner"].create(
            {"name": "Ploy", "lang": "th_TH", "parent_id": self.hotel.partner_id.id}
        )
        self.assertEqual(contract.lang, "en_US")

    def test_clauses_follow_the_locations_also_when_these_are_corrected(self):
        template = self.make_template(
            {"body": "<p>own music</p>", "platform": "beat_breeze"},
            {"body": "<p>streams</p>", "platform": "soundtrack"},
        )
        place = Command.create({"name": "Lobby", "platform": "soundtrack"})
        contract = self.contract(
            self.hotel, template_id=template.id, location_ids=[place]
        )
        contract.action_mark_sent()
        template.section_ids.body = "<p>changed since</p>"
        contract.location_ids.platform = "beat_breeze"
        self.assertEqual(self.bodies(contract), ["<p>own music</p>"])

    def test_zones_of_a_sent_contract_stay_when_the_customer_s_list_changes(self):
        zones = self.env["bmasia.zone"].create(
            [{"name": name, "customer_id": self.hotel.id} for name in ("Lobby", "Bar")]
        )
        template = self.make_template({"body": "<p>Zones:</p>", "block": "zones"})
        contract = self.contract(
            self.hotel, template_id=template.id, zone_ids=[Command.set(zones.ids)]
        )
        contract.action_mark_sent()
        kept = contract.archive_ids
        zones[0].name = "Renamed"
        zones[1].unlink()
        self.assertEqual(contract._archive_pdf(), kept)
        contract.write({"zone_ids": [Command.set(zones[:1].ids)]})
        self.assertIn("Renamed", self.flat(contract._archive_pdf().raw))

    def test_boxes_in_boxes_of_a_clause_stand_below_each_other(self):
        """WeasyPrint lays each level out twice: twelve of them took minutes."""
        body = "<div style='display: FLEX' class='qr'><p>upper</p><p>lower</p></div>"
        template = self.make_template({"body": body})
        self.assertNotIn("class", str(template.section_ids.body))
        contract = self.contract(self.hotel, template_id=template.id)
        found = printed_words(contract._render_pdf())
        tops = {word.text: word.top for word in found}
        self.assertGreater(tops["lower"], tops["upper"] + 5)

    def test_200_zones_repeat_their_head(self):
        zones = self.env["bmasia.zone"].create(
            [{"name": f"Zone {n}", "customer_id": self.hotel.id} for n in range(200)]
        )
        template = self.make_template({"body": "<p>Zones:</p>", "block": "zones"})
        contract = self.contract(
            self.hotel, template_id=template.id, zone_ids=[Command.set(zones.ids)]
        )
        pages = [page.extract_text() for page in self.pages(contract)]
        tables = [text for text in pages if re.search(r"Zone \d", text)]
        self.assertGreater(len(tables), 3)
        for text in tables:
            self.assertRegex(text, r"Zone\s+Service|Zone\n+Service")


@tagged("post_install", "-at_install")
class TestPreview(DocumentCase):
    def test_the_preview_fills_in_a_real_contract_and_marks_what_it_lacks(self):
        contract = self.contract(self.hotel)
        template = self.env["bmasia.contract.template"].create(
            {
                "name": "Test",
                "section_ids": [
                    Command.create(
                        {
                            "name": "For {{legal_name}}",
                            "body": "<p>{{signatory_name}}, {{no_such}}, {half}</p>",
                        }
                    )
                ],
            }
        )
        template.preview_contract_id = contract
        preview = str(template.preview)
        self.assertIn("1. For บริษัท ตัวอย่าง โฮเทล", preview)
        for words in ("{{signatory_name}}", "{{no_such}}", "{half}"):
            self.assertIn(f'<mark class="text-danger">{words}</mark>', preview)

    def test_the_preview_begins_with_a_contract_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("th_TH")
        template = self.env["bmasia.contract.template"].create(
            {"name": "Test", "company_id": self.thai.id}
        )
        made = {lang: self.contract(self.hotel, lang=lang) for lang in LANGUAGES}
        seen = {
            lang: template.with_context(lang=lang).preview_contract_id
            for lang in LANGUAGES
        }
        self.assertEqual(seen, made)

    def test_the_picker_lists_every_variable_with_an_example(self):
        contract = self.contract(self.hotel)
        model = self.env["bmasia.contract.template"]
        listed = {item["name"]: item for item in model.variables(contract.id)}
        self.assertEqual(set(listed), set(contract._template_values()))
        self.assertEqual(listed["legal_name"]["example"], "บริษัท ตัวอย่าง โฮเทล")
        self.assertTrue(all(item["label"] for item in listed.values()))
        self.assertFalse(any(item["example"] for item in model.variables()))

    def test_a_visitor_sees_no_contract_through_the_picker(self):
        contract = self.contract(self.hotel)
        visitor = new_test_user(self.env, "picker-portal", "base.group_portal")
        model = self.env["bmasia.contract.template"].with_user(visitor)
        with self.assertRaises(AccessError):
            model.variables(contract.id)
