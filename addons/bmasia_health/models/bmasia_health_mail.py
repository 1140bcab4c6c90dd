from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.translate import LazyTranslate

from odoo.addons.mail_delivery.tools.failures import connection_verdict
from odoo.addons.mail_delivery.tools.ledger import DUE
from odoo.addons.mail_delivery.tools.patience import limited
from odoo.addons.mail_delivery.tools.transmission import patience

from ..tools.findings import FAIL, OK, WARN, Finding, check

_lt = LazyTranslate(__name__)

SEND_JOB = "mail_delivery.ir_cron_deliver"
QUEUE_MINUTES = 15  # that a due mail may wait; a run takes one, a pause is not due
JOB_MINUTES = 10  # without a run; it runs each minute, and for one
STUCK_FAILURES = 5  # in a row: Odoo switches a job off after a week of them
# What Odoo itself leaves off: one until there is an incoming mail server, one that
# phones home.
MAY_BE_OFF = {
    "mail.ir_cron_mail_gateway_action",
    "mail.ir_cron_module_update_notification",
}
RELAY_SECONDS = 10  # for one mail server
MOST = 100_000  # rows of a window that are looked at; an import may have millions
# The moment of the statement: clock_timestamp() may change from row to row, so that
# PostgreSQL would compare it with each row of a table, and with no index.
NOW = "statement_timestamp() AT TIME ZONE 'UTC'"
# How long the deliveries wait that could be sent now, from the moment on that they
# could. Those that are held, paused or scheduled are none of them.
WAITING = f"""
    SELECT count(*), COALESCE(EXTRACT(EPOCH FROM {NOW} - min(GREATEST(
        d.queued_at, m.scheduled_date,
        CASE WHEN d.next_attempt <= {NOW} THEN d.next_attempt END))), 0)::float
      FROM mail_delivery d JOIN mail_mail m ON m.id = d.mail_id
     WHERE {DUE}
"""
# The newest of the window, each part by an index of its own.
OUTCOMES = f"""
    SELECT state, count(*) FROM (
           SELECT state FROM mail_delivery
            WHERE handed_at > {NOW} - %(minutes)s * interval '1 minute'
         ORDER BY handed_at DESC LIMIT {MOST}) handed
     WHERE state IN ('sent', 'unknown')
  GROUP BY state
 UNION ALL
    SELECT state, count(*) FROM (
           SELECT state FROM mail_delivery
            WHERE state IN ('deferred', 'refused')
              AND write_date > {NOW} - %(minutes)s * interval '1 minute'
         ORDER BY write_date DESC LIMIT {MOST}) failed
  GROUP BY state
"""
ACCOUNTS = f"""
    SELECT id, CASE
           WHEN delivery_paused_until > {NOW} THEN delivery_pause
           WHEN delivery_failures > 0 THEN 'failing' ELSE 'ok' END
      FROM ir_mail_server WHERE active ORDER BY id
"""
MOVES = f"""
    SELECT 1 FROM mail_delivery
     WHERE handed_at > {NOW} - %s * interval '1 minute' LIMIT 1
"""
# The last sign of life of a job: while it has more to do Odoo moves its last call on
# only at the end, but notes each of its runs.
JOBS = """
    SELECT d.module || '.' || d.name, c.active, c.failure_count,
           EXTRACT(EPOCH FROM GREATEST(c.lastcall, r.last))::float,
           EXTRACT(EPOCH FROM statement_timestamp()
               - c.nextcall AT TIME ZONE 'UTC')::float,
           EXTRACT(EPOCH FROM statement_timestamp()
               - COALESCE(GREATEST(c.lastcall, r.last), c.create_date, c.nextcall)
                 AT TIME ZONE 'UTC')::float
      FROM ir_cron c
      JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = c.id
      LEFT JOIN LATERAL (
           SELECT p.create_date AS last FROM ir_cron_progress p
            WHERE p.cron_id = c.id ORDER BY p.id DESC LIMIT 1) r ON true
     WHERE d.module = ANY(%s) ORDER BY 1
"""


class BmasiaHealthMail(models.AbstractModel):
    """The mail queue and the scheduled jobs: part of ``bmasia.health``.

    Gives: checks of queue, outcomes, accounts, jobs and relay, and what they read for
    the metrics. All times are the database's. What is read is found by an index,
    however many deliveries there are: all that wait, and of what is done the newest of
    a window.
    """

    _name = "bmasia.health.mail.mixin"
    _description = "Health of Mails and Jobs"

    # ------------------------------------------------------------
    # QUEUE
    # ------------------------------------------------------------

    @api.model
    def _waiting(self):
        """``(due deliveries, seconds that the oldest of them waits)``"""
        self.env.cr.execute(WAITING)
        count, seconds = self.env.cr.fetchone()
        return count, max(round(seconds), 0)

    @check(_lt("Mail queue"), 50, is_probe=True)
    def _check_queue(self):
        count, seconds = self._waiting()
        limit = self._number("queue_minutes", QUEUE_MINUTES)
        if seconds <= 60 * limit:
            return Finding(OK, self.env._("E-mails that are due: %s", count))
        found = self.env._(
            "E-mails that are due: %(count)s, the oldest for %(minutes)s minutes",
            count=count,
            minutes=seconds // 60,
        )
        self.env.cr.execute(MOVES, [limit])
        if self.env.cr.fetchone():
            # a batch, or a server that is slow: a restart would not help
            todo = self.env._("Others are being sent. Look at E-mails, Waiting.")
            return Finding(WARN, found, todo)
        if held := self._held():
            return held
        todo = self.env._(
            "The queue stands: read the log for lines with mail delivery, and look at "
            "the job Mail Delivery: send what is due."
        )
        return Finding(FAIL, found, todo)

    @check(_lt("Job that sends"), 60, is_probe=True)
    def _check_send_job(self):
        if held := self._held():
            return held
        job = next((job for job in self._jobs() if job["name"] == SEND_JOB), None)
        if not job or not job["active"]:
            return Finding(
                FAIL,
                self.env._("It is switched off: nothing in the queue is sent"),
                self.env._(
                    "Activate Mail Delivery: send what is due, a scheduled job."
                ),
            )
        minutes = int(job["idle"] // 60)
        if minutes >= self._number("job_minutes", JOB_MINUTES):
            return Finding(
                FAIL,
                self.env._("It last ran %s minutes ago", minutes),
                self.env._("Restart Odoo; max_cron_threads must be at least 1."),
            )
        return Finding(OK, self.env._("It last ran %s minutes ago", minutes))

    @api.model
    def _held(self):
        """What is found instead of a job that does not run, in a database that was
        restored and not released: a restart would not help.
        """
        if sentence := self.env["mail.hold"]._sentence():
            todo = self.env._("Release it in the line above every screen.")
            return Finding(WARN, sentence, todo)
        return None

    # ------------------------------------------------------------
    # OUTCOMES
    # ------------------------------------------------------------

    @check(_lt("Deliveries of a day"), 70)
    def _check_outcomes(self):
        counts = self._recent_outcomes(24 * 60)
        refused, sent = counts["refused"], counts["sent"]
        found = self.env._(
            "Sent %(sent)s, refused %(refused)s, deferred %(deferred)s",
            sent=sent,
            refused=refused,
            deferred=counts["deferred"],
        )
        if refused and refused * 10 >= sent + refused:
            todo = self.env._("Look at E-mails, Failed, for what they have in common.")
            return Finding(WARN, found, todo)
        return Finding(OK, found)

    @check(_lt("Unknown deliveries"), 80)
    def _check_unknown(self):
        self.env.cr.execute(
            "SELECT count(*) FROM mail_delivery WHERE state = 'unknown'"
        )
        (count,) = self.env.cr.fetchone()
        if count:
            return Finding(
                WARN,
                self.env._("May have arrived, or not: %s", count),
                self.env._("Their senders decide in E-mails, Failed."),
            )
        return Finding(OK, self.env._("None"))

    @api.model
    def _recent_outcomes(self, minutes):
        """How many deliveries came to which end lately: ``{state: count}``."""
        counts = dict.fromkeys(("sent", "deferred", "refused", "unknown"), 0)
        self.env.cr.execute(OUTCOMES, {"minutes": minutes})
        counts.update(self.env.cr.fetchall())
        return counts

    @check(_lt("Mail accounts"), 90)
    def _check_accounts(self):
        counts = {}
        for _account, state in self._account_states():
            counts[state] = counts.get(state, 0) + 1
        paused = counts.get("login", 0) + counts.get("sending_limit", 0)
        failing = counts.get("failing", 0)
        if paused or failing:
            return Finding(
                WARN,
                self.env._(
                    "Paused: %(paused)s, without an answer: %(failing)s",
                    paused=paused,
                    failing=failing,
                ),
                self.env._("Settings, Technical, Outgoing Mail Servers says why."),
            )
        return Finding(
            OK, self.env._("Accounts: %s, none paused", sum(counts.values()))
        )

    @api.model
    def _account_states(self):
        """``[(id of the mail server, state)]``; a state is ok, failing, or why it is
        paused."""
        self.env.cr.execute(ACCOUNTS)
        return self.env.cr.fetchall()

    # ------------------------------------------------------------
    # JOBS
    # ------------------------------------------------------------

    @check(_lt("Scheduled jobs"), 95)
    def _check_jobs(self):
        if held := self._held():
            return held
        off, failing, late, stuck = [], [], [], False
        for job in self._jobs():
            if not job["active"]:
                off.append(job["name"])
            elif job["failures"]:
                failing.append(job["name"])
                stuck = stuck or job["failures"] >= STUCK_FAILURES
            elif job["overdue"] > 3600:
                late.append(job["name"])
        if not (off or failing or late):
            return Finding(OK, self.env._("All are active, none fails"))
        words = [
            text
            for names, text in (
                (off, self.env._("switched off: %s", ", ".join(off))),
                (failing, self.env._("failing: %s", ", ".join(failing))),
                (late, self.env._("late: %s", ", ".join(late))),
            )
            if names
        ]
        return Finding(
            FAIL if stuck or late else WARN,
            "; ".join(words),
            self.env._(
                "Settings, Technical, Scheduled Actions; the log has the reason."
            ),
        )

    @api.model
    def _jobs(self):
        """Our jobs and those of mail, each as a dictionary; its times in seconds."""
        self.env.cr.execute(JOBS, [[*self._our_addons(), "mail"]])
        keys = ("name", "active", "failures", "last", "overdue", "idle")
        jobs = [dict(zip(keys, row, strict=True)) for row in self.env.cr.fetchall()]
        return [job for job in jobs if job["active"] or job["name"] not in MAY_BE_OFF]

    @api.model
    def _our_addons(self):
        """Names of the addons of this project that are installed."""
        installed = self.env["ir.module.module"].search([("state", "=", "installed")])
        author = installed.filtered(lambda addon: addon.name == "bmasia_crm").author
        return installed.filtered(lambda addon: addon.author == author).mapped("name")

    # ------------------------------------------------------------
    # RELAY
    # ------------------------------------------------------------

    @check(_lt("Mail server of the company"), 98, is_remote=True)
    def _check_relay(self):
        return [
            self._relay_finding(company)
            for company in self.env["res.company"].search([])
        ]

    def _relay_finding(self, company):
        """Connects and logs in as the engine does, sends nothing."""
        address = company.email_formatted or self.env.user.email_formatted
        servers = self.env["ir.mail_server"].with_company(company)
        servers = servers.with_context(mail_delivery_timeout=RELAY_SECONDS)
        server, smtp_from = servers._find_mail_server(address)
        try:
            with limited(lambda: patience(RELAY_SECONDS)):
                line = servers._connect__(
                    mail_server_id=server.id if server else None, smtp_from=smtp_from
                )
            if line is not None:
                line.quit()
        except UserError as error:
            reason = str(error)
        except Exception as error:
            reason = connection_verdict(error).reason
        else:
            found = self.env._("It answers, and the login works")
            return Finding(OK, found, about=company.name)
        return Finding(
            FAIL,
            self.env._("It cannot be used: %s", reason),
            self.env._("Look at Outgoing Mail Servers, or at ODOO_SMTP_RELAY."),
            company.name,
        )
