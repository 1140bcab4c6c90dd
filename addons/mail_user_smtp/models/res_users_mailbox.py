from markupsafe import Markup

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..tools.accounts import MAILBOX_NEWS
from .res_users_account import WRITEABLE
from .res_users_sender import MAILBOX_ACTIVITY


class _NotKeptError(Exception):
    """What was typed does not work and is not kept."""


class UserSmtpMailbox(models.AbstractModel):
    """A user who sets up, tests and removes their mailbox, and is reminded of it.

    Gives the buttons of the preferences and of the administrator's list.

    A model is ``res.users``, with the mixins of account and sender.

    Example: ``user.action_test_smtp()`` stores the result and returns a notification.

    How it works: only its owner, logged in, tests an account, for that shows the
    password to a server. Whoever has no working mailbox is reminded by an activity and
    in the browser, never by mail. Once the mailbox works, what waited for it is sent.
    """

    _name = "mail_user_smtp.mailbox.mixin"
    _description = "User with a Mailbox"

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def action_visit_mail_account(self):
        """Open the current user's preferences in a tab of its own: what they are
        writing stays where it is.

        :returns: a URL action
        """
        return {
            "type": "ir.actions.act_url",
            "url": f"/odoo/my-preferences/{self.env.uid}",
            "target": "new",
        }

    def action_open_mail_account(self):
        """Open the mailbox of the current user.

        :returns: a window action
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("My Mailbox"),
            "res_model": "res.users",
            "res_id": self.env.uid,
            "views": [
                (self.env.ref("mail_user_smtp.res_users_view_form_mailbox").id, "form")
            ],
            "target": "new",
            "context": dict(self.env.context, dialog_size="medium"),
        }

    def action_test_smtp(self):
        """Connect to one's own account and log in; the outcome is stored either way.

        :returns: a notification with the result
        :raises AccessError: it is somebody else's account
        :raises UserError: there is none
        """
        server = self._own_smtp_server()
        trial = server._try_account__(server._ask_sender_address)
        return self._smtp_notification(trial, self._success_of(server))

    def action_send_test_mail(self):
        """Send a mail to oneself through one's own account.

        :returns: a notification with the result
        :raises AccessError: it is somebody else's account
        :raises UserError: there is none
        """
        server = self._own_smtp_server()
        trial = server._try_account__(self._send_test_mail)
        return self._smtp_notification(trial, self._success_of(server, mail=True))

    def try_smtp(self, typed=None, mail=False):
        """Test one's own account as it stands in a form; what is typed there and does
        not work is not kept, so that it never replaces what works.

        :param dict typed: values of the account that are not saved yet, by field
        :param bool mail: send a mail to oneself, instead of only logging in
        :returns: ``{"works", "title", "text"}``; works is True, False, or None where
            the server says "later"
        :raises AccessError: it is somebody else's account
        :raises UserError: there is none, or no password
        """
        self.ensure_one()
        self._check_own_smtp()
        self._check_logged_in()
        typed = {name: typed[name] for name in WRITEABLE if name in (typed or {})}
        try:
            with self.env.cr.savepoint():
                if typed:
                    self._write_smtp(typed)
                server = self._own_smtp_server()
                use = self._send_test_mail if mail else server._ask_sender_address
                trial = server._try_account__(use)
                answer = self._told_of(trial, self._success_of(server, mail))
                if typed and not trial.works:
                    raise _NotKeptError
        except _NotKeptError:
            self.invalidate_recordset()
        return answer

    def action_clear_smtp(self):
        """Forget mail accounts; for one's own, and for administrators.

        :returns: True
        :raises AccessError: neither
        """
        if self != self.env.user and not self.env.user.has_group(
            "base.group_erp_manager"
        ):
            raise AccessError(
                self.env._("Only administrators clear the mail account of others.")
            )
        self.check_access("read")
        self.sudo().smtp_server_ids.unlink()
        self.invalidate_recordset()
        self._bus_send(MAILBOX_NEWS, {})
        return True

    def action_remind_smtp(self):
        """Ask users by a notification in Odoo to set up, or to repair, their mailbox.

        :returns: True; those whose mailbox works are skipped
        :raises AccessError: for administrators only
        """
        if not self.env.user.has_group("base.group_erp_manager"):
            raise AccessError(self.env._("Only administrators remind others."))
        for user in self.filtered(lambda user: user.smtp_state != "ok"):
            user.with_context(lang=user.lang)._remind_of_mailbox()
        return True

    def _remind_of_mailbox(self):
        """An activity stays until the mailbox works; whoever is there sees it at once.
        Neither is a mail, which could not be sent.
        """
        partner = self.sudo().partner_id
        if not self._mailbox_activities():
            partner.with_context(mail_activity_quick_update=True).activity_schedule(
                MAILBOX_ACTIVITY,
                summary=self.env._("Set up your mailbox"),
                note=Markup('<p>%s <a href="/odoo/my-preferences/%s">%s</a></p>')
                % (
                    self.env._("Without it you cannot mail to customers."),
                    self.id,
                    self.env._("My Preferences, My Mailbox"),
                ),
                user_id=self.id,
            )
        self._notify_of_mailbox()

    def _tell_of_kept_policy(self):
        """An administrator has something to choose: an activity says where."""
        self.ensure_one()
        self.partner_id.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Choose who may mail to customers"),
            note=Markup('<p>%s <a href="/odoo/settings">%s</a></p>')
            % (
                self.env._(
                    "Everybody goes on mailing through the company's mail server until "
                    "you choose."
                ),
                self.env._("Settings, Users without a Working Mailbox"),
            ),
            user_id=self.id,
        )

    def _notify_of_mailbox(self):
        """Whoever is there sees the line about their mailbox again."""
        self._bus_send(MAILBOX_NEWS, {"asked": True})

    def _mailbox_activities(self):
        kind = self.env.ref(MAILBOX_ACTIVITY, raise_if_not_found=False)
        domain = [("user_id", "in", self.ids), ("activity_type_id", "=", kind.id)]
        activities = self.env["mail.activity"].sudo()
        return activities.search(domain) if kind else activities

    def _own_smtp_server(self):
        self.ensure_one()
        self._check_own_smtp()
        self._check_logged_in()
        server = self._smtp_server()
        if not server._is_user_smtp():
            raise UserError(self.env._("You have no mailbox yet. Set it up first."))
        if not server._fields["smtp_pass"].is_set(server):
            raise UserError(self.env._("Type the password of your mailbox first."))
        return server

    def _send_test_mail(self, line):
        server = self._smtp_server()
        header = self._header(server.from_filter)
        message = server._build_email__(
            email_from=header,
            email_to=[header],
            subject=self.env._("Your mailbox works"),
            body=self.env._("Odoo sent this mail through your own mail account."),
            reply_to=header,
        )
        line.send_message(message, server.from_filter, [server.from_filter])

    def _success_of(self, server, mail=False):
        if mail:
            return self.env._("A test mail is on its way to %s.", server.from_filter)
        return self.env._("Your mailbox works. You can send from it.")

    def _told_of(self, trial, success):
        titles = {
            True: success,
            False: self.env._("Your mailbox does not work"),
            None: self.env._("Your mailbox could not be tested now"),
        }
        return {
            "works": trial.works,
            "title": titles[trial.works],
            "text": "" if trial.works else trial.text,
        }

    def _smtp_notification(self, trial, success):
        told = self._told_of(trial, success)
        kind = {True: "success", False: "danger", None: "warning"}[trial.works]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": told["title"],
                "message": told["text"],
                # a button closes its dialog; what to mend is in there
                "next": self.action_open_mail_account(),
            },
        }

    def _mailbox_works(self):
        """Send what waited for this user's account."""
        waiting = self.env["mail.mail"].sudo()
        waiting = waiting.search(
            [
                ("sender_id", "=", self.id),
                ("held_for_id", "=", False),
                ("state", "=", "outgoing"),
            ]
        )
        if waiting:
            waiting._delivery_resume()
