from contextlib import suppress
from unittest.mock import patch

import psycopg2.errors

from odoo.tests import tagged

from .. import rotation
from ..tools import keyring
from .common import MODEL, SecretCase, new_key, use_keys


@tagged("post_install", "-at_install")
class TestRotation(SecretCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old, cls.new = cls.key, new_key()
        cls.records = cls.record + cls.env[MODEL].create(
            [{"name": str(n), "pin": f"pin {n}"} for n in range(4)]
        )
        # commits are tested by what happens around them: a test cannot commit
        cls.startClassPatcher(patch.object(cls.env.cr, "commit", lambda: None))
        cls.startClassPatcher(patch.object(rotation, "BATCH", 2))

    def rotate(self, **options):
        reports = rotation.rotate(self.env, **options)
        return next(report for report in reports if report.name == str(self.pin))

    def status(self):
        reports = rotation.status(self.env)
        return next(report for report in reports if report.name == str(self.pin))

    def test_status_counts_values_by_key(self):
        with use_keys(self.new, self.old):
            self.records[0].pin = "new"
            report = self.status()
        self.assertEqual(report.sealed_with[keyring.key_id(self.new)], 1)
        self.assertEqual(report.sealed_with[keyring.key_id(self.old)], 4)
        self.assertEqual(report.unreadable, [])

    def test_afterwards_the_new_key_alone_opens_everything(self):
        with use_keys(self.new, self.old):
            self.assertEqual(self.rotate().rotated, 5)
        with use_keys(self.new):
            self.assertEqual(self.pin.reveal__(self.records[1]), "pin 0")
            self.assertEqual(self.status().sealed_with, {keyring.key_id(self.new): 5})

    def test_a_dry_run_changes_nothing(self):
        before = [self.column(record) for record in self.records]
        with use_keys(self.new, self.old):
            self.assertEqual(self.rotate(dry_run=True).rotated, 5)
        self.assertEqual([self.column(record) for record in self.records], before)

    def test_a_second_run_finds_nothing_to_do(self):
        with use_keys(self.new, self.old):
            self.rotate()
            self.assertEqual(self.rotate().rotated, 0)

    def test_a_run_that_was_killed_goes_on_where_it_stopped(self):
        with use_keys(self.new, self.old):
            replace = rotation._replace
            batches = []

            def killed(env, secret, resealed):
                if batches:
                    raise KeyboardInterrupt
                batches.append(replace(env, secret, resealed))
                return batches[0]

            # not assertRaises, which would take the first batch back
            with patch.object(rotation, "_replace", killed):
                with suppress(KeyboardInterrupt):
                    self.rotate()
            self.assertEqual(batches, [2])
            self.assertEqual(self.rotate().rotated, 3)

    def test_a_value_written_meanwhile_wins(self):
        with use_keys(self.new, self.old):
            replace = rotation._replace

            def edited(env, secret, resealed):
                if self.records[1].id in [row[0] for row in resealed]:
                    self.records[1].pin = "edited"
                return replace(env, secret, resealed)

            with patch.object(rotation, "_replace", edited):
                self.assertEqual(self.rotate().rotated, 4)
            self.assertEqual(self.pin.reveal__(self.records[1]), "edited")

    def test_a_collision_is_tried_again(self):
        with use_keys(self.new, self.old):
            replace_one = rotation._replace_one
            collisions = [psycopg2.errors.SerializationFailure]

            def colliding(*args):
                if collisions:
                    raise collisions.pop()()
                return replace_one(*args)

            with (
                patch.object(rotation, "_replace_one", colliding),
                patch.object(self.env.cr, "rollback", lambda: None),
            ):
                self.assertEqual(self.rotate().rotated, 5)

    def test_a_value_that_cannot_be_read_is_named_and_left(self):
        with use_keys(new_key()):
            self.records[2].pin = "lost"
        lost = self.column(self.records[2])
        with use_keys(self.new, self.old):
            report = self.rotate()
            self.assertEqual(report.unreadable, [self.records[2].id])
            self.assertEqual(report.rotated, 4)
            self.assertEqual(self.status().unreadable, [self.records[2].id])
        self.assertEqual(self.column(self.records[2]), lost)

    def test_without_keys_nothing_is_tried(self):
        with use_keys(), self.assertRaises(keyring.KeyRingError):
            self.rotate()
