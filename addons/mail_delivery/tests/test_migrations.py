import importlib.util
from pathlib import Path

from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged

SCRIPT = "migrations/19.0.1.3.0/pre-sending-limits.py"
REASONS = {"pace": "minute_limit", "pace_day": "day_limit", "busy": "busy"}


@tagged("post_install", "-at_install")
class TestMigrations(TransactionCase):
    def test_a_row_that_waits_for_a_limit_names_its_window(self):
        rows = self.env["mail.delivery"].create(
            [
                {"recipient": f"{reason}@example.com", "reason": reason}
                for reason in REASONS
            ]
        )
        self.env.flush_all()
        path = Path(get_module_path("mail_delivery")) / SCRIPT
        spec = importlib.util.spec_from_file_location("sending_limits", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.2.0")
        rows.invalidate_recordset()
        self.assertEqual(rows.mapped("reason"), list(REASONS.values()))
        self.assertFalse([row.id for row in rows if not row._sentence(row.reason)])
