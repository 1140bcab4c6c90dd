from unittest.mock import patch

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..fields import Secret
from .common import MODEL, PIN, SecretCase, new_key, use_keys


@tagged("post_install", "-at_install")
class TestWriteOnly(SecretCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(cls.env, "secret admin", "base.group_system")

    def seen(self, record):
        """Everything that reading a record gives away."""
        name = [record._fields["pin"].name]
        return [
            record.pin,
            record.read(name),
            record.read(),
            record.export_data(["name", "pin"]),
            record.copy_data(),
            record.mapped("pin"),
            record._read_format(name),
        ]

    def test_the_column_holds_an_envelope_bound_to_the_key(self):
        self.assertRegex(self.column(), r"^v2:[0-9a-f]{8}:gAAAA")
        self.assertNotIn(PIN, self.column())
        self.assertEqual(self.pin.reveal__(self.record), PIN)

    def test_nobody_reads_it_superuser_included(self):
        for record in (self.record, self.record.with_user(self.admin)):
            for invalidate in (False, True):
                if invalidate:
                    self.env.invalidate_all()
                seen = self.seen(record)
                self.assertFalse(record.pin)
                self.assertFalse(record.read(["pin"])[0]["pin"])
                self.assertNotIn(PIN, repr(seen))
                self.assertNotIn("v2:", repr(seen))

    def test_the_cache_never_holds_it(self):
        self.record.write({"pin": "second"})
        self.assertNotIn("second", repr(self.env.cache_key(self.pin)))
        cached = self.env.transaction.field_data[self.pin]
        self.assertEqual(set(cached.values()) - {None}, set())

    def test_nothing_but_a_text_is_taken(self):
        for value in (["x"], {"x": 1}, 1234, True, b"x"):
            for act in (
                lambda value=value: self.record.write({"pin": value}),
                lambda value=value: self.env[MODEL].create({"name": "x", "pin": value}),
            ):
                with self.subTest(value=value):
                    with self.assertRaisesRegex(UserError, "PIN.+ takes a text only"):
                        act()
        self.assertEqual(self.pin.reveal__(self.record), PIN)

    def test_it_is_written_by_create_write_and_assignment(self):
        created = self.env[MODEL].create({"name": "Bars", "pin": "by create"})
        self.assertEqual(self.pin.reveal__(created), "by create")
        created.pin = "by assignment"
        self.assertEqual(self.pin.reveal__(created), "by assignment")
        (created + self.record).write({"pin": "by write"})
        self.assertEqual(self.pin.reveal__(created), "by write")
        self.assertEqual(self.pin.reveal__(self.record), "by write")
        self.assertNotEqual(self.column(created), self.column())

    def test_writing_nothing_keeps_it(self):
        before = self.column()
        for nothing in (False, None, ""):
            self.record.write({"pin": nothing, "name": "Renamed"})
        self.assertEqual(self.column(), before)
        self.assertEqual(self.record.name, "Renamed")

    def test_it_is_forgotten_on_request_only(self):
        self.assertTrue(self.pin.is_set(self.record))
        self.pin.clear(self.record)
        self.assertFalse(self.pin.is_set(self.record))
        self.assertIsNone(self.column())
        self.assertIs(self.pin.reveal__(self.record), False)

    def test_a_record_without_value_has_none(self):
        empty = self.env[MODEL].create({"name": "Empty"})
        new = self.env[MODEL].new({"name": "New", "pin": "typed"})
        self.assertIs(self.pin.reveal__(empty), False)
        self.assertFalse(self.pin.is_set(new))
        self.assertFalse(self.pin.is_set(self.env[MODEL]))
        self.assertEqual(self.pin.with_value(self.record + empty), self.record)

    def test_a_copy_has_no_value(self):
        self.assertFalse(self.pin.is_set(self.record.copy()))
        self.assertNotIn("pin", self.record.copy_data()[0])

    def test_a_default_is_not_read_back(self):
        self.assertNotIn("pin", self.env[MODEL].default_get(["name", "pin"]))

    @mute_logger("odoo.orm.domains")
    def test_nobody_searches_sorts_or_groups_by_it(self):
        for domain in (
            [("pin", "=", PIN)],
            [("pin", "like", "v2:%")],
            [("pin", "!=", False)],
            [("pin", ">", "a")],
        ):
            with self.subTest(domain=domain), self.assertRaises(UserError):
                self.env[MODEL].search(domain)
        for call in (
            lambda model: model.search([], order="pin"),
            lambda model: model._read_group([], ["pin"], ["__count"]),
            lambda model: model._read_group([], [], ["pin:array_agg"]),
        ):
            with self.assertRaises(ValueError):
                call(self.env[MODEL])
        description = self.env[MODEL].fields_get(["pin"])["pin"]
        for ability in ("searchable", "sortable", "groupable", "exportable"):
            self.assertFalse(description[ability], ability)

    def test_a_related_field_gives_nothing_away(self):
        class Partner(models.Model):
            _module = None
            _name = "res.partner"
            _inherit = ["res.partner"]

            x_pin = fields.Char(related="industry_id.pin")

        self.extend(Partner)
        partner = self.env["res.partner"].create(
            {"name": "Nosy", "industry_id": self.record.id}
        )
        self.assertFalse(partner.x_pin)
        self.assertNotIn(PIN, repr(partner.read(["x_pin"])))

    def test_no_expression_reaches_the_clear_text(self):
        reach = "record._fields['pin'].reveal__(record)"
        action = self.env["ir.actions.server"].create(
            {
                "name": "Nosy",
                "model_id": self.env["ir.model"]._get_id(MODEL),
                "state": "code",
                "code": "pass",
            }
        )
        with self.assertRaises(Exception) as refused, self.cr.savepoint():
            action.code = f"raise UserError({reach})"
            action.with_context(active_model=MODEL, active_id=self.record.id).run()
        self.assertNotIn(PIN, str(refused.exception))
        with self.assertRaises(Exception) as refused, self.cr.savepoint():
            self.env["ir.qweb"]._render(
                self.env["ir.ui.view"]
                .create({"type": "qweb", "arch": f'<p t-out="{reach}"/>'})
                .id,
                {"record": self.record},
            )
        self.assertNotIn(PIN, str(refused.exception))

    def test_clear_texts_found_at_install_are_sealed(self):
        other = self.env[MODEL].create({"name": "Other"})
        self.set_column("hunter2")
        self.set_column("", other)
        self.assertEqual(self.pin.seal_existing(self.env[MODEL]), 1)
        self.assertEqual(self.pin.reveal__(self.record), "hunter2")
        self.assertFalse(self.pin.is_set(other))
        self.assertEqual(self.pin.seal_existing(self.env[MODEL]), 0)

    def test_clear_texts_are_sealed_in_more_than_one_batch(self):
        records = self.env[MODEL].create([{"name": str(n)} for n in range(7)])
        for record in records:
            self.set_column(f"pin {record.id}", record)
        with patch("odoo.addons.encrypted_field.fields.SEAL_BATCH", 3):
            self.assertEqual(self.pin.seal_existing(self.env[MODEL]), 7)
        for record in records:
            self.assertEqual(self.pin.reveal__(record), f"pin {record.id}")

    def test_an_upgrade_seals_what_is_there_and_stops_without_keys(self):
        self.set_column("hunter2")
        with use_keys(), self.assertRaises(UserError), self.cr.savepoint():
            self._upgrade()
        self.assertEqual(self.column(), "hunter2")
        self._upgrade()
        self.assertEqual(self.pin.reveal__(self.record), "hunter2")

    def _upgrade(self):
        self.registry.init_models(self.env.cr, [MODEL], {"models_to_check": True})

    def test_a_field_that_would_leak_is_refused(self):
        for wrong in ("compute", "default", "company_dependent", "translate"):
            with self.subTest(wrong=wrong), self.assertRaises(TypeError):
                Secret(**{wrong: True})._get_attrs(type(self.env[MODEL]), "pin")

    def test_another_key_in_front_seals_from_then_on(self):
        before = self.column()
        with use_keys(new_key(), self.key):
            self.assertEqual(self.pin.reveal__(self.record), PIN)
            self.record.pin = PIN
            self.assertNotEqual(self.column()[:12], before[:12])
            self.assertEqual(self.pin.reveal__(self.record), PIN)
