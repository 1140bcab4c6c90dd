import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models, modules

_logger = logging.getLogger(__name__)

KEPT_HOURS = 24  # metrics look back for minutes


class BmasiaPrintTime(models.Model):
    """How long a print took, for the metrics: of all processes, on all machines.

    How it works: a row for each print, in a transaction of its own, for that of a
    request may be read-only, or be taken back. A crash that loses one costs a figure.
    """

    _name = "bmasia.print.time"
    _description = "Time of a Print"
    _inherit = ["document.entity.mixin"]
    _entity_path = ""
    _rec_name = "seconds"

    # In a test another connection does not see what the test makes, and queries are
    # counted; who tests this switches it on.
    _notes_in_tests = False

    seconds = fields.Float(required=True, readonly=True, help="For each document.")
    documents = fields.Integer(required=True, readonly=True, aggregator="sum")

    _recent = models.Index("(create_date)")

    @api.model
    def _note(self, seconds, documents):
        """Keep how long a print took; never at the expense of the print.

        :param float seconds: for all of its documents
        :param int documents: how many
        """
        if not documents or (modules.module.current_test and not self._notes_in_tests):
            return
        try:
            with self.env.registry.cursor() as cr:
                cr.execute("SET LOCAL synchronous_commit = off")
                cr.execute(
                    "INSERT INTO bmasia_print_time (seconds, documents, create_date)"
                    " VALUES (%s, %s, clock_timestamp() AT TIME ZONE 'UTC')",
                    (seconds / documents, documents),
                )
        except psycopg2.Error as error:
            _logger.warning("health: a time was not kept: %s", type(error).__name__)

    @api.autovacuum
    def _gc_times(self):
        """Forget what no metric looks at any more."""
        self.env.cr.execute(
            "DELETE FROM bmasia_print_time WHERE create_date < %s",
            [fields.Datetime.now() - timedelta(hours=KEPT_HOURS)],
        )
