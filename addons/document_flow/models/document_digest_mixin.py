from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.tools import SQL, format_date

HOURS = [(str(hour), f"{hour:02d}:00") for hour in range(24)]
MORNING = "8"
TEMPLATE = "document_flow.day_digest"


class DocumentDigestMixin(models.AbstractModel):
    """One e-mail a day with what is on somebody's My Day.

    Gives: the preferences (whether, and at which hour of the user's own day), and the
    cron that sends it: in the user's language, only if there is something, through the
    company's server, as it is the system that writes.

    A model is ``res.users``.

    Example: at 08:05 in Bangkok, Nikki gets her follow-ups; the run at 08:20 finds that
    she has them.

    How it works: the day is noted on the user in the transaction that makes the
    e-mail, under a lock that a second run passes by: both are there, or neither.
    """

    _name = "document.digest.mixin"
    _description = "User With a Daily E-mail"

    daily_digest = fields.Boolean(
        "Daily E-mail",
        default=True,
        help="One e-mail a day with what needs you, and none on a day without.",
    )
    digest_hour = fields.Selection(
        HOURS, "Daily E-mail At", default=MORNING, required=True
    )
    digest_date = fields.Date("Last Daily E-mail", readonly=True, copy=False)

    @api.model
    def _cron_digest(self):
        """Send what is due; one that fails never stops the others."""
        group = self.env.ref("document_flow.group_user")
        users = group.all_user_ids.filtered(lambda user: user._is_digest_due())
        self.env["ir.cron"]._each(
            lambda user: user._send_digest(), users, "no daily e-mail"
        )

    def _is_digest_due(self):
        """Whether today's hour has come where this person is, and none went out."""
        self.ensure_one()
        if not (self._is_human_sender() and self.daily_digest and self.email):
            return False
        now = self._digest_now()
        is_new = not self.digest_date or self.digest_date < now.date()
        return is_new and now.hour >= int(self.digest_hour)

    def _digest_now(self):
        utc = fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC"))
        return utc.astimezone(ZoneInfo(self.tz or self.company_id.time_zone))

    def _send_digest(self):
        """Send today's, unless another run does."""
        today = self._digest_now().date()
        self.flush_recordset(["digest_date"])
        taken = self.env.execute_query(
            SQL(
                "SELECT id FROM res_users WHERE id = %s AND (digest_date IS NULL OR "
                "digest_date < %s) FOR NO KEY UPDATE SKIP LOCKED",
                self.id,
                today,
            )
        )
        if not taken:
            return
        self.digest_date = today
        areas = self._digest_day()._areas()
        if areas:
            self._make_digest(areas, today).send()

    def _digest_day(self):
        """My Day as this person sees it, of all their companies."""
        day = self.env["document.day"].with_user(self)
        own = self.company_id + (self.company_ids - self.company_id)
        return day.with_context(
            allowed_company_ids=own.ids, lang=self.lang, tz=self.tz, active_test=True
        )

    def _make_digest(self, areas, today):
        """The e-mail, of the system to this person."""
        env = self._digest_day().env
        count = sum(todo["count"] for area in areas for todo in area["todos"])
        subject = env._(
            "My Day, %(day)s: %(count)s to do",
            count=count,
            day=format_date(env, today, date_format="EEEE d MMMM"),
        )
        body = env["ir.qweb"]._render(
            TEMPLATE, self._digest_values(env, areas, subject), lang=self.lang
        )
        values = {
            "subject": subject,
            "body_html": body,
            "email_from": self._system_sender(),
            "email_to": self.email_formatted,
            "auto_delete": True,
        }
        return self.env["mail.mail"].create(values)

    def _system_sender(self):
        """The company, never the person: their own account would take it."""
        system = self.env.ref("base.partner_root")
        default = self.env["ir.mail_server"]._get_default_from_address()
        company = self.company_id.email_formatted
        return company or default or system.email_formatted

    def _digest_values(self, env, areas, subject):
        day = env["document.day"]
        return {
            "user": self.with_env(env),
            "subject": subject,
            "areas": areas,
            "address": day._address(),
            "base": day.get_base_url(),
            "money": lambda amount, currency: (
                env["res.currency"].browse(currency).format(amount) if currency else ""
            ),
            "day": lambda text: format_date(env, text, date_format="d MMM") or "",
        }
