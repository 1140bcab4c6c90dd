"""Lists sort numbers as people count."""

import random

from odoo.tests import tagged

from odoo.addons.document_flow.tools import numbering

from .common import CrmCase

COPIES = 20000


@tagged("post_install", "-at_install")
class TestNumberOrder(CrmCase):
    def kinds(self):
        return self.env["document.mixin"]._kinds().values()

    def test_every_kind_of_numbered_document_sorts_so(self):
        codes = self.env["document.numbered.mixin"]._all_number_codes()
        self.assertGreater(len(list(self.kinds())), 3)
        for model in self.kinds():
            kind = next(iter(model._number_codes))
            series = [
                numbering.series("year", codes[kind], "TH", day)
                for day in (self.day(2026), self.day(2027))
            ]
            wanted = [numbering.numbered(series[0], n) for n in (30, 998, 999, 1000)]
            wanted += [numbering.numbered(series[1], n) for n in (1, 12)]
            wanted += ["X 9", "X 10"]
            rows = [(name, numbering.sort_key(name, codes.values())) for name in wanted]
            self.assertEqual([r[0] for r in sorted(rows, key=lambda r: r[1])], wanted)
            order = model._order_to_sql("name desc", model._search([]))
            self.assertIn("number_key", str(order.code) + str(order.params), kind)

    def day(self, year):
        return self.thailand._today().replace(year=year, month=1, day=1)

    def test_a_list_counts_on_behind_999(self):
        names = ["TH-QT26999", "TH-QT261000", "TH-QT26030", "TH-QT27001"]
        random.Random(1).shuffle(names)
        for name in names:
            self.make("bmasia.quote").sudo().name = name
        found = self.env["bmasia.quote"].search(
            [("name", "in", names)], order="name desc"
        )
        self.assertEqual(
            found.mapped("name"),
            ["TH-QT27001", "TH-QT261000", "TH-QT26999", "TH-QT26030"],
        )

    def test_postgresql_reads_them_in_order(self):
        """A page of a long list sorted by number sorts no other rows."""
        quote = self.make("bmasia.quote").sudo()
        quote.name = "Q-2026-0101-001"
        self.env.flush_all()
        columns = [
            name
            for name, field in quote._fields.items()
            if field.store and field.column_type and name not in ("id", "name")
        ]
        plain = [name for name in columns if name not in ("number_key", "access_token")]
        listed = ", ".join(f'"{name}"' for name in plain)
        self.cr.execute(
            f"INSERT INTO bmasia_quote (name, number_key, {listed}) "
            f"SELECT 'Q-2027-0101-' || n, 'Q-2027-0101-' || lpad(n::text, 12, '0'), "
            f"{listed} FROM bmasia_quote, generate_series(1, {COPIES}) AS n "
            "WHERE bmasia_quote.id = %s",
            (quote.id,),
        )
        self.cr.execute("ANALYZE bmasia_quote")
        for way in ("asc", "desc"):
            query = self.env["bmasia.quote"]._search(
                [], order=f"name {way}", limit=80, active_test=False
            )
            self.cr.execute(
                "EXPLAIN " + str(query.select().code), query.select().params
            )
            plan = "\n".join(row[0] for row in self.cr.fetchall())
            self.assertIn("number_order", plan)
            self.assertNotIn("Sort", plan)
