"""Nobody gets round what a contract, its amendments and pauses let them do."""

from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .amendments import AmendmentCase
from .test_system_fields import another

PARTS = (
    *("bmasia.amendment", "bmasia.amendment.line", "bmasia.amendment.effect"),
    *(
        "bmasia.amendment.signatory",
        "bmasia.contract.pause",
        "bmasia.contract.schedule",
    ),
    *("bmasia.change.wizard", "bmasia.change.effect", "bmasia.contract.line"),
)
TO_MANY = ("one2many", "many2many")


class AttackCase(AmendmentCase):
    def setUp(self):
        super().setUp()
        self.bill()
        amendment = self.amendment("2026-04-01", self.added(), self.changed(quantity=3))
        amendment.signatory_ids = [Command.create({"name": "Somchai"})]
        self.amended = self.sign(amendment)
        self.signed.action_pause("2026-06-01", "2026-06-10", "Works")
        self.draft = self.amendment("2026-07-01", self.added(price=500))
        self.env["bmasia.change.wizard"].with_user(self.nikki).create(
            {
                **{"contract_id": self.signed.id, "what": "pause"},
                **{"date_from": "2026-09-01", "date_to": "2026-09-30"},
            }
        )
        self.staff = self.nikki | self.pom | self.norbert

    def facts(self):
        """All that money follows from."""
        self.env.flush_all()
        self.env.invalidate_all()
        rows = [
            (
                *(row.kind, str(row.period_start), row.amount_untaxed),
                [(line.name, line.quantity, net) for line, net in row._parts().items()],
            )
            for row in self.signed.schedule_ids
        ]
        lines = [
            (
                line.name,
                line.quantity,
                line.unit_price,
                line.service_from,
                line.service_to,
            )
            for line in self.signed.service_line_ids
        ]
        names = ("state", "end_date", "annual_value", "last_day", "counts_by_law")
        pauses = self.signed.pause_ids.mapped("state")
        return rows, lines, [self.signed[name] for name in names], pauses

    def tried(self, act):
        """Do it; whether it was let through, nothing follows from it."""
        with suppress(UserError, AccessError), self.env.cr.savepoint():
            act()
            self.env.flush_all()
            return True
        return False

    def records(self):
        contract = self.signed
        return [
            *(contract, contract.line_ids, contract.service_line_ids[-1:]),
            *(contract.schedule_ids[:1], contract.pause_ids, self.amended, self.draft),
            *(
                self.amended.line_ids[:1],
                self.draft.line_ids,
                self.amended.effect_ids[:1],
            ),
        ]


@tagged("post_install", "-at_install")
class TestWhoReadsAndWrites(AttackCase):
    def test_customers_and_visitors_reach_nothing_of_it(self):
        for name in PARTS:
            record = self.env[name].search([], limit=1)
            self.assertTrue(record, name)
            for user in (self.customer, self.visitor):
                own = record.with_user(user)
                for act in (
                    lambda own=own: own.browse().search([]).read(["create_date"]),
                    lambda own=own: own.read(["create_date"]),
                    lambda own=own: own.create({}),
                    lambda own=own: own.write({"create_date": False}),
                    own.unlink,
                ):
                    with self.subTest(name, user=user.login):
                        with self.assertRaises(UserError):
                            self.assertFalse(act(), "read")
                            raise UserError(name)  # nothing was found

    def test_customers_and_visitors_do_nothing_with_it(self):
        for user in (self.customer, self.visitor):
            contract, amendment = (
                each.with_user(user) for each in (self.signed, self.draft)
            )
            for act in (
                lambda c=contract: c.action_pause("2026-08-01", "2026-08-02", "x"),
                lambda c=contract: c.action_skip("2026-01-01", "x"),
                lambda c=contract: c.action_cancel("x"),
                contract.action_take_back_end,
                contract.action_amend,
                lambda c=contract: c.pause_ids.action_withdraw(),
                lambda a=amendment: a.action_activate("2026-01-01"),
                lambda a=amendment: a.action_cancel("x"),
                amendment.action_mark_sent,
            ):
                with self.assertRaises(UserError):
                    act()

    def test_what_follows_is_nobodys_to_write_or_delete(self):
        before = self.facts()
        rows = (
            self.signed.schedule_ids[:1],
            self.signed.pause_ids,
            self.amended.effect_ids[:1],
        )
        for record in rows:
            data = record.sudo().copy_data()[0]
            for user in self.staff:
                own = record.with_user(user)
                for act in (
                    lambda own=own: own.write({"display_name": "x"}),
                    lambda own=own, data=data: own.create(data),
                    own.unlink,
                ):
                    with self.subTest(record=record, user=user.login):
                        with self.assertRaises(UserError):
                            act()
        self.assertEqual(self.facts(), before)

    def test_no_field_of_the_system_is_typed(self):
        before, told = self.facts(), self.amended.read(["effect_total", "value_after"])
        for record in self.records():
            for name, field in record._fields.items():
                if not (field.store and field.readonly and name != "id"):
                    continue
                value = another(record.sudo(), field)
                values = [value, False]
                if field.type in TO_MANY:
                    child = record.sudo()[name][:1].id
                    values = [[Command.create({})], [Command.clear()]]
                    values += [[Command.delete(child)]] if child else []
                for typed in values:
                    own = record.with_user(self.norbert)
                    self.tried(lambda own=own, name=name, v=typed: own.write({name: v}))
                    self.assertEqual(self.facts(), before, (record, name, typed))
        self.assertEqual(self.amended.read(["effect_total", "value_after"]), told)


@tagged("post_install", "-at_install")
class TestWaysRound(AttackCase):
    def test_a_signed_amendment_gets_no_other_lines(self):
        before = self.facts()
        line, signer = self.amended.line_ids[:1], self.amended.signatory_ids
        move = {"amendment_id": self.amended.id}
        new = {**move, "name": "Sneaked in", "unit_price": 1}
        for user in self.staff:
            own = self.amended.with_user(user)
            lines = self.env["bmasia.amendment.line"].with_user(user)
            for act in (
                lambda own=own: own.write({"line_ids": [self.added()]}),
                lambda own=own: own.write({"start_date": "2026-02-01"}),
                lambda own=own: own.write({"term_months": 24}),
                lambda own=own: own.write({"state": "draft"}),
                lambda own=own: own.write({"contract_id": self.running().id}),
                lambda u=user: line.with_user(u).write({"quantity": 9}),
                line.with_user(user).unlink,
                lambda lines=lines: lines.create(new),
                lambda u=user: self.draft.line_ids.with_user(u).write(move),
                signer.with_user(user).unlink,
                lambda u=user: signer.with_user(u).write({"name": "Me"}),
                own.unlink,
            ):
                with self.subTest(user=user.login):
                    with self.assertRaises(UserError):
                        act()
        self.assertEqual(self.facts(), before)

    def test_the_lines_as_signed_stay(self):
        before = self.facts()
        lines = self.env["bmasia.contract.line"]
        other = self.contract()
        move = {"contract_id": self.signed.id}
        new = {**move, "name": "Sneaked in", "unit_price": 1}
        for user in self.staff:
            for act in (
                lambda u=user: lines.with_user(u).create(new),
                lambda u=user: other.line_ids.with_user(u).write(move),
                lambda u=user: self.music.with_user(u).write({"unit_price": 1}),
                lambda u=user: self.music.with_user(u).unlink(),
                lambda u=user: self.signed.with_user(u).write(
                    {"line_ids": [self.line(5)]}
                ),
                lambda u=user: self.signed.with_user(u).write(
                    {"service_line_ids": [self.line(5)]}
                ),
            ):
                with self.subTest(user=user.login):
                    with self.assertRaises(UserError):
                        act()
        self.assertEqual(self.facts(), before)

    def hostile(self, *models):
        """A context that proposes a value for each field that the system writes."""
        found = {}
        for name in models:
            record = self.env[name].sudo().search([], limit=1)
            for field in record._fields.values():
                if field.store and field.name not in ("id", "contract_id"):
                    if field.type not in TO_MANY:
                        found[f"default_{field.name}"] = another(record, field)
        return {**found, "active_test": False, "tracking_disable": True}

    def test_a_context_changes_nothing_of_what_is_made(self):
        acts = {
            "pause": lambda c: c.action_pause("2026-08-03", "2026-08-20", "x"),
            "end": lambda c: c.action_cancel("x", "2026-10-10"),
            "sign": lambda c: self.sign(self.draft.with_env(c.env)),
        }
        models = (*PARTS, "bmasia.contract", "bmasia.invoice", "bmasia.invoice.line")
        context = self.hostile(*models)
        for what, act in acts.items():
            found = []
            for said in ({}, context):
                with self.env.cr.savepoint() as undone:
                    act(self.signed.with_user(self.norbert).with_context(**said))
                    notes = self.signed.invoice_ids.credit_note_ids
                    bills = [(n.state, n.kind, n.amount_untaxed) for n in notes]
                    found.append((self.facts(), sorted(bills)))
                    undone.rollback()
                self.env.invalidate_all()
            with self.subTest(what):
                self.assertEqual(found[1], found[0])

    def test_the_dialog_stays_with_its_contract(self):
        other = self.running()
        dialog = self.env["bmasia.change.wizard"].search([], limit=1)
        with self.assertRaisesRegex(UserError, "opened for something else"):
            dialog.with_user(self.nikki).contract_id = other
        for user in (self.pom, self.norbert):
            with self.assertRaises(AccessError):
                dialog.with_user(user).read(["what"])

    def test_an_amendment_moves_to_no_other_contract_with_its_lines(self):
        draft = self.amendment(
            "2026-07-01",
            self.changed(self.signed.lines_on("2026-07-01")[0], quantity=7),
        )
        other = self.running()
        with self.assertRaisesRegex(UserError, "is no line of"):
            draft.contract_id = other

    def test_amended_contracts_and_amendments_are_not_deleted(self):
        for user in self.staff:
            for record in (
                self.signed,
                self.amended,
                self.amended.line_ids.brought_ids,
            ):
                with self.assertRaises(UserError):
                    record.with_user(user).unlink()
