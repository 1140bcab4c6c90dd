import shutil

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from odoo import api, models
from odoo.tools import SQL

from ..tools.findings import STATES
from .bmasia_health_mail import MOST, NOW

QUANTILES = (0.5, 0.95, 0.99)
MINUTES = 15  # that times look back
HOUR = 60  # minutes that outcomes look back
EXACT = 10_000  # rows up to which documents are counted, not estimated
# In two parts: each reads an index that has nothing but what waits.
WAITING_OF = " UNION ALL ".join(
    f"""
    SELECT mail_server_id, user_id, state, count(*) AS number,
           EXTRACT(EPOCH FROM {NOW} - min(queued_at))::float AS seconds
      FROM mail_delivery WHERE {waits}
  GROUP BY 1, 2, 3"""
    for waits in ("state IN ('queued', 'deferred')", "state = 'sending'")
)
# By account: a row names it once it was tried; before that its sender does.
QUEUE = f"""
    SELECT COALESCE(q.mail_server_id, s.id, 0), q.state, sum(q.number)::int,
           GREATEST(max(q.seconds), 0)
      FROM ({WAITING_OF}) q
      LEFT JOIN LATERAL (
           SELECT min(id) AS id FROM ir_mail_server
            WHERE owner_user_id = q.user_id AND active) s ON true
  GROUP BY 1, 2 ORDER BY 1, 2
"""
SMTP_TIMES = f"""
    SELECT count(*), percentile_disc(%s) WITHIN GROUP (
           ORDER BY EXTRACT(EPOCH FROM sent_at - handed_at)::float)
      FROM (SELECT state, sent_at, handed_at FROM mail_delivery
             WHERE handed_at > {NOW} - %s * interval '1 minute'
          ORDER BY handed_at DESC LIMIT {MOST}) d
     WHERE state = 'sent' AND sent_at >= handed_at
"""
PDF_TIMES = f"""
    SELECT COALESCE(sum(documents), 0),
           percentile_disc(%s) WITHIN GROUP (ORDER BY seconds)
      FROM (SELECT documents, seconds FROM bmasia_print_time
             WHERE create_date > {NOW} - %s * interval '1 minute'
          ORDER BY create_date DESC LIMIT {MOST}) p
"""


class Families(Collector):
    """Metrics that were read already."""

    def __init__(self, families):
        self.families = families

    def collect(self):
        return iter(self.families)


class BmasiaHealthMetrics(models.AbstractModel):
    """What Prometheus collects: part of ``bmasia.health``.

    Everything is read from the database when it is asked for, so that all processes
    and machines give the same answer. It names accounts, jobs and kinds of documents,
    by ids and names of our own; no person, address or document. Another addon adds a
    family by ``_metric_families``.
    """

    _name = "bmasia.health.metrics.mixin"
    _description = "Metrics"

    @api.model
    def _metrics(self):
        """The metrics in Prometheus' text format.

        :rtype: bytes
        """
        registry = CollectorRegistry()
        registry.register(Families(self._metric_families()))
        return generate_latest(registry)

    @api.model
    def _metric_families(self):
        """Hook: the families, of :mod:`prometheus_client.core`."""
        return [
            self._metric_versions(),
            self._metric_checks(),
            *self._metrics_of_queue(),
            self._metric_accounts(),
            self._metric_outcomes(),
            *self._metrics_of_times("smtp", "One SMTP transaction", SMTP_TIMES),
            *self._metrics_of_times("pdf", "The layout of one document", PDF_TIMES),
            *self._metrics_of_jobs(),
            self._metric_documents(),
            *self._metrics_of_disks(),
        ]

    def _metric_versions(self):
        family = InfoMetricFamily("bmasia", "Versions")
        family.add_metric([], {k: str(v) for k, v in self._versions().items()})
        return family

    def _metric_checks(self):
        family = GaugeMetricFamily(
            "bmasia_check",
            "What the probe looks at: 0 ok, 1 warn, 2 fail",
            labels=["check"],
        )
        worst = {}
        for finding in self._probe():
            state = STATES.index(finding["state"])
            worst[finding["check"]] = max(worst.get(finding["check"], 0), state)
        for name, state in worst.items():
            family.add_metric([name], state)
        return family

    def _metrics_of_queue(self):
        count = GaugeMetricFamily(
            "bmasia_mail_queue_deliveries",
            "Deliveries that are not done, by account (0: the company's mail server)",
            labels=["account", "state"],
        )
        age = GaugeMetricFamily(
            "bmasia_mail_queue_age_seconds",
            "Age of the oldest of them, also of one that waits for a limit or a pause",
            labels=["account", "state"],
        )
        self.env.cr.execute(QUEUE)
        for account, state, number, seconds in self.env.cr.fetchall():
            count.add_metric([str(account), state], number)
            age.add_metric([str(account), state], seconds)
        number, seconds = self._waiting()
        return [
            count,
            age,
            GaugeMetricFamily(
                "bmasia_mail_due_deliveries", "Deliveries that could leave", number
            ),
            GaugeMetricFamily(
                "bmasia_mail_due_age_seconds",
                "For how long the oldest of them could have left",
                seconds,
            ),
        ]

    def _metric_accounts(self):
        family = GaugeMetricFamily(
            "bmasia_mail_account",
            "Mail accounts: ok, failing, sending_limit and login (paused)",
            labels=["account", "state"],
        )
        for account, state in self._account_states():
            family.add_metric([str(account), state], 1)
        return family

    def _metric_outcomes(self):
        family = GaugeMetricFamily(
            "bmasia_mail_deliveries_last_hour",
            "Deliveries of the last hour by what became of them",
            labels=["state"],
        )
        for state, number in self._recent_outcomes(HOUR).items():
            family.add_metric([state], number)
        return family

    def _metrics_of_times(self, name, words, statement):
        times = GaugeMetricFamily(
            f"bmasia_{name}_seconds",
            f"{words}, of the last {MINUTES} minutes",
            labels=["quantile"],
        )
        self.env.cr.execute(statement, [list(QUANTILES), MINUTES])
        number, values = self.env.cr.fetchone()
        for quantile, seconds in zip(QUANTILES, values or (), strict=False):
            times.add_metric([str(quantile)], seconds)
        count = GaugeMetricFamily(
            f"bmasia_{name}_count", f"How many in the last {MINUTES} minutes", number
        )
        return [times, count]

    def _metrics_of_jobs(self):
        labels = ["job"]
        active = GaugeMetricFamily("bmasia_job_active", "1: active", labels=labels)
        failures = GaugeMetricFamily(
            "bmasia_job_failures", "Failures in a row", labels=labels
        )
        last = GaugeMetricFamily(
            "bmasia_job_last_run_timestamp_seconds", "When it last ran", labels=labels
        )
        for job in self._jobs():
            active.add_metric([job["name"]], int(job["active"]))
            failures.add_metric([job["name"]], job["failures"])
            if job["last"]:
                last.add_metric([job["name"]], job["last"])
        return [active, failures, last]

    def _metric_documents(self):
        family = GaugeMetricFamily(
            "bmasia_documents",
            f"Documents; beyond {EXACT} PostgreSQL's estimate",
            labels=["kind"],
        )
        for table in self._numbered_tables():
            self.env.cr.execute(
                "SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)", [table]
            )
            (number,) = self.env.cr.fetchone()
            if number < EXACT:
                number = self._count(table)
            family.add_metric([table], number)
        return family

    def _count(self, table):
        # a table that grew and was never analysed is not counted to its end
        return self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (SELECT FROM %s LIMIT %s) t",
                SQL.identifier(table),
                10 * EXACT,
            )
        )[0][0]

    def _metrics_of_disks(self):
        free = GaugeMetricFamily(
            "bmasia_disk_free_bytes", "Free space", labels=["place"]
        )
        size = GaugeMetricFamily(
            "bmasia_disk_size_bytes", "Whole space", labels=["place"]
        )
        for place, folder in self._places().items():
            usage = shutil.disk_usage(folder)
            free.add_metric([place], usage.free)
            size.add_metric([place], usage.total)
        return [free, size]
