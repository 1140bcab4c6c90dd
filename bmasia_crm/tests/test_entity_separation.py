"""What working for one entity means in daily work, and what both entities share."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.modules.module import load_script
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import file_path

from .common import CrmCase
from .entities import EntityWorld

DOCUMENTS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice", "bmasia.receipt")


class SeparationCase(EntityWorld, CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.thai = cls.staff[cls.thailand]
        cls.hong_kong = cls.staff[cls.hongkong]

    def figures(self, user, companies=None):
        """The first screen of a user, with these companies ticked in the menu."""
        context = {"allowed_company_ids": companies.ids} if companies else {}
        screen = self.env["bmasia.dashboard"].with_user(user).with_context(**context)
        return screen.get_figures()

    def counts(self, figures):
        return {figure["key"]: figure["count"] for figure in figures["figures"]}


@tagged("post_install", "-at_install")
class TestFigures(SeparationCase):
    def test_the_first_screen_counts_and_sums_one_s_own_entities(self):
        both = self.counts(self.figures(self.norbert))
        parts = [
            self.counts(self.figures(people["manager"]))
            for people in self.staff.values()
        ]
        for key in both.keys() - {"companies"}:
            with self.subTest(figure=key):
                self.assertEqual(both[key], sum(part[key] for part in parts))
        self.assertEqual({part["companies"] for part in parts}, {both["companies"]})
        self.assertTrue(both["active_contracts"] > parts[0]["active_contracts"] > 0)

    def test_nobody_asks_the_first_screen_for_another_entity(self):
        screen = self.env["bmasia.dashboard"].with_user(self.thai["manager"])
        counts = self.counts(screen.get_figures(entity_id=self.hongkong.id))
        counts.pop("companies")
        self.assertEqual(set(counts.values()), {0})

    def test_the_company_menu_filters_first_screen_and_lists(self):
        whole = self.figures(self.norbert)
        self.assertEqual(len(whole["entities"]), 2)
        for entity, people in self.staff.items():
            ticked = self.figures(self.norbert, entity)
            alone = self.figures(people["manager"])
            self.assertEqual(self.counts(ticked), self.counts(alone))
            self.assertEqual([row["id"] for row in ticked["entities"]], entity.ids)
            for model in (*DOCUMENTS, "document.number", "mail.delivery"):
                found = self.env[model].with_user(self.norbert)
                found = found.with_context(allowed_company_ids=entity.ids).search([])
                self.assertEqual(found.company_id - entity, entity.browse(), model)
                self.assertTrue(found.filtered("company_id"))

    def test_figures_on_a_customer_count_what_one_may_see(self):
        names = ["quote_count", "contract_count", "invoice_count", "payment_count"]
        whole = self.hilton.with_user(self.norbert).read(names)[0]
        parts = [
            self.hilton.with_user(people["manager"]).read(names)[0]
            for people in self.staff.values()
        ]
        for name in names:
            self.assertEqual(whole[name], sum(part[name] for part in parts), name)
            self.assertTrue(all(part[name] for part in parts), name)

    def test_groups_of_shared_records_leave_out_hidden_documents(self):
        contract = self.documents[self.hongkong][1]
        zone = self.env["bmasia.zone"].create(
            {
                "name": "Lobby",
                "customer_id": self.hilton.id,
                "contract_ids": [Command.set(contract.ids)],
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        zones = self.env["bmasia.zone"].with_user(self.thai["manager"])
        groups = zones.formatted_read_group(
            [("id", "=", zone.id)], ["contract_ids"], ["__count"]
        )
        self.assertEqual([group["contract_ids"] for group in groups], [False])
        self.assertFalse(zone.with_user(self.thai["manager"]).contract_ids)

    def test_a_search_of_customers_tells_nothing_of_their_documents(self):
        companies = self.env["bmasia.company"].with_user(self.thai["manager"])
        hidden = self.documents[self.hongkong][2]
        for domain in (
            [("invoice_ids.name", "=", hidden.name)],
            [("quote_ids.internal_note", "like", self.mark_of(self.hongkong))],
            [("invoice_ids", "in", hidden.ids)],
        ):
            with self.subTest(domain=domain):
                self.assertFalse(companies.search(domain))


@tagged("post_install", "-at_install")
class TestInside(SeparationCase):
    """Nothing is made in another entity, moved there or tied to what is there."""

    def test_a_new_document_belongs_to_one_s_own_entity(self):
        foreign = {"customer_id": self.hilton.id, "company_id": self.hongkong.id}
        for model in DOCUMENTS[:3]:
            documents = self.env[model].with_user(self.thai["manager"])
            with self.assertRaisesRegex(AccessError, "not among your companies"):
                documents.create(foreign)
            documents.create({"customer_id": self.hilton.id})

    def test_the_customer_of_another_entity_is_not_billed_by_oneself_unasked(self):
        abroad = self.make_company("Soneva", country="base.mv")
        quotes = self.env["bmasia.quote"].with_user(self.thai["user"])
        with self.assertRaisesRegex(AccessError, "BMAsia Limited"):
            quotes.create({"customer_id": abroad.id})
        chosen = {"customer_id": abroad.id, "company_id": self.thailand.id}
        self.assertEqual(quotes.create(chosen).company_id, self.thailand)

    def test_who_did_not_tick_the_entity_is_told_to(self):
        quotes = self.env["bmasia.quote"].with_user(self.nikki)
        quotes = quotes.with_context(allowed_company_ids=self.thailand.ids)
        with self.assertRaisesRegex(AccessError, "company menu"):
            quotes.create(
                {"customer_id": self.hilton.id, "company_id": self.hongkong.id}
            )

    def test_a_draft_is_not_moved_to_another_entity(self):
        draft = self.quote(user=self.thai["user"])
        abroad = self.make_company("Soneva", country="base.mv")
        contact = {"partner_id": abroad.partner_id.id}
        for change in (
            {"company_id": self.hongkong.id},
            {"customer_id": abroad.id, **contact},
        ):
            with self.subTest(change), self.assertRaises(AccessError):
                draft.write(change)

    def test_nothing_is_handed_over_to_another_entity(self):
        """Whatever names its entity itself, drafts and templates alike."""
        manager = self.thai["manager"]
        tried = []
        for model in self.entity_models():
            records = self.env[model._name].with_user(manager)
            if self.path_of(model) != "company_id" or not records.has_access("write"):
                continue
            tried.append(model._name)
            for record in self.records_of(model, self.thailand):
                with self.subTest(record=record):
                    with self.assertRaises(UserError):
                        record.with_user(manager).company_id = self.hongkong
                    self.assertEqual(record.company_id, self.thailand)
        self.assertIn("bmasia.contract.template", tried)

    def test_what_was_written_moves_with_a_draft(self):
        draft = self.quote(user=self.nikki)
        draft.message_post(body="Look here", message_type="comment")
        self.env["mail.delivery"].create({"model": draft._name, "res_id": draft.id})
        draft.company_id = self.hongkong
        for people, seen in ((self.hong_kong, True), (self.thai, False)):
            user = people["manager"]
            message = draft.message_ids[:1].with_user(user)
            self.assertEqual(message.has_access("read"), seen)
            row = draft.sudo().delivery_ids.with_user(user)
            self.assertEqual(row.has_access("read"), seen)

    def test_nobody_points_at_a_document_that_they_do_not_see(self):
        quote, contract, invoice, _payment = self.documents[self.hongkong]
        manager = self.thai["manager"]
        env = self.env(user=manager)
        mine = {"customer_id": self.hilton.id, "company_id": self.thailand.id}
        zone = self.env["bmasia.zone"].create(
            {"name": "Lobby", "customer_id": self.hilton.id}
        )
        line = {"name": "x", "quantity": 1, "unit_price": 1}
        own = self.quote(user=manager)
        for act in (
            lambda: env["bmasia.contract"].create({**mine, "quote_id": quote.id}),
            lambda: env["bmasia.invoice"].create({**mine, "contract_id": contract.id}),
            lambda: env["bmasia.invoice"].create(
                {**mine, "schedule_ids": [Command.link(contract.schedule_ids[:1].id)]}
            ),
            lambda: invoice.with_env(env).action_register_payment(1),
            lambda: env["bmasia.payment"].register(
                self.hilton.id,
                self.thailand.id,
                1,
                allocations=[{"invoice_id": invoice.id}],
            ),
            lambda: env["bmasia.quote.line"].create({**line, "quote_id": quote.id}),
            lambda: own.line_ids.write({"quote_id": quote.id}),
            lambda: env["bmasia.location"].create(
                {"name": "x", "contract_id": contract.id}
            ),
            lambda: zone.with_user(manager).write(
                {"contract_ids": [Command.link(contract.id)]}
            ),
            lambda: zone.with_user(manager).write(
                {"contract_ids": [Command.set(contract.ids)]}
            ),
            lambda: self.hilton.with_user(manager).write(
                {"quote_ids": [Command.update(quote.id, {"note": "x"})]}
            ),
        ):
            # UserError: what the system writes is nobody's to write
            self.assertIsInstance(self.answered(act), UserError)

    def test_what_belongs_together_is_of_one_entity(self):
        """Also for who works for both."""
        _quote, contract, _invoice, _payment = self.documents[self.hongkong]
        period = self.active_contract(company_id=self.hongkong.id).schedule_ids[:1]
        template = self.env["bmasia.contract.template"].search(
            [("company_id", "=", self.hongkong.id)], limit=1
        )
        here = {"customer_id": self.hilton.id, "company_id": self.thailand.id}
        for model, link in (
            ("bmasia.invoice", {"contract_id": contract.id}),
            ("bmasia.invoice", {"schedule_ids": [Command.link(period.id)]}),
            ("bmasia.contract", {"renewed_from_id": contract.id}),
            ("bmasia.contract", {"template_id": template.id}),
        ):
            with self.subTest(link), self.assertRaises(ValidationError):
                self.env[model].create({**here, **link})

    def test_what_follows_from_a_document_stays_in_its_entity(self):
        for entity, people in self.staff.items():
            quote, contract, invoice, payment = self.documents[entity]
            manager = people["manager"]
            renewal = contract.with_user(manager).action_renew()
            note = invoice.with_user(manager).action_credit("Wrong", None)
            made = [
                self.env[action["res_model"]].browse(action["res_id"])
                for action in (renewal, note)
            ]
            for document in (quote, contract, invoice, payment, *made):
                self.assertEqual(document.company_id, entity, document)

    @freeze_time("2026-03-05 05:00:00")  # the same day at both desks
    def test_numbers_go_on_without_a_gap_whoever_sees_the_others(self):
        """The preset per day counts both entities in one series."""
        numbers = []
        for people in (self.thai, self.hong_kong, self.thai):
            quote = self.quote(
                user=people["user"], company_id=people["user"].company_id.id
            )
            quote.action_mark_sent()
            numbers.append(int(quote.name.rpartition("-")[2]))
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 3)))

    def test_a_bulk_send_of_two_entities_needs_both(self):
        """Its name counts the documents of each; who works for one of them reads the
        lines of that one alone."""
        quotes = self.quote(company_id=self.hongkong.id) | self.quote()
        action = quotes.action_send()
        batch = self.env["document.send.batch"].browse(action["res_id"])
        for entity, people in self.staff.items():
            for role in ("user", "finance", "manager"):
                self.env.invalidate_all()
                mine = batch.with_user(people[role])
                self.assertFalse(mine.search([("id", "=", batch.id)]))
                with self.assertRaises(AccessError):
                    mine.read(["name"])
                lines = mine.env["document.send.batch.line"]
                lines = lines.search([("batch_id", "=", batch.id)])
                self.assertEqual(lines.company_id, entity)
                self.assertTrue(lines.read(["state"]), "without reading the batch")
        self.env.invalidate_all()
        self.assertEqual(batch.with_user(self.nikki).total, 2)
        with self.assertRaises(AccessError):
            quotes.with_user(self.thai["manager"]).action_send()

    def test_customers_are_merged_by_who_works_for_all_that_billed_them(self):
        other = self.make_company("Hilton", country="base.th")
        with self.assertRaisesRegex(AccessError, "Another billing entity"):
            self.hilton.with_user(self.thai["manager"]).action_merge_into(other.id)
        ticked = self.hilton.with_user(self.norbert)
        ticked = ticked.with_context(allowed_company_ids=self.thailand.ids)
        ticked.action_merge_into(other.id)
        self.assertEqual(
            set(other.sudo().invoice_ids.company_id), {*self.thailand, *self.hongkong}
        )


@tagged("post_install", "-at_install")
class TestWho(SeparationCase):
    def test_allowed_companies_count_from_the_next_click_on(self):
        user, document = self.thai["user"], self.documents[self.hongkong][0]
        mine = document.with_user(user)
        self.assertFalse(mine.has_access("read"))
        user.company_ids |= self.hongkong
        self.assertTrue(mine.has_access("read"))
        user.company_ids -= self.hongkong
        self.assertFalse(mine.has_access("read"))

    def test_crons_go_over_all_entities(self):
        contracts = self.active_contract() | self.active_contract(
            company_id=self.hongkong.id
        )
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(
            contracts.invoice_ids.company_id, self.thailand | self.hongkong
        )

    def test_a_follower_of_another_entity_gets_nothing(self):
        quote = self.quote()
        followers = self.thai["user"] | self.hong_kong["user"]
        quote.message_subscribe(followers.partner_id.ids + self.somchai.ids)
        message = quote.with_env(self.env).message_post(
            body="The new price",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        told = message.sudo().notification_ids.res_partner_id
        mine = followers.partner_id | self.somchai
        self.assertEqual(told & mine, self.thai["user"].partner_id | self.somchai)

    def test_who_loses_an_entity_loses_what_they_wrote_and_were_told_there(self):
        user, quote = self.thai["user"], self.documents[self.thailand][0]
        mine = quote.with_user(user)
        own = mine.message_post(body="Mine", message_type="comment")
        told = quote.message_post(
            body="For you", message_type="comment", partner_ids=user.partner_id.ids
        ).with_user(user)
        self.assertTrue((own | told).has_access("read"))
        user.write({"company_id": self.hongkong.id, "company_ids": self.hongkong.ids})
        for message in (own, told):
            self.assertFalse(message.has_access("read"))
        found = (
            self.env["mail.message"]
            .with_user(user)
            .search([("model", "=", quote._name)])
        )
        self.assertNotIn(quote.id, found.mapped("res_id"))

    def test_a_manager_of_deliveries_sees_those_of_their_entities(self):
        rows = self.env["mail.delivery"].with_user(self.thai["manager"]).search([])
        self.assertEqual(rows.company_id, self.thailand)
        private = self.env["mail.delivery"].create({"recipient": "a@example.com"})
        self.assertTrue(private.with_user(self.thai["manager"]).has_access("read"))


@tagged("post_install", "-at_install")
class TestShared(SeparationCase):
    def test_everybody_works_on_customers_contacts_and_zones_of_all(self):
        abroad = self.make_company("Soneva", country="base.mv")
        self.assertEqual(abroad.billing_entity_id, self.hongkong)
        entity = {"billing_entity_id": {"fields": {"display_name": {}}}}
        for people in self.staff.values():
            for user in people.values():
                self.env.invalidate_all()
                mine = abroad.with_user(user)
                (shown,) = mine.web_read({"name": {}, "quote_count": {}, **entity})
                name = shown["billing_entity_id"]["display_name"]
                self.assertEqual(name, "BMAsia Limited")
                mine.write({"phone": "+960 1234567", "name": f"Soneva of {user.name}"})
                mine.zone_ids.create({"name": "Lobby", "customer_id": abroad.id})
                self.assertIn(abroad, mine.search([("name", "like", "Soneva")]))

    def test_an_own_draft_for_them_may_be_made_by_anybody(self):
        abroad = self.make_company("Soneva", country="base.mv")
        quote = self.quote(
            user=self.thai["user"], customer_id=abroad.id, company_id=self.thailand.id
        )
        quote.action_mark_sent()
        self.assertEqual(quote.company_id, self.thailand)


@tagged("post_install", "-at_install")
class TestDialogs(SeparationCase):
    """Dialogs of whichever addon, opened for a document of another entity by a program
    that says so."""

    def dialogs(self, document):
        """``(model, values)`` of each dialog that can be told a document."""
        for model in self.env.values():
            if not model._transient or model._abstract:
                continue
            values = {
                name: self.about(document, model._fields[name])
                for name in ("model", "res_model", "res_model_id", "res_id", "res_ids")
                if name in model._fields
            }
            values |= {
                name: f"{document._name},{document.id}"
                for name, field in model._fields.items()
                if field.type == "reference"
            }
            if "template_id" in model._fields:
                values["template_id"] = self.env.ref(document._mail_template).id
            if values:
                yield model, values

    def about(self, document, field):
        if field.name == "res_model_id":
            return self.env["ir.model"]._get_id(document._name)
        if field.name == "res_ids":
            return str(document.ids)
        return document.id if field.name == "res_id" else document._name

    def test_no_dialog_tells_anything_of_the_document(self):
        tried = set()
        for entity, other in self.pairs():
            user = self.staff[other]["manager"]
            for document in self.documents[entity]:
                for model, values in self.dialogs(document):
                    mine = model.with_user(user)
                    specification = dict.fromkeys(model._fields, {})
                    for ask in (
                        lambda m=mine, v=values: m.create(v).read(),
                        lambda m=mine, v=values, s=specification: m.onchange(
                            v, list(v), s
                        ),
                    ):
                        told = repr(self.answered(ask))
                        with self.subTest(model=model._name, about=document._name):
                            tried.add(model._name)
                            self.assertNotIn(self.mark_of(entity), told)
                            self.assertNotIn(document.name, told)
        self.assertGreater(len(tried), 5)


@tagged("post_install", "-at_install")
class TestUpgrade(SeparationCase):
    def migrate(self, name):
        """:returns: what was logged, with its values"""
        path = file_path(f"bmasia_crm/migrations/19.0.1.2.0/{name}.py")
        script, said = load_script(path, name), []
        if hasattr(script, "_logger"):
            self.patch(script._logger, "info", lambda *words: said.append(words))
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.1.2")
        self.env.invalidate_all()
        return said

    def test_nobody_loses_sight_of_a_document(self):
        empty = self.env["res.company"].create({"name": "No Documents"})
        stranger = new_test_user(self.env, "stranger@example.com", "base.group_user")
        before = stranger.company_ids
        gone = self.thai["user"]
        gone.active = False
        said = self.migrate("post-companies")
        for people in self.staff.values():
            for user in people.values():
                self.assertEqual(user.company_ids, self.thailand | self.hongkong)
                self.assertNotIn(empty, user.company_ids)
                for entity in self.staff:
                    document = self.documents[entity][0].with_user(user)
                    self.assertTrue(document.has_access("read"))
        self.assertEqual(stranger.company_ids, before)
        self.assertIn(gone.login, [login for _sentence, login, _names in said])
        self.assertFalse(self.migrate("post-companies"), "a second run changes nothing")

    def test_mails_from_before_get_their_entity(self):
        """Of the kinds of documents that there were then."""
        kinds = "model IN ('bmasia.quote', 'bmasia.contract', 'bmasia.invoice')"
        asked = [
            f"SELECT id, company_id FROM mail_delivery WHERE {kinds} ORDER BY id",
            f"SELECT id, record_company_id FROM mail_message WHERE {kinds} ORDER BY id",
        ]
        before = [self.rows(query) for query in asked]
        self.env.cr.execute("UPDATE mail_delivery SET company_id = NULL")
        self.env.cr.execute("UPDATE mail_message SET record_company_id = NULL")
        self.migrate("pre-entities")
        for query, rows in zip(asked, before, strict=True):
            self.assertTrue(rows)
            self.assertEqual(self.rows(query), rows)

    def rows(self, query):
        self.env.flush_all()
        self.env.cr.execute(query)
        return self.env.cr.fetchall()
