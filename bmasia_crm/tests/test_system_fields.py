"""What the system writes, nobody types; what was issued says the same for good."""

from contextlib import suppress
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.orm.models import MAGIC_COLUMNS
from odoo.tests import tagged

from .common import CrmCase, SendingCase

TO_MANY = ("one2many", "many2many")
FIGURES = ("integer", "float", "monetary")


def another(record, field):
    """A value that this field can have and does not have."""
    now = record[field.name]
    if field.type == "selection":
        keys = [key for key, _label in field._description_selection(record.env)]
        return next((key for key in keys if key != now), None)
    if field.type == "many2one":
        others = record.env[field.comodel_name].sudo().with_context(active_test=False)
        return others.search([("id", "!=", now.id)], limit=1).id
    if field.type == "boolean":
        return not now
    if field.type in FIGURES:
        return (now or 0) + 7
    return {
        "date": fields.Date.to_date("2026-02-03"),
        "datetime": "2026-02-03 04:05:06",
        "json": {"name": "Somebody else"},
        "many2one_reference": 1,
    }.get(field.type, "other words")


@tagged("post_install", "-at_install")
class TestSystemFields(CrmCase):
    def setUp(self):
        super().setUp()
        self.people = self.nikki | self.pom | self.norbert

    def models(self):
        """Our models that somebody may write, and a record of each, in some states."""
        invoice = self.issued_invoice()
        invoice.action_register_payment(100)
        contract = self.active_contract()
        self.env["bmasia.location"].create(
            {"contract_id": self.contract().id, "name": "Lobby"}
        )
        self.env["bmasia.zone"].create({"customer_id": self.hilton.id, "name": "Bar"})
        sent = self.quote()
        sent.action_mark_sent()
        made = [self.quote(), sent, self.contract(), contract, self.invoice(), invoice]
        made += [invoice.receipt_ids, self.hilton]
        made += [document.line_ids for document in made[:6]]
        access = self.env["ir.model.access"].sudo()
        groups = self.people.all_group_ids
        for name in self.env:
            model = self.env[name]
            if name.startswith("bmasia.") and not (model._abstract or model._transient):
                allowed = access.search(
                    [
                        ("model_id.model", "=", name),
                        ("perm_write", "=", True),
                        ("group_id", "in", groups.ids),
                    ]
                )
                if allowed and name not in {record._name for record in made}:
                    made.append(model.sudo().search([], limit=1))
        return [record[:1].sudo(False) for record in made if record]

    def fixed(self, record):
        return {
            name
            for name, field in record._fields.items()
            if field.store and field.readonly and name not in MAGIC_COLUMNS
        }

    def test_no_role_types_what_the_system_writes(self):
        tried = set()
        for record in self.models():
            for name in sorted(
                self.fixed(record) | {"access_token"} & {*record._fields}
            ):
                field = record._fields[name]
                value = another(record.sudo(), field)
                if field.type in TO_MANY:
                    value = [Command.create({})]
                if value is None:
                    continue
                tried.add((record._name, name))
                for user in self.people:
                    own = record.with_user(user)
                    with self.subTest(record=record, field=name, user=user.login):
                        before = record.sudo()[name]
                        for typed in (value, False):
                            if typed == before or (not typed and not before):
                                continue
                            with self.assertRaises(UserError):
                                with self.env.cr.savepoint():
                                    own.write({name: typed})
                        self.assertEqual(record.sudo()[name], before)
        self.assertGreater(len(tried), 60)
        self.assertIn(("bmasia.quote", "send_state"), tried)
        self.assertIn(("bmasia.invoice.line", "reversed_line_id"), tried)

    def test_no_way_of_making_one_brings_them_along(self):
        for record in self.models():
            model = self.env[record._name].with_user(self.norbert)
            required = self.typed_values(record)
            for name in sorted(self.fixed(record)):
                field = record._fields[name]
                value = another(record.sudo(), field)
                proposed = getattr(model, "_proposed_fields", ())
                if field.type in TO_MANY or not value or name in proposed:
                    continue
                if field.default and field.default(model) == value:
                    continue
                with self.subTest(model=record._name, field=name):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        model.create({**required, name: value})
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        answer = model.load([name], [[str(value)]])
                        raise UserError(str(answer["messages"][0]))
                    proposed = model.with_context(**{f"default_{name}": value})
                    told = proposed.default_get([name]).get(name)
                    self.assertNotEqual(told, value)

    def typed_values(self, record):
        """Enough to make another one."""
        data = record.sudo().copy_data()[0]
        return {name: value for name, value in data.items() if value}

    def test_a_default_of_ones_own_is_no_way_round(self):
        """Everybody may store defaults for themselves, for any field."""
        tried = 0
        for name, model in self.env.items():
            if not hasattr(model, "_undefaultable") or model._abstract:
                continue
            mine = model.with_user(self.pom)
            for field_name in sorted(model._undefaultable()):
                field = model._fields[field_name]
                if not field.store or field.type in (*TO_MANY, "json", "reference"):
                    continue
                before = mine.default_get([field_name])
                value = another(model.new(), field)
                if value in (None, False):
                    continue
                tried += 1
                with self.subTest(f"{name}.{field_name}"):
                    defaults = mine.env["ir.default"]
                    defaults.set(name, field_name, value, user_id=True)
                    self.assertEqual(mine.default_get([field_name]), before)
        self.assertGreater(tried, 60)

    def test_lines_are_no_way_round(self):
        invoice = self.issued_invoice()
        line = {"name": "x", "unit_price": 5, "reversed_line_id": invoice.line_ids.id}
        with self.assertRaisesRegex(UserError, "system"):
            self.invoice(Command.create(line))
        taxed = Command.create({**line, "amount_tax": 9})
        with self.assertRaises(UserError):
            self.invoice().write({"line_ids": [taxed]})

    def test_what_was_issued_prints_the_same_for_good(self):
        invoice = self.issued_invoice()
        invoice.action_register_payment(100)
        sent = self.quote()
        sent.action_mark_sent()
        accepted = self.quote()
        accepted.action_mark_sent()
        accepted.action_accept()
        by_design = {"bmasia.quote": {"valid_until"}}
        for document in (invoice, invoice.receipt_ids, sent, accepted):
            before = self.printed(document)
            for name, field in document._fields.items():
                if not field.store or name in MAGIC_COLUMNS or field.type in TO_MANY:
                    continue
                if name in by_design.get(document._name, ()):
                    continue
                for user in self.people:
                    with self.subTest(document=document, field=name, user=user.login):
                        value = another(document.sudo(), field)
                        try:
                            with self.env.cr.savepoint():
                                document.with_user(user).write({name: value})
                        except (UserError, ValueError):
                            continue
                        self.assertEqual(self.printed(document), before)

    def printed(self, document):
        """The page as it would be printed now, and the file that was sent."""
        document = document.sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        report = document._get_report()
        html = self.env["ir.actions.report"]._render_qweb_html(report.id, document.ids)
        return html[0], document._kept_pdf().raw, document.name

    def test_an_archived_file_keeps_all_that_is_said_of_it(self):
        quote = self.quote()
        quote.action_mark_sent()
        kept = quote.archive_ids
        names = [
            name
            for name, field in kept._fields.items()
            if (field.store or field.inverse) and field.type not in TO_MANY
        ]
        self.assertGreater(len(names), 20)
        for name in names:
            field = kept._fields[name]
            value = another(kept.sudo(), field)
            if field.type == "binary":
                value = b"aGVsbG8="
            for user in self.people:
                with self.subTest(field=name, user=user.login):
                    before = kept.sudo()[name]
                    refused = suppress(UserError, ValueError, TypeError)
                    with refused, self.env.cr.savepoint():
                        kept.with_user(user).write({name: value})
                    self.env.invalidate_all()
                    if name not in ("write_date", "write_uid"):
                        self.assertEqual(kept.sudo()[name], before)


@tagged("post_install", "-at_install")
class TestOneNumberOneContent(SendingCase):
    def test_a_waiting_mail_keeps_its_document(self):
        later = fields.Datetime.now() + timedelta(hours=1)
        quote = self.quote(self.line(price=100))
        quote.send_email(send_at=later)
        self.assertEqual(quote.send_state, "queued")
        for state in ("none", "refused", "sent"):
            with self.assertRaisesRegex(UserError, "system"):
                quote.send_state = state
        with self.assertRaisesRegex(UserError, "being sent"):
            quote.line_ids.unit_price = 999
        quote.action_cancel_mail()
        quote.line_ids.unit_price = 999
        self.assertEqual(quote.send_email()["status"], "sent")
        (received,) = self.server.messages
        self.assertEqual(len(quote.archive_ids), 2)
        last = quote.archive_ids.sorted("id")[-1]
        self.assertEqual(list(received.attachments.values()), [last.raw])


@tagged("post_install", "-at_install")
class TestCreditNoteBelongsToItsInvoice(CrmCase):
    def setUp(self):
        super().setUp()
        self.marina = self.make_company("Marina View", country="base.hk")
        self.original = self.issued_invoice(self.line(price=1000))

    def values(self, **changed):
        return {
            "kind": "credit_note",
            "reversed_id": self.original.id,
            "customer_id": self.hilton.id,
            "company_id": self.thailand.id,
            "currency_id": self.original.currency_id.id,
            "line_ids": [self.line(price=50)],
            **changed,
        }

    def strays(self):
        return {
            "customer": {"customer_id": self.marina.id},
            "entity": {"company_id": self.hongkong.id, "bank_account_id": False},
            "currency": {"currency_id": self.currency("USD").id},
        }

    def note(self):
        found = self.original.action_credit("wrong")["res_id"]
        return self.env["bmasia.invoice"].browse(found)

    def test_another_customer_entity_or_currency_is_refused(self):
        invoices = self.env["bmasia.invoice"]
        for what, stray in self.strays().items():
            # the system itself makes none, and nobody types what it credits
            for model, error in (
                (invoices.sudo(), ValidationError),
                (invoices.with_user(self.pom), UserError),
            ):
                with self.subTest(what, create=model.env.su):
                    with self.assertRaises(error), self.env.cr.savepoint():
                        model.create(self.values(**stray))
            with self.subTest(what, way="write"):
                with self.assertRaises(ValidationError), self.env.cr.savepoint():
                    self.note().with_user(self.pom).write(stray)
            with self.subTest(what, way="copy"):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    self.note().sudo().copy({"reversed_id": self.original.id, **stray})

    def test_one_that_got_past_is_not_issued(self):
        note = self.note()
        note.flush_recordset()
        self.env.cr.execute(
            "UPDATE bmasia_invoice SET currency_id = %s WHERE id = %s",
            (self.currency("USD").id, note.id),
        )
        note.invalidate_recordset()
        with self.assertRaises(ValidationError):
            note.with_user(self.pom).action_issue()
        self.assertFalse(note.name)

    def test_it_names_the_buyer_as_its_invoice_does(self):
        self.hilton.write({"legal_name": "Another Legal Name", "vat": "0000000000001"})
        note = self.note()
        note.action_issue()
        for name in ("name", "vat", "branch", "address"):
            self.assertEqual(note._customer()[name], self.original._customer()[name])
        self.assertEqual(self.original.amount_credited, note.amount_total)


@tagged("post_install", "-at_install")
class TestDatesOfInvoices(CrmCase):
    def setUp(self):
        super().setUp()
        self.today = self.thailand._today()

    def dated(self, days, **values):
        return self.invoice(issue_date=self.today - timedelta(days=days), **values)

    def test_a_date_of_long_ago_is_refused(self):
        for user in (self.pom, self.norbert):
            old = self.invoice(issue_date="1999-01-01", backdate_reason="I say so")
            with self.assertRaisesRegex(UserError, "more than a year ago"):
                old.with_user(user).action_issue()
            self.assertFalse(old.name)

    def test_numbers_and_dates_run_in_one_order(self):
        self.dated(3).action_issue()
        bare = self.dated(40)
        for user in (self.pom, self.norbert):
            with self.assertRaisesRegex(UserError, "say why"):
                bare.with_user(user).action_issue()
        early = self.dated(40, backdate_reason="the customer asked")
        early.action_issue()
        self.assertTrue(early.name)
        same_day = self.dated(3)
        same_day.action_issue()
        self.assertTrue(same_day.name)

    def test_other_kinds_and_entities_have_an_order_of_their_own(self):
        self.dated(0).action_issue()
        self.dated(5, kind="proforma").action_issue()
        other = self.dated(5, company_id=self.hongkong.id)
        other.action_issue()
        self.assertTrue(other.name)

    def test_an_import_brings_its_dates_along(self):
        old = self.invoice(issue_date="1999-01-01").sudo()
        old.action_issue()
        self.assertTrue(old.name)
        self.assertRaises(AccessError, self.dated(0).with_user(self.nikki).action_issue)
