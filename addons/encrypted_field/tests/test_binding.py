from unittest.mock import patch

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .. import rotation
from ..fields import Secret, SecretUserError, key_ring
from ..tools import keyring
from .common import MODEL, PIN, SecretCase, new_key, use_keys

AGAIN = "Type the password again"


class BoundCase(SecretCase):
    """The ``pin`` is for one door of one partner."""

    @classmethod
    def _add_pin(cls):
        class Industry(models.Model):
            _module = None
            _name = MODEL
            _inherit = [MODEL]

            door = fields.Char()
            floor = fields.Integer()
            is_open = fields.Boolean()
            keeper_id = fields.Many2one("res.partner")
            pin = Secret("PIN", bound_to=("door", "floor", "is_open", "keeper_id"))

        cls.extend(Industry)

    def setUp(self):
        super().setUp()
        self.record.unlink()
        self.keeper = self.env["res.partner"].create({"name": "Keeper"})
        self.record = self.env[MODEL].create(
            {
                "pin": PIN,
                "name": "Hotels",
                "door": "Front.Example",
                "floor": 1,
                "keeper_id": self.keeper.id,
            }
        )
        self.env.flush_all()

    def unbound(self, record=None):
        """A value as releases before 19.0.1.2.0 sealed it."""
        record = record or self.record
        ring = key_ring(self.env)
        self.set_column(ring.lock("v1", [MODEL, "pin", record.id, PIN]), record)

    def assertForgotten(self, record=None):
        self.assertIsNone(self.column(record))
        self.assertIs(self.pin.reveal__(record or self.record), False)

    def assertRefused(self, kind):
        with self.assertRaises(SecretUserError) as refused:
            self.pin.reveal__(self.record)
        self.assertIsInstance(refused.exception.cause, kind)
        self.assertIn(AGAIN, str(refused.exception))


@tagged("post_install", "-at_install")
class TestBinding(BoundCase):
    def changes(self):
        other = self.env["res.partner"].create({"name": "Other"})
        return {
            "door": "back.example",
            "floor": 2,
            "is_open": True,
            "keeper_id": other.id,
        }

    def test_another_value_of_any_bound_field_forgets_it(self):
        changes = self.changes()
        self.assertEqual(set(changes), set(self.pin.bound_to))
        for name, value in changes.items():
            for nothing in ({}, {"pin": False}, {"pin": ""}):
                with self.subTest(name=name, nothing=nothing):
                    self.record.pin = PIN
                    was = self.record[name]
                    self.record.write({name: value, **nothing})
                    self.assertForgotten()
                    self.record[name] = was

    def test_nothing_at_all_in_a_bound_field_forgets_it_too(self):
        self.record.write({"door": False})
        self.assertForgotten()

    def test_a_new_value_in_the_same_write_is_bound_to_the_new_ones(self):
        for order in (("pin", "door"), ("door", "pin")):
            values = {"pin": "second", "door": "back.example"}
            self.record.write({name: values[name] for name in order})
            self.assertEqual(self.pin.reveal__(self.record), "second")

    def test_another_way_to_write_the_same_does_not_forget_it(self):
        for same in ("front.example", "FRONT.EXAMPLE.", "  Front.Example "):
            with self.subTest(same=same):
                self.record.write({"door": same, "floor": 1, "name": "Renamed"})
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(self.pin.reveal__(self.record), PIN)

    def test_whoever_writes_in_whatever_way(self):
        user = new_test_user(self.env, "bound user", "base.group_system")
        external_id = self.record.export_data(["id"])["datas"][0][0]
        columns, row = ["id", "door"], [external_id, "back.example"]
        ways = {
            "write": lambda record: record.write({"door": "back.example"}),
            "superuser": lambda record: record.sudo().write({"door": "back.example"}),
            "attribute": lambda record: setattr(record, "door", "back.example"),
            "update": lambda record: record.update({"door": "back.example"}),
            "form": lambda record: record.web_save({"door": "back.example"}, {}),
            "import": lambda record: record.load(columns, [row]),
            "many": lambda record: record.create({"name": "x"})
            .concat(record)
            .write({"door": "back.example"}),
        }
        for way, act in ways.items():
            with self.subTest(way=way):
                self.record.write({"door": "front.example", "pin": PIN})
                act(self.record.with_user(user))
                self.assertEqual(self.record.door, "back.example")
                self.assertForgotten()

    def test_who_may_not_write_forgets_nothing(self):
        nobody = new_test_user(self.env, "bound nobody", "base.group_portal")
        with self.assertRaises(AccessError):
            self.record.with_user(nobody).write({"door": "back.example"})
        self.assertEqual(self.pin.reveal__(self.record), PIN)

    def test_a_change_in_the_database_makes_it_unreadable(self):
        for name, value in self.changes().items():
            with self.subTest(name=name), self.env.cr.savepoint():
                was = self.record[name]
                self.set_sql(name, value)
                self.assertRefused(keyring.Rebound)
                self.set_sql(name, getattr(was, "id", was) or None)
                self.assertEqual(self.pin.reveal__(self.record), PIN)

    def set_sql(self, name, value):
        query = f"UPDATE {self.record._table} SET {name} = %s WHERE id = %s"
        self.env.cr.execute(query, (value, self.record.id))
        self.env.invalidate_all()

    def test_a_value_without_a_binding_is_refused(self):
        self.unbound()
        self.assertRefused(keyring.Unbound)

    def test_clear_texts_are_bound_to_what_stands_beside_them(self):
        self.set_column("hunter2")
        self.pin.seal_existing(self.env[MODEL])
        self.assertEqual(self.pin.reveal__(self.record), "hunter2")
        self.set_sql("floor", 9)
        self.assertRefused(keyring.Rebound)

    def test_a_binding_to_a_field_that_is_not_there_is_refused_at_start(self):
        wrong = Secret("Wrong")
        wrong.model_name, wrong.name, wrong.bound_to = MODEL, "wrong", ("dorr",)
        with self.assertRaisesRegex(TypeError, "dorr"):
            wrong.setup(self.env[MODEL])


@tagged("post_install", "-at_install")
class TestRotatingBound(BoundCase):
    def setUp(self):
        super().setUp()
        self.old, self.new = self.key, new_key()
        self.startPatcher(patch.object(self.env.cr, "commit", lambda: None))

    def report_of(self, act):
        with use_keys(self.new, self.old):
            reports = act(self.env)
        return next(report for report in reports if report.name == str(self.pin))

    def test_a_rotated_value_stays_bound(self):
        self.report_of(rotation.rotate)
        with use_keys(self.new):
            self.assertEqual(self.pin.reveal__(self.record), PIN)
            self.record.door = "back.example"
            self.assertForgotten()

    def test_a_moved_value_is_not_made_good_by_rotating(self):
        self.env.cr.execute(f"UPDATE {self.record._table} SET floor = 7")
        before = self.column()
        report = self.report_of(rotation.rotate)
        self.assertEqual(report.unreadable, self.record.ids)
        self.assertEqual(self.column(), before)

    def test_a_value_without_a_binding_is_named_and_left(self):
        self.unbound()
        before = self.column()
        for act in (rotation.status, rotation.rotate):
            report = self.report_of(act)
            self.assertEqual(report.unbound, self.record.ids)
            self.assertFalse(report.unreadable)
        self.assertEqual(self.column(), before)

    def test_an_edit_of_what_it_is_bound_to_wins(self):
        replace = rotation._replace

        def edited(env, secret, resealed):
            self.record.door = "back.example"
            return replace(env, secret, resealed)

        with patch.object(rotation, "_replace", edited):
            self.assertEqual(self.report_of(rotation.rotate).rotated, 0)
        self.assertForgotten()


@tagged("post_install", "-at_install")
class TestRotatingUnbound(SecretCase):
    def test_what_is_bound_to_nothing_comes_to_the_present_version(self):
        self.startPatcher(patch.object(self.env.cr, "commit", lambda: None))
        ring = key_ring(self.env)
        self.set_column(ring.lock("v1", [MODEL, "pin", self.record.id, PIN]))
        self.assertEqual(self.pin.reveal__(self.record), PIN)
        rotation.rotate(self.env)
        self.assertRegex(self.column(), "^v2:")
        self.assertEqual(self.pin.reveal__(self.record), PIN)
