"""Lists and counters read all their rows at once: no query per row."""

from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CrmCase

FEW, MANY = 3, 15
COPIES = 3000
FOLLOWING = 3  # queries of Odoo's to make the responsible follow one more document
MODELS = ("bmasia.company", "bmasia.quote", "bmasia.contract", "bmasia.invoice")
DRAFTS = 300  # so many that PostgreSQL would rather look for them in order
SLACK = 2 * DRAFTS + 100  # rows: My Day counts the drafts, and adds up other open ones
# what became of a document, and the day that My Day orders its drafts by
PAST = {
    "bmasia.quote": ("rejected", "date"),
    "bmasia.contract": ("expired", "start_date"),
    "bmasia.invoice": ("paid", "issue_date"),
}


@tagged("post_install", "-at_install")
class TestListQueries(CrmCase):
    def setUp(self):
        super().setUp()
        for number in range(MANY):
            company = self.make_company(f"Hotel {number}", country="base.th")
            self.env["res.partner"].create(
                {
                    "name": f"Contact {number}",
                    "email": f"contact{number}@example.com",
                    "parent_id": company.partner_id.id,
                    "contact_type": "primary",
                }
            )
            mine = {"customer_id": company.id}
            self.quote(**mine)
            self.active_contract(**mine)
            invoice = self.issued_invoice(**mine)
            invoice.action_register_payment(100)

    def queries(self, read):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        read()
        return self.env.cr.sql_log_count - before

    def specification(self, model, kind):
        """What the web client asks for to show this view."""
        view = self.env[model].with_user(self.nikki).get_views([(False, kind)])
        specification = {}
        for name in view["models"][model]["fields"]:
            relational = self.env[model]._fields[name].type == "many2one"
            specification[name] = {"fields": {"display_name": {}}} if relational else {}
        return specification

    def test_a_longer_list_costs_no_further_query(self):
        for model in (*MODELS, "bmasia.receipt"):
            for kind in ("list", "kanban"):
                specification = self.specification(model, kind)
                records = self.env[model].with_user(self.nikki)

                def read(limit, records=records, specification=specification):
                    records.web_search_read([], specification, limit=limit)

                with self.subTest(model=model, view=kind):
                    # as it is counted: else rules are read first while it is
                    self.queries(lambda read=read: read(FEW))
                    few = self.queries(lambda read=read: read(FEW))
                    many = self.queries(lambda read=read: read(MANY))
                    self.assertEqual(many, few)

    def test_counters_of_many_companies_cost_as_much_as_of_one(self):
        counters = ["quote_count", "contract_count", "invoice_count", "payment_count"]
        companies = self.env["bmasia.company"].with_user(self.nikki).search([])
        companies.read(counters)
        one = self.queries(lambda: companies[:1].read(counters))
        many = self.queries(lambda: companies.read(counters))
        self.assertEqual(many, one)


@tagged("post_install", "-at_install")
class TestIndexes(CrmCase):
    def indexed(self):
        """The tables with an index of parts of texts."""
        self.env.cr.execute(
            "SELECT tablename FROM pg_indexes WHERE indexdef LIKE '%gin_trgm_ops%'"
        )
        return {table for (table,) in self.env.cr.fetchall()}

    def test_parts_of_numbers_and_names_are_indexed(self):
        """Odoo makes these only in a database that has pg_trgm."""
        documents = {model.replace(".", "_") for model in (*MODELS, "bmasia.receipt")}
        self.assertLessEqual(documents, self.indexed())

    def test_no_index_takes_the_place_of_a_method(self):
        """One called ``_open`` hid the method that opens what a button made."""
        for model in self.registry.models.values():
            for index in model._table_objects.values():
                name = f"_{index.name}"
                hidden = [c for c in model.__mro__ if callable(vars(c).get(name))]
                self.assertFalse(hidden, index.full_name(model))

    def test_a_database_from_before_gets_what_the_indexes_need(self):
        registry = self.env.registry
        self.addCleanup(setattr, registry, "has_trigram", registry.has_trigram)
        self.env.cr.execute("DROP EXTENSION pg_trgm CASCADE")
        self.assertNotIn("bmasia_company", self.indexed())
        registry.has_trigram = False
        self.env["document.search"].init()
        self.assertTrue(registry.has_trigram)
        registry.check_indexes(self.env.cr, ["bmasia.company"])
        self.assertIn("bmasia_company", self.indexed())

    def test_a_role_that_may_not_make_the_extension_is_told_the_command(self):
        registry = self.env.registry
        self.addCleanup(setattr, registry, "has_trigram", registry.has_trigram)
        self.env.cr.execute("DROP EXTENSION pg_trgm CASCADE")
        registry.has_trigram = False
        self.addCleanup(setattr, registry, "has_unaccent", registry.has_unaccent)
        database = SQL.identifier(self.env.cr.dbname)
        self.env.cr.execute(
            SQL("REVOKE CREATE ON DATABASE %s FROM CURRENT_USER, PUBLIC", database)
        )
        with self.assertLogs("odoo.addons.document_flow", "WARNING") as logs:
            self.env["document.search"].init()
        self.assertFalse(registry.has_trigram)
        self.assertIn("CREATE EXTENSION pg_trgm", logs.output[0])

    def plans(self, read):
        """How PostgreSQL would answer what is asked, were the tables large."""
        asked = []
        execute = Cursor.execute

        def watch(cursor, query, params=None, log_exceptions=True):
            execute(cursor, query, params, log_exceptions)
            asked.append(cursor._obj.query.decode())

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(Cursor, "execute", watch):
            read()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        found = []
        for query in asked:
            self.env.cr.execute(SQL("EXPLAIN " + query.replace("%", "%%")))
            found.append("\n".join(line for (line,) in self.env.cr.fetchall()))
        return found

    def keep_only(self, wanted):
        """Between indexes that cost the same in a small table, chance decides."""
        self.env.cr.execute(
            """SELECT i.indexrelid::regclass::text FROM pg_index i
               WHERE i.indrelid IN ('bmasia_quote'::regclass,
                   'bmasia_contract'::regclass, 'bmasia_invoice'::regclass)
               AND NOT i.indisprimary AND i.indexrelid::regclass::text != ALL(%s)""",
            [wanted],
        )
        for (index,) in self.env.cr.fetchall():
            self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
        self.env.cr.execute("SET LOCAL enable_bitmapscan = off")

    def test_the_first_screen_adds_up_without_reading_the_documents(self):
        wanted = ["quote_open_quotes", "contract_running", "invoice_revenue"]
        wanted = [f"bmasia_{index}" for index in (*wanted, "invoice_due")]
        self.keep_only(wanted)
        dashboard = self.env["bmasia.dashboard"].with_user(self.nikki)
        plans = "\n".join(self.plans(dashboard.get_figures))
        for index in wanted:
            self.assertIn(f"Index Only Scan using {index}", plans)

    def test_what_was_made_of_a_quote_is_asked_without_reading_the_documents(self):
        """Of all that were ever accepted."""
        wanted = ["bmasia_quote_won", "bmasia_contract_quote"]
        self.keep_only(wanted)
        for model, method in (
            ("bmasia.dashboard", "get_figures"),
            ("document.day", "get_day"),
        ):
            ask = getattr(self.env[model].with_user(self.nikki), method)
            (plan,) = [plan for plan in self.plans(ask) if wanted[1] in plan]
            for index in wanted:
                with self.subTest(model=model, index=index):
                    self.assertIn(f"Index Only Scan using {index}", plan)

    def reads(self, model, ask):
        """The rows of a model that PostgreSQL reads to answer what is asked."""

        def count():
            self.env.cr.execute(
                """SELECT seq_tup_read + coalesce(idx_tup_fetch, 0)
                     FROM pg_stat_xact_user_tables WHERE relname = %s""",
                [model._table],
            )
            return self.env.cr.fetchone()[0]

        self.env.flush_all()
        self.env.invalidate_all()
        before = count()
        ask()
        return count() - before

    def test_my_day_finds_the_oldest_drafts_without_the_past(self):
        """In the order of all documents, drafts come after what was ever decided."""
        for model, (state, day) in PAST.items():
            self.fill(self.env[model], state=state, **{day: "2020-01-01"})
            self.fill(self.env[model], DRAFTS, state="draft", **{day: "2026-01-01"})
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for model in PAST:
            user = self.pom if model == "bmasia.invoice" else self.nikki
            day = self.env["document.day"].with_user(user)
            with self.subTest(model=model):
                found = self.reads(self.env[model], day.get_day)
                self.assertGreaterEqual(found, DRAFTS)
                self.assertLessEqual(found, SLACK)

    def test_no_document_is_compared_with_all_others(self):
        """As PostgreSQL does once a list of them is too long to remember."""
        contracts = self.env["bmasia.contract"]
        past = {"end_date": "2020-12-31", "notice_from": "2020-10-01"}
        self.fill(contracts, 3 * COPIES, state="expired", **past)
        self.env.cr.execute("SET LOCAL work_mem = '64kB'")
        manager = self.env(user=self.norbert)
        asked = [
            manager["bmasia.dashboard"].get_figures,
            lambda: manager["document.day"].get_day(team=True),
        ]
        plans = "\n".join(plan for ask in asked for plan in self.plans(ask))
        self.assertIn("bmasia_contract", plans)
        self.assertNotRegex(plans, r"SubPlan \d+\n +->  Materialize")

    def fill(self, model, count=COPIES, **others):
        """Many documents like the one that is there, but for a link: in a small table,
        any index will do.

        :param others: values, by the fields in which the copies differ
        """
        self.make(model._name)
        self.env.flush_all()
        columns = [
            name
            for name, field in model._fields.items()
            if field.store and field.column_type and name not in ("id", "name")
        ]
        values = [
            SQL("%s", others[name]) if name in others else SQL.identifier(name)
            for name in columns
        ]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s "
                "FROM %(table)s, generate_series(1, %(count)s) LIMIT %(count)s",
                table=SQL.identifier(model._table),
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(values),
                count=count,
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(model._table)))

    def test_documents_of_one_entity_are_listed_in_its_order(self):
        """Who works for one of two reads none of the other's on the way."""
        self.nikki.company_ids = self.nikki.company_id
        for model in MODELS[1:]:
            self.fill(self.env[model], company_id=self.hongkong.id)
            documents = self.env[model].with_user(self.nikki)
            plan = self.plans(
                lambda documents=documents: documents.search([], limit=80)
            )[-1]
            with self.subTest(model=model):
                name = f"{model.replace('.', '_')}_in_order_of_entity"
                self.assertIn(f"Scan using {name}", plan)
                self.assertNotIn("Sort", plan)

    def test_documents_of_companies_are_searched_with_indexes(self):
        other = self.make_company("Soneva", country="base.mv")
        for model in MODELS[1:]:
            self.fill(self.env[model], customer_id=other.id)
        self.env.cr.execute("SET LOCAL enable_indexscan = off")
        domain = ["|", ("name", "ilike", "007"), ("customer_id", "ilike", "hilton")]
        for model in MODELS[1:]:
            documents = self.env[model].with_user(self.nikki)
            plan = self.plans(lambda documents=documents: documents.search(domain))[-1]
            with self.subTest(model=model):
                self.assertIn(f"{model.replace('.', '_')}__customer_id_index", plan)
                self.assertNotIn("SubPlan", plan)
                self.assertNotIn("Seq Scan", plan)

    def test_postgresql_samples_enough_numbers_to_know_how_rare_one_is(self):
        self.env.cr.execute(
            "SELECT attrelid::regclass::text FROM pg_attribute "
            "WHERE attname = 'name' AND attstattarget = 1000"
        )
        sampled = {table for (table,) in self.env.cr.fetchall()}
        self.assertLessEqual({m.replace(".", "_") for m in MODELS[1:]}, sampled)

    def test_a_company_is_searched_with_an_index_of_each_name(self):
        self.env.cr.execute("SET LOCAL enable_indexscan = off")
        companies = self.env["bmasia.company"].with_user(self.nikki)
        plan = "\n".join(self.plans(lambda: companies.name_search("hilton")))
        for name in ("name", "legal_name", "vat"):
            self.assertIn(f"bmasia_company__{name}_index", plan)


@tagged("post_install", "-at_install")
class TestCronQueries(CrmCase):
    told = [("message_type", "=", "user_notification")]

    def queries_of_cron(self, number):
        for _number in range(number):
            self.active_contract()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["bmasia.contract"]._cron_create_invoices()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_the_invoices_of_a_batch_are_made_together(self):
        self.queries_of_cron(1)
        few = self.queries_of_cron(FEW)
        many = self.queries_of_cron(MANY)
        self.assertLessEqual((many - few) / (MANY - FEW), FOLLOWING)

    def test_nobody_is_told_of_each_draft(self):
        """Core mails "you have been assigned" to whoever becomes responsible."""
        self.active_contract()
        before = self.env["mail.message"].search_count(self.told)
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertTrue(self.env["bmasia.invoice"].search([]))
        self.assertEqual(self.env["mail.message"].search_count(self.told), before)
