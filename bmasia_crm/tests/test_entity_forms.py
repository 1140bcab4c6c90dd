"""A form that is not saved tells nothing of what its user may not read."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmCase
from .entities import EntityWorld


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
