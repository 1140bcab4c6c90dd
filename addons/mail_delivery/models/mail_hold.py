from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.hold import HOLD, time_of_backup
from ..tools.replies import WAITING


class MailHold(models.AbstractModel):
    """A database that was restored from a backup sends nothing until it is released.

    The restore writes the system parameter :data:`HOLD`, in the transaction that fills
    the database. As long as it is there, mails are made and wait, no scheduled job
    runs, and no mail is fetched: what waited when the backup was made may have been
    sent by the original, and a copy may stand beside an original that works.

    Releasing asks what becomes of these waiting mails. An addon with other things that
    would be sent extends :meth:`_undecided` and :meth:`_cancel_waiting`.
    """

    _name = "mail.hold"
    _description = "Hold of a Restored Database"

    @api.model
    def _since(self):
        """When the backup was made from which this database was restored and not
        released since.

        :returns: a datetime in UTC, or False
        """
        value = self.env["ir.config_parameter"].sudo().get_param(HOLD)
        return time_of_backup(value) if value else False

    @api.model
    def _sentence(self):
        """
        :returns: the reason why nothing is sent, or False
        """
        since = self._since()
        if not since:
            return False
        when = fields.Datetime.context_timestamp(self, since)
        return self.env._(
            "This database was restored from the backup of %(when)s. It sends and "
            "fetches no e-mail until an administrator releases it.",
            when=when.strftime("%Y-%m-%d %H:%M"),
        )

    @api.model
    def _banner(self):
        """What stands above every screen of colleagues; nothing for customers."""
        return self.env.uid and self.env.user._is_internal() and self._sentence()

    @api.model
    def _check_released(self):
        """
        :raises UserError: this database is held
        """
        if sentence := self._sentence():
            raise UserError(sentence)

    # ------------------------------------------------------------
    # RELEASE
    # ------------------------------------------------------------

    @api.model
    def _waiting(self):
        """What waited when the backup was made, and would leave now.

        :rtype: mail.delivery
        """
        since = self._since()
        rows = self.env["mail.delivery"].sudo()
        if not since:
            return rows
        now = fields.Datetime.now()
        scheduled = ("mail_id.scheduled_date", "=", False)
        due = ["|", scheduled, ("mail_id.scheduled_date", "<=", now)]
        state = ("state", "in", [*WAITING, "sending"])
        return rows.search([state, ("queued_at", "<=", since), *due])

    @api.model
    def _planned(self):
        """What people had planned when the backup was made, and what Odoo was to notify
        them of later, where that would leave now.

        :returns: records of two models
        :rtype: tuple
        """
        since, now = self._since(), fields.Datetime.now()
        found = []
        for model, due in (
            ("mail.scheduled.message", "scheduled_date"),
            ("mail.message.schedule", "scheduled_datetime"),
        ):
            domain = [(due, "<=", now), ("create_date", "<=", since)]
            records = self.env[model].sudo()
            found.append(records.search(domain) if since else records)
        return tuple(found)

    @api.model
    def _undecided(self):
        """How many e-mails waited when the backup was made, and would leave now:
        somebody has to say whether they do.

        :rtype: int
        """
        return len(self._waiting()) + sum(map(len, self._planned()))

    @api.model
    def _release(self, send_waiting):
        """Let this database send again.

        :param bool send_waiting: whether what waited when the backup was made is sent;
            else it is cancelled
        """
        since = self._since()
        if not since:
            return
        self._settle_interrupted()
        if not send_waiting:
            self._cancel_waiting(since)
        self.env["ir.config_parameter"].sudo().set_param(HOLD, False)
        self.env["mail.mail"].sudo()._delivery_resume_all()

    @api.model
    def _settle_interrupted(self):
        """What the original was sending when the backup was made: a message that a
        server was being offered may have arrived, any other is still to be sent.
        """
        rows = self.env["mail.delivery"].sudo().search([("state", "=", "sending")])
        begun = rows.filtered("handed_at")
        begun.write({"state": "unknown", "reason": "worker", "settled": False})
        (rows - begun).write({"state": "queued", "claim": False})
        begun._settle()

    @api.model
    def _cancel_waiting(self, since):
        """Cancel what waited when the backup was made, and would leave now.

        :param datetime since: when it was made
        """
        rows = self._waiting()._cancel("restored")
        rows._settle()
        for records in self._planned():
            records.unlink()
