from markupsafe import Markup

from odoo import SUPERUSER_ID, fields, models

from ..tools.replies import FAILED, PENDING

ACTIVITY_TYPE = "mail.mail_activity_data_warning"
LINES_SHOWN = 10  # recipients in one activity; the list of deliveries has them all


class MailDeliveryFollowedUp(models.AbstractModel):
    """Whoever has to do something about a mail has an activity for it.

    Gives the field ``activity_id`` and two calls: :meth:`_follow_activities` after each
    result, :meth:`_tell_account_owner` when a login was refused.

    A model provides ``state``, ``user_id``, ``recipient``, ``explanation``, ``model``
    and ``res_id``, as ``mail.delivery`` does.

    Example: two of five recipients of a quote are refused. Its sender has one activity
    on the quote that names both; it is gone once both were resent and accepted.

    How it works: one activity per document and sender. Its note is written anew with
    each result, and it is deleted when no row needs a decision.
    """

    _name = "mail_delivery.followed_up.mixin"
    _description = "Mail Delivery with Activity"

    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null"
    )

    def _follow_activities(self, document):
        """An activity for the sender while some of these rows need a decision.

        One per document and sender: it lists who did not get the mail, and is gone
        when everybody got it.

        :param document: of these rows, in its sender's name, or None
        """
        self._refresh_activities()
        news = self.filtered(
            lambda row: row.state in FAILED and not row.activity_id.active
        )
        user = news._whom_to_remind(document)
        # a notice to this very person is no news: what it is about stands in Odoo
        news = news.filtered(lambda row: row.recipient != user.email_normalized)
        if user and news:
            news._remind(user, document)

    def _refresh_activities(self):
        for activity in self.activity_id.filtered("active"):
            rows = self.search([("activity_id", "=", activity.id)])
            failed = rows.filtered(lambda row: row.state in FAILED)
            if failed:
                activity.note = failed._activity_note(activity.user_id)
            elif not any(row.state in PENDING for row in rows):
                activity.unlink()

    def _whom_to_remind(self, document):
        """The sender; where that is the system, who is responsible for the document."""
        users = self.user_id
        if document is not None and document._fields.get("user_id"):
            users |= document.user_id.filtered(lambda u: u._name == "res.users")
        return users.filtered(
            lambda u: u.id != SUPERUSER_ID and u.active and u._is_internal()
        )[:1]

    def _remind(self, user, document):
        domain = [
            ("model", "=", self[:1].model),
            ("res_id", "=", self[:1].res_id),
            ("activity_id.user_id", "=", user.id),
            ("activity_id.active", "=", True),
        ]
        siblings = self.search(domain)
        activity = siblings.activity_id[:1]
        rows = self | siblings.filtered(lambda row: row.state in FAILED)
        note = rows._activity_note(user)
        if activity:
            activity.note = note
        else:
            summary = rows._activity_lang(user).env._("E-mail not delivered")
            activity = rows._make_activity(user, summary, note, document)
        self.activity_id = activity

    def _activity_lang(self, user):
        return self.with_context(lang=user.lang or self.env.lang, tz=user.tz)

    def _activity_note(self, user):
        rows = self._activity_lang(user)
        lines = [
            Markup("<li><b>%s</b>: %s <small>%s</small></li>")
            % (row.recipient, row.explanation, row._reply_in_short())
            for row in rows[:LINES_SHOWN]
        ]
        todo = rows.env._(
            "Open Deliveries on the document, or your outbox: correct the address and "
            "resend, or say whether it arrived."
        )
        subject = rows[:1].subject or ""
        more = len(rows) - LINES_SHOWN
        rest = rows.env._("and %s more", more) if more > 0 else ""
        return Markup("<p>%s</p><ul>%s</ul><p>%s</p><p>%s</p>") % (
            subject,
            Markup().join(lines),
            rest,
            todo,
        )

    def _reply_in_short(self):
        parts = [str(self.smtp_code or ""), self.error or ""]
        return " ".join(filter(None, parts))

    def _make_activity(self, user, summary, note, document=None):
        """An activity on the document, or one of the user's own where there is none."""
        values = {
            "activity_type_id": self.env.ref(ACTIVITY_TYPE).id,
            "automated": True,
            "user_id": user.id,
            "summary": summary,
            "note": note,
            "date_deadline": fields.Date.context_today(self._activity_lang(user)),
        }
        if document is not None and "activity_ids" in document._fields:
            values["res_model_id"] = self.env["ir.model"]._get_id(document._name)
            values["res_id"] = document.id
        activities = self.env["mail.activity"].sudo()
        # no mail about the mail that could not be sent
        return activities.with_context(mail_activity_quick_update=True).create(values)

    # ------------------------------------------------------------
    # ACCOUNTS
    # ------------------------------------------------------------

    def _tell_account_owner(self, server):
        """Say, once, that a refused login stops the mails of an account.

        :param server: ``ir.mail_server``; the administrator hears of one that belongs
            to nobody
        """
        owner = server.owner_user_id or self.env.ref("base.user_admin")
        if server.delivery_activity_id.active or not owner.active:
            return
        _ = self._activity_lang(owner).env._
        note = Markup("<p>%s</p><p><small>%s</small></p>") % (
            _(
                "The mail server refused the login of “%s”. Its mails are not sent. "
                "Correct name and password in the mail settings, then resend them.",
                server.name,
            ),
            server.delivery_pause_reason or "",
        )
        summary = _("Your mail account was refused")
        server.delivery_activity_id = self._make_activity(owner, summary, note)
