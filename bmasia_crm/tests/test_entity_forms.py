"""A form that is not saved tells nothing of what its user may not read."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.document_flow.wizard.document_wizard_mixin import LINKS

from .common import CrmCase
from .entities import EntityWorld

DIALOG = "document.wizard.mixin"


@tagged("post_install", "-at_install")
class TestForms(EntityWorld, CrmCase):
    def links(self, entity):
        """What every model of ours links to, with a record of the entity."""
        for name in sorted(self.env.registry):
            for field in self.env[name]._fields.values():
                if name.startswith("bmasia.") and field.type == "many2one":
                    linked = self.env[field.comodel_name]
                    if linked._name.startswith("bmasia.") and "company_id" in linked:
                        mine = [("company_id", "=", entity.id)]
                        yield name, field, linked.search(mine, limit=1)

    def test_a_form_names_no_record_of_the_other_entity(self):
        tried = 0
        for entity, other in self.pairs():
            user = self.staff[other]["manager"]
            for name, field, record in self.links(entity):
                model = self.env[name].with_user(user)
                if not record or model._abstract or not model.has_access("create"):
                    continue
                tried += 1
                for value in (record.id, {"id": record.id}):
                    with (
                        self.subTest(model=name, field=field.name, value=value),
                        self.assertRaises(AccessError),
                    ):
                        form = {**self.form_of(model, other), field.name: value}
                        model.onchange(form, [field.name], {})
        self.assertGreater(tried, 60)

    def form_of(self, model, entity):
        """What a dialog is opened for, of an entity: without it, it is refused."""
        field = model._fields.get(getattr(model, "_opened_for", ""))
        if not field or field.type != "many2one":
            return {}
        linked = self.env[field.comodel_name]
        mine = [("company_id", "=", entity.id)] if "company_id" in linked else []
        return {field.name: linked.search(mine, limit=1).id}

    def test_nor_does_a_line_in_a_form(self):
        for entity, other in self.pairs():
            invoice = self.documents[entity][2]
            notes = self.env["bmasia.billing.note"].with_user(
                self.staff[other]["finance"]
            )
            line = Command.create({"invoice_id": invoice.id})
            with self.assertRaises(AccessError):
                notes.onchange({"line_ids": [line]}, ["line_ids"], {})

    def test_nor_does_what_the_context_gives(self):
        for entity, other in self.pairs():
            matches = self.env["bmasia.bank.match"].with_user(
                self.staff[other]["finance"]
            )
            named = matches.with_context(
                default_invoice_id=self.documents[entity][2].id
            )
            with self.assertRaises(AccessError):
                named.onchange({}, [], {"invoice_id": {}, "amount_due": {}})

    def test_own_records_fill_the_form(self):
        invoice = self.documents[self.thailand][2]
        user = self.staff[self.thailand]["finance"]
        matches = self.env["bmasia.bank.match"].with_user(user)
        spec = {"amount_due": {}}
        filled = matches.onchange({"invoice_id": invoice.id}, ["invoice_id"], spec)
        self.assertEqual(filled["value"]["amount_due"], invoice.amount_due)

    def test_what_is_stored_already_may_stay(self):
        """A contract of one entity below a master agreement of the other is edited."""
        master = self.documents[self.hongkong][1]
        contract = self.documents[self.thailand][1].copy()
        self.env.cr.execute(
            "UPDATE bmasia_contract SET master_contract_id = %s WHERE id = %s",
            (master.id, contract.id),
        )
        contract.invalidate_recordset()
        mine = contract.with_user(self.staff[self.thailand]["user"])
        form = {"master_contract_id": master.id, "internal_note": "x"}
        mine.onchange(form, ["internal_note"], {})
        with self.assertRaises(AccessError):
            mine.onchange({"renewed_from_id": master.id}, ["renewed_from_id"], {})

    def test_no_dialog_names_a_record_of_the_other_entity(self):
        """In whichever field: what a dialog links to, it tells the name of."""
        tried = set()
        for entity, other in self.pairs():
            user = self.staff[other]["manager"]
            for model, field, record in self.dialog_links(entity):
                mine = self.env[model].with_user(user)
                form = self.form_of(mine, other)
                tried.add(f"{model}.{field.name}")
                for act in (
                    lambda m=mine, f=form, v={field.name: record}: m.create({**f, **v}),
                    lambda m=mine, f=form, n=field.name, r=record: m.with_context(
                        **{f"default_{n}": r}
                    ).create({k: v for k, v in f.items() if k != n}),
                ):
                    with self.subTest(model=model, field=field.name):
                        self.assertIsInstance(self.answered(act), AccessError)
        self.assertGreater(len(tried), 20)
        self.assertLessEqual(
            {
                "bmasia.payment.wizard.payment_id",
                "bmasia.payment.wizard.line.document",
                "bmasia.change.effect.draft",
                "bmasia.chain.wizard.line.renewal_id",
                "document.send.wizard.document",
            },
            tried,
        )

    def dialog_links(self, entity):
        """What each field of a dialog may link to, of the entity, as it is written."""
        for name in sorted(self.env.registry.descendants([DIALOG], "_inherit")):
            model = self.env[name]
            for field in model._fields.values():
                if model._abstract or field.type not in LINKS or not field.store:
                    continue
                if field.type == "reference":
                    names = [row[0] for row in field._description_selection(self.env)]
                else:
                    names = [field.comodel_name]
                for linked in map(self.env.get, names):
                    if getattr(linked, "_entity_path", "") and not linked._transient:
                        record = self.records_of(linked, entity)[:1]
                        if record:
                            yield name, field, self.as_written(field, record)

    def as_written(self, field, record):
        if field.type == "reference":
            return f"{record._name},{record.id}"
        return [Command.link(record.id)] if field.type == "many2many" else record.id

    def test_nor_does_a_dialog_that_is_open(self):
        for entity, other in self.pairs():
            user = self.staff[other]["manager"]
            contract = self.documents[other][1].with_user(user)
            hidden = self.documents[entity][1]
            chain = self.env["bmasia.chain.wizard"].with_user(user)
            own = {"contract_id": contract.id}
            line = {**own, "renewal_id": hidden.id}
            wizard = chain.create({"master_id": contract.id, "line_ids": []})
            lines = self.env["bmasia.chain.wizard.line"].with_user(user)
            row = lines.create({"wizard_id": wizard.id, **own})
            change = self.env["bmasia.change.wizard"].with_user(user).create(own)
            for act in (
                lambda r=row, h=hidden: r.write({"renewal_id": h.id}),
                lambda w=wizard, v=line: w.write({"line_ids": [Command.create(v)]}),
                lambda w=change, h=hidden: w.write(
                    {"period_id": h.sudo().schedule_ids[:1].id}
                ),
            ):
                self.assertIsInstance(self.answered(act), AccessError)
