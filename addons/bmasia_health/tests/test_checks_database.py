"""What the checks of numbers, extensions and indexes say when something is wrong."""

from odoo.tests import tagged

from odoo.addons.document_flow.tools import folding

from .common import HealthCase


@tagged("post_install", "-at_install")
class TestNumbers(HealthCase):
    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM document_number")

    def give(self, *values, series="TH-QT26"):
        for value in values:
            self.env.cr.execute(
                "INSERT INTO document_number"
                " (name, series, value, company_id, kind, res_model, res_id)"
                " VALUES (%s, %s, %s, %s, 'quote', 'bmasia.quote', 0)",
                [f"{series}{value}", series, value, self.thailand.id],
            )

    def test_no_gap(self):
        self.assertState("number_gaps", "ok")
        self.give(426, 427)
        self.assertState("number_gaps", "ok")

    def test_gaps_are_named(self):
        self.give(1, 3, 7)
        self.give(1, 2, series="TH-IV26")
        self.assertState("number_gaps", "warn", "Missing: TH-QT26 2, 4–6")

    def test_a_number_that_was_given_twice(self):
        self.assertState("number_duplicates", "ok")
        quote, contract = self.quote(), self.contract()
        quote.action_mark_sent()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE bmasia_contract SET name = %s WHERE id = %s",
            [quote.name, contract.id],
        )
        self.assertState("number_duplicates", "fail", quote.name)


@tagged("post_install", "-at_install")
class TestSearch(HealthCase):
    def test_all_indexes_are_there(self):
        self.assertState("trigrams", "ok")
        self.assertState("unaccent", "ok")

    def test_without_the_extension(self):
        self.env.cr.execute("DROP EXTENSION pg_trgm CASCADE")
        name = self.env.cr.dbname
        command = f"psql -d {name} -c 'CREATE EXTENSION pg_trgm'"
        self.assertState("trigrams", "warn", command)

    def test_an_index_that_waits(self):
        self.env.cr.execute("DROP INDEX bmasia_quote__name_index")
        self.assertState("trigrams", "warn", "bmasia_quote__name_index")
        self.assertState("trigrams", "warn", "-u document_flow")

    def test_a_function_of_somebody_else(self):
        self.env.cr.execute("COMMENT ON FUNCTION unaccent(text) IS 'theirs'")
        self.assertState("unaccent", "warn", "DROP EXTENSION")
        self.env.cr.execute(
            "COMMENT ON FUNCTION unaccent(text) IS %s", [folding.version()]
        )
        self.assertState("unaccent", "ok")
