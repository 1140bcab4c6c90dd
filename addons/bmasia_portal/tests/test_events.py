"""What happened around a document stays as it was written."""

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .answering import AnswerCase

MODELS = ("document.event", "document.acceptance")


@tagged("post_install", "-at_install")
class TestEvents(AnswerCase):
    def test_everything_that_happens_is_noted_in_its_order(self):
        self.post("/seen")
        self.post("/seen")
        self.post("/ask", name="Somchai", question="Is it loud?")
        asked = self.ask()
        self.confirm(asked, "000000" if self.mailed_code() != "000000" else "1" * 6)
        self.confirm(asked)
        expected = ["viewed", "asked", "code_sent", "code_wrong", "accepted"]
        self.assertEqual(self.kinds(), expected)
        self.assertFalse(self.env["document.event"]._broken(self.document))

    def test_another_link_is_another_view(self):
        self.post("/seen")
        self.post("/seen", key=self.new_key(self.document))
        self.assertEqual(self.kinds(), ["viewed", "viewed"])

    def test_a_look_of_ours_is_none(self):
        self.post("/seen", key=self.new_key(self.document, "preview"))
        self.assertEqual(self.kinds(), [])

    def test_nobody_changes_or_deletes_by_the_orm(self):
        self.accept()
        for name in MODELS:
            records = self.env[name].search([("res_id", "=", self.document.id)])
            self.assertTrue(records)
            for user in (self.env.user, self.norbert, self.nikki):
                mine = records.with_user(user)
                with self.assertRaises(UserError):
                    mine.write({"res_id": 1})
                with self.assertRaises(UserError):
                    mine.unlink()
            for owner in (records.sudo(),):
                with self.assertRaises(UserError):
                    owner.write({"company_id": False})
                with self.assertRaises(UserError):
                    owner.unlink()

    @mute_logger("odoo.sql_db")
    def test_nobody_changes_or_deletes_by_sql(self):
        self.accept()
        self.env.flush_all()
        for name in MODELS:
            table = self.env[name]._table
            for statement in (
                f"UPDATE {table} SET res_id = res_id + 1",
                f"UPDATE {table} SET document_name = 'x'",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                with self.subTest(statement):
                    with self.assertRaises(psycopg2.IntegrityError):
                        with self.env.cr.savepoint():
                            self.env.cr.execute(statement)

    def test_a_link_that_goes_leaves_the_answer(self):
        self.accept()
        kept = self.acceptances()
        self.link().sudo().unlink()
        self.env.invalidate_all()
        self.assertTrue(kept.exists())
        self.assertFalse(kept.link_id)

    def test_what_is_changed_past_the_triggers_is_found(self):
        self.accept()
        first = self.document.sudo().event_ids.sorted("id")[0]
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE document_event DISABLE TRIGGER USER")
        self.env.cr.execute(
            "UPDATE document_event SET who = 'Eve' WHERE id = %s", first.ids
        )
        self.env.cr.execute("ALTER TABLE document_event ENABLE TRIGGER USER")
        self.env.invalidate_all()
        self.assertEqual(self.env["document.event"]._broken(self.document), first)

    @mute_logger("odoo.sql_db")
    def test_a_chain_does_not_fork(self):
        self.accept()
        event = self.document.sudo().event_ids[0]
        [values] = event.copy_data()
        with self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
            self.env["document.event"].create({**values, "kind": "declined"})

    def test_making_the_triggers_twice_changes_nothing(self):
        for name in MODELS:
            self.env[name].init()
        self.test_nobody_changes_or_deletes_by_sql()

    def test_who_may_read(self):
        self.accept()
        kept = self.acceptances()
        event = self.document.sudo().event_ids[0]
        code = self.env["document.code"].search([], limit=1)
        abroad = new_test_user(
            self.env,
            login="abroad@example.com",
            groups="bmasia_crm.group_manager",
            company_id=self.hongkong.id,
            company_ids=[Command.set(self.hongkong.ids)],
        )
        for record, readers in (
            (kept, self.nikki | self.pom | self.norbert),
            (event, self.nikki | self.pom | self.norbert),
            (code, self.norbert),
        ):
            people = self.nikki | self.pom | self.norbert | abroad
            for user in people | self.customer | self.visitor:
                mine = self.env[record._name].with_user(user)
                with self.subTest(record._name, user=user.login):
                    if user in readers:
                        self.assertIn(record, mine.search([]))
                        mine.browse(record.id).read(["company_id"])
                        continue
                    with self.assertRaises(AccessError):
                        mine.browse(record.id).read(["company_id"])
                self.assertFalse(mine.has_access("create"))

    def test_nobody_reads_the_digest_of_a_code(self):
        self.ask()
        code = self.env["document.code"].search([], limit=1)
        for name in ("digest", "ticket"):
            with self.assertRaises(AccessError):
                code.with_user(self.norbert).read([name])
