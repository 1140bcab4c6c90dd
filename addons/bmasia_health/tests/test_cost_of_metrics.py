"""What is watched every few seconds costs the same after years of deliveries."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.mail_delivery.testkit import reading, rows_read

from .common import HealthCase

OLD = 20_000  # deliveries of former months, of which nobody asks any more
FEW = 200  # rows that a statement looks at: what waits, and what is recent
TABLE = "mail_delivery"


@tagged("post_install", "-at_install")
class TestCostOfMetrics(HealthCase):
    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM mail_delivery")
        now = fields.Datetime.now()
        self.late = now - timedelta(hours=1)
        # one waits for too long, so that it is asked whether others are sent
        row = self.make_mail(to="jane@example.com")._delivery_rows()
        row.queued_at = self.late
        self.env.flush_all()
        for state, count in (("sent", OLD), ("refused", OLD // 4)):
            self.fill(state, count, now - timedelta(days=40))
        self.fill("sent", 10, now - timedelta(minutes=1))
        self.env.cr.execute("ANALYZE mail_delivery")

    def fill(self, state, count, at):
        self.env.cr.execute(
            "INSERT INTO mail_delivery (recipient, kind, state, queued_at, handed_at,"
            " sent_at, write_date) SELECT 'a' || n || '@example.com', 'to', %s, %s, %s,"
            " %s, %s FROM generate_series(1, %s) n",
            [state, *[at] * 4, count],
        )

    def assertFewRows(self, ask, least):
        with reading(TABLE) as statements:
            ask()
        self.assertGreaterEqual(len(statements), least)
        for statement in statements:
            with self.subTest(statement):
                self.assertLessEqual(rows_read(self.env.cr, statement, TABLE), FEW)

    def test_metrics_look_at_what_waits_and_what_is_recent(self):
        self.assertFewRows(self.health._metrics, 5)

    def test_so_does_the_probe(self):
        self.assertFewRows(self.health._probe, 2)

    def test_so_do_the_doctors_checks_of_deliveries(self):
        for check in ("outcomes", "unknown"):
            self.assertFewRows(lambda check=check: self.ask(check), 1)

    def test_what_waits_is_counted_to_the_last_one(self):
        self.fill("queued", 300, self.late)
        self.fill("sending", 20, self.late)
        found = self.health._metrics().decode()
        for state, count in (("queued", 301), ("sending", 20)):
            labels = f'{{account="0",state="{state}"}}'
            self.assertIn(f"bmasia_mail_queue_deliveries{labels} {count}.0", found)
