"""A user of sales, a customer and a visitor try every way to change money, or to write
what the system alone writes. Models and methods come from the registry."""

import inspect
from contextlib import suppress

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .money import MoneyCase

# What a sales user reads, at most; who writes it is Finance, a manager or the system.
BOOKS = (
    "bmasia.invoice",
    "bmasia.invoice.line",
    "bmasia.payment",
    "bmasia.payment.allocation",
    "bmasia.receipt",
    "bmasia.write.off",
    "bmasia.withholding.certificate",
    "bmasia.bank.mapping",
    "bmasia.bank.statement",
    "bmasia.bank.statement.line",
    "bmasia.bank.match",
    "bmasia.billing.note",
    "bmasia.billing.note.line",
    "bmasia.statement",
    "bmasia.exchange.rate",
    "bmasia.vat.return",
    "bmasia.journal.export",
    "bmasia.journal.exported",
    "bmasia.lock.log",
    "bmasia.booking.request",
    "document.number",
    "res.company",
)
# Made by the system alone, for Finance too.
SYSTEM_ONLY = (
    "bmasia.payment.allocation",
    "bmasia.receipt",
    "bmasia.write.off",
    "bmasia.vat.return",
    "bmasia.journal.export",
    "bmasia.journal.exported",
    "bmasia.lock.log",
    "document.number",
)
CONTEXTS = (
    {},
    {"active_test": False, "bin_size": True, "tracking_disable": True},
    {"install_mode": True, "import_file": True, "no_check": True, "su": True},
    {"lines_are_saved_with_document": True, "fresh_particulars": True},
    {"default_state": "paid", "default_amount": 5, "default_company_id": 1},
)
# What is called without its arguments, or on a model that is no table, does nothing.
REFUSALS = (
    *(AccessError, UserError, ValidationError),
    *(TypeError, ValueError, KeyError, AttributeError, NotImplementedError),
)
# Words about a document that its readers may say, and what their own mail account does.
TALK = ("message_", "activity_", "_message", "read_", "notify_")
ARGUMENTS = {
    "amount": 5,
    "reason": "Because",
    "date": "2026-11-01",
    "day": "2026-11-01",
    "invoice_id": 1,
    "button": "export",
    "key": "journal",
    "kind": "xlsx",
    "vals": {},
    "values": {},
    "vals_list": [{}],
    "domain": [],
    "fields": ["display_name"],
    "name": "x",
    "customer_id": 1,
    "company_id": 1,
}


@tagged("post_install", "-at_install")
class TestMoneyAttacks(MoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books = [cls.env[name] for name in BOOKS]

    def setUp(self):
        super().setUp()
        self.invoice_ = self.bill(1000).with_user(self.pom)
        self.invoice_.action_register_payment(500, withholding_amount=15)
        self.register(77)
        lost = self.bill(50)
        lost.with_user(self.norbert).action_write_off("They closed")
        statement = self.env["bmasia.statement"].with_user(self.pom)
        statement.create({"customer_id": self.hilton.id})
        note = self.env["bmasia.billing.note"].with_user(self.pom)
        note.create({"customer_id": self.hilton.id})
        self.env["bmasia.exchange.rate"].with_user(self.pom).create(
            {"currency_id": self.currency("USD").id, "rate": 33, "source": "bot"}
        )
        reports = self.env["bmasia.report"].with_user(self.pom)
        reports.press("journal", "export", {"company_id": self.thailand.id})
        self.env.flush_all()

    def fingerprint(self):
        """Everything in the books, by table."""
        self.env.flush_all()
        found = {}
        for model in self.books:
            self.env.cr.execute(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM"
                f" {model._table} t"
            )
            found[model._name] = self.env.cr.fetchone()[0]
        return found

    def attackers(self):
        return (self.nikki, self.customer, self.visitor)

    def attempt(self, user, model, method, args, context):
        """Call as a program does. What is refused is rolled back by Odoo; after an
        answer, the books are as before."""
        said = f"{user.login}: {model}.{method}{args!r:.80} {context}"
        with self.env.cr.savepoint() as here, mute_logger("odoo.models", "odoo.sql_db"):
            records = self.env[model].with_user(user)
            with suppress(*REFUSALS):
                call_kw(records, method, args, {"context": context})
                self.assertEqual(self.fingerprint(), self.before, said)
            here.rollback()
        self.env.invalidate_all()

    def values_of(self, model):
        """A plausible value for each stored field."""
        record = self.env[model].sudo().search([], limit=1)
        values = {}
        for name, field in self.env[model]._fields.items():
            if field.store and field.type in ("char", "text") and not field.translate:
                values[name] = "x"
            elif field.store and field.type in ("monetary", "float", "integer"):
                values[name] = 3
            elif field.store and field.type == "many2one" and record[name]:
                values[name] = record[name].id
            elif field.store and field.type == "date":
                values[name] = "2026-11-02"
        for name in ("id", "create_uid", "write_uid", "message_main_attachment_id"):
            values.pop(name, None)
        return values

    def test_no_plain_call_writes_the_books(self):
        self.before = self.fingerprint()
        for user in self.attackers():
            for model in BOOKS:
                values = self.values_of(model)
                ids = self.env[model].sudo().search([], limit=2).ids
                if model == "res.company":
                    ids = self.thailand.ids
                one = dict(list(values.items())[:1])
                archive = []
                if self.env[model]._active_name:
                    archive = [("action_archive", [ids]), ("action_unarchive", [ids])]
                for context in CONTEXTS if user == self.nikki else CONTEXTS[:1]:
                    for method, args in (
                        ("create", [[values]]),
                        ("write", [ids, values]),
                        *(("write", [ids, {n: v}]) for n, v in values.items()),
                        ("unlink", [ids]),
                        ("copy", [ids]),
                        ("name_create", ["x"]),
                        ("load", [[*one], [["x"]]]),
                        ("load", [[".id", *one], [[str(ids[0] if ids else 1), "x"]]]),
                        ("web_save", [ids[:1], values, {"id": {}}]),
                        ("web_save", [[], values, {"id": {}}]),
                        ("web_save_multi", [ids, [values] * len(ids), {"id": {}}]),
                        *archive,
                    ):
                        if context and method == "write" and len(args[1]) == 1:
                            continue
                        self.attempt(user, model, method, args, context)

    def test_no_button_does(self):
        self.before = self.fingerprint()
        reports = self.env["bmasia.report"]._reports().values()
        names = {*BOOKS, "bmasia.report", "bmasia.dashboard"}
        names |= {report._name for report in reports} - {"res.company"}
        names |= {"bmasia.report.print", "bmasia.report.entries.mixin"}
        tried = 0
        for model in sorted(names - {"res.company", "document.number"}):
            records = self.env[model]
            ids = records.sudo().search([], limit=1).ids if records._auto else []
            for name in sorted(dir(type(records))):
                if name.startswith(("_", *TALK)) or name in ("create", "write"):
                    continue
                try:
                    method = get_public_method(records, name)
                except (AccessError, AttributeError):
                    continue
                path = inspect.getsourcefile(inspect.unwrap(method)) or ""
                if "bmasia" not in path and "document_flow" not in path:
                    continue
                given = self.arguments(method)
                for user in self.attackers():
                    tried += 1
                    args = (
                        given if getattr(method, "_api_model", False) else [ids, *given]
                    )
                    self.attempt(user, model, name, args, CONTEXTS[1])
        self.assertGreater(tried, 300)

    def arguments(self, method):
        names = list(inspect.signature(inspect.unwrap(method)).parameters.values())[1:]
        return [
            ARGUMENTS.get(parameter.name, "x")
            for parameter in names
            if parameter.default is parameter.empty
            and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]

    def test_no_command_through_what_one_may_write(self):
        """Lists of money on documents and companies that sales may write."""
        self.before = self.fingerprint()
        quote, contract = self.quote(), self.active_contract()
        self.before = self.fingerprint()
        tried = 0
        for record in (self.hilton, quote, contract, self.somchai):
            for name, field in record._fields.items():
                if field.type not in ("one2many", "many2many"):
                    continue
                if field.comodel_name not in BOOKS:
                    continue
                values = self.values_of(field.comodel_name)
                for found in self.env[field.comodel_name].sudo().search([], limit=2):
                    for command in (
                        Command.create(values),
                        Command.update(found.id, values),
                        Command.delete(found.id),
                        Command.unlink(found.id),
                        Command.link(found.id),
                        Command.clear(),
                        Command.set([found.id]),
                    ):
                        tried += 1
                        nested = [record.ids, {name: [command]}]
                        self.attempt(self.nikki, record._name, "write", nested, {})
                        self.attempt(
                            self.nikki,
                            record._name,
                            "web_save",
                            [*nested, {name: {"fields": {}}}],
                            CONTEXTS[1],
                        )
        self.assertTrue(tried)

    def test_finance_writes_no_record_of_the_system(self):
        own = [self.env[name] for name in SYSTEM_ONLY]
        self.books = own
        self.before = self.fingerprint()
        for model in SYSTEM_ONLY:
            values = self.values_of(model)
            ids = self.env[model].sudo().search([], limit=2).ids
            for context in CONTEXTS:
                for method, args in (
                    ("create", [[values]]),
                    ("unlink", [ids]),
                    ("copy", [ids]),
                    ("load", [[*values], [[str(v) for v in values.values()]]]),
                    ("web_save", [[], values, {"id": {}}]),
                ):
                    self.attempt(self.pom, model, method, args, context)
        payment = self.env["bmasia.payment"].search([], limit=1)
        invoice = self.invoice_
        for record in (payment, invoice, self.hilton):
            for name, field in record._fields.items():
                is_list = field.type in ("one2many", "many2many")
                if not is_list or field.comodel_name not in SYSTEM_ONLY:
                    continue
                values = self.values_of(field.comodel_name)
                for found in self.env[field.comodel_name].sudo().search([], limit=1):
                    for command in (
                        Command.create(values),
                        Command.update(found.id, values),
                        Command.delete(found.id),
                        Command.unlink(found.id),
                        Command.link(found.id),
                        Command.clear(),
                    ):
                        args = [record.ids, {name: [command]}]
                        self.attempt(self.pom, record._name, "write", args, {})

    def test_nobody_but_finance_exports_the_books(self):
        """Not even what may be read one by one."""
        for user in (self.customer, self.visitor):
            for model in BOOKS:
                if model == "res.company":
                    continue
                ids = self.env[model].sudo().search([], limit=2).ids
                records = self.env[model].with_user(user)
                for method, args in (
                    ("export_data", [ids, ["id", "display_name"]]),
                    ("read", [ids, ["display_name"]]),
                    ("web_read", [ids, {"display_name": {}}]),
                ):
                    if not ids:
                        continue
                    with self.subTest(f"{user.login} {model}.{method}"):
                        with self.assertRaises(AccessError):
                            call_kw(records, method, args, {})
                with self.subTest(f"{user.login} {model}.search_read"):
                    with self.assertRaises(AccessError):
                        call_kw(records, "search_read", [[]], {})
