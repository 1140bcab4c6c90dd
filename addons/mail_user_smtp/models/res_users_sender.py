from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize, formataddr
from odoo.tools.mail import encapsulate_email

from odoo.addons.encrypted_field.fields import SecretUserError

from ..tools import relay
from ..tools.identity import plain_name
from ..tools.sender import BLOCK, OWN, RELAY, MailSender

PERSONAL_OFF = "mail.disable_personal_mail_servers"  # core's switch
MAILBOX_ACTIVITY = "mail_user_smtp.activity_mailbox"


class NoMailbox(UserError):
    """Nothing was sent, because the sender has no working mailbox. The web client shows
    the way to it (``static/src/no_mailbox_dialog.js``).
    """

    def __init__(self, user, reason):
        super().__init__(reason)
        # beside the words: programs read those only
        self.context = {
            "action": user.action_visit_mail_account(),
            "button": user.env._("Set up my mailbox"),
        }


class ResUsers(models.Model):
    _inherit = "res.users"

    # ------------------------------------------------------------
    # Who sends
    # ------------------------------------------------------------

    def _get_mail_sender(self, company=None):
        """Who sends this user's mails now, and how.

        :param company: ``res.company`` whose policy counts; default: the current one
        :rtype: MailSender
        """
        self.ensure_one()
        server = self._smtp_server()
        reason = self._why_not_own_server(server)
        if reason:
            return self._sender_without_account(server, reason, company)
        header = self._sender_header()
        return MailSender(
            ready=True,
            state="ok",
            name=self.sudo().name,
            email=server.from_filter,
            host=server.smtp_host,
            policy=OWN,
            from_header=header,
            reply_to=header,
            via=self.env._("via %s, verified", server.smtp_host),
        )

    def _check_mail_sender(self, company=None):
        """The same for somebody who is about to send a document.

        :param company: as for :meth:`_get_mail_sender`
        :rtype: MailSender
        :raises NoMailbox: no working account, and the company does not allow its relay
        """
        sender = self._get_mail_sender(company)
        if sender.policy == BLOCK:
            raise NoMailbox(self, sender.reason)
        return sender

    @api.model
    def get_mail_sender(self, model=None, res_id=None):
        """Who sends what the current user writes, for the chatter.

        :param str model: of the record that they write on
        :param int res_id: its id
        :returns: ``{"line": "Nikki <nikki@example.com> via …", "policy": "own"}``; the
            line is the reason under the policy ``block``
        :raises AccessError: they are a customer, or may not read the record
        """
        user = self.env.user
        user._check_own_smtp()
        company = self.env.company
        if model and res_id:
            record = self.env[model].browse(res_id)
            record.check_access("read")
            company = record.sudo()._mail_get_companies(default=company)[res_id]
        sender = user._get_mail_sender(company)
        return {"line": sender.line, "policy": sender.policy}

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

    def _why_not_own_server(self, server):
        """The sentence for this user, or nothing when their account works."""
        state = self._state_of(server)
        is_own = self == self.env.user
        if self.env["ir.config_parameter"].sudo().get_param(PERSONAL_OFF):
            return self.env._("Your administrator has switched personal mailboxes off.")
        if not is_own and (state != "ok" or not self.sudo().active):
            return self.env._("%s has no working mailbox.", self.sudo().name)
        if state == "none":
            return self.env._("You have no mailbox yet. Set it up to send from it.")
        if state == "untested":
            return self.env._(
                "Your mailbox has not been tested yet. "
                "Open it and press Test connection."
            )
        if state == "error":
            sentence = server.user_smtp_error or ""
            return self.env._("Your mailbox does not work: %s", sentence)
        try:
            server._fields["smtp_pass"].reveal__(server)
        except SecretUserError as error:
            return str(error)
        return ""

    def _sender_without_account(self, server, reason, company):
        user = self.sudo()
        state = self._state_of(server)
        address = user._relay_header()
        policy = (company or self.env.company).smtp_policy or BLOCK
        if (server and state != "untested") or not user.active:
            # never a fallback after a refusal: the user has to know
            policy = BLOCK
        server, relay_from = self._relay() if policy == RELAY else (None, address)
        return MailSender(
            ready=False,
            state=state,
            name=user.name,
            email=email_normalize(relay_from) or "",
            host=server.smtp_host if server else self._environment_relay_host(),
            policy=policy,
            from_header=relay_from or "",
            reply_to=address or "",
            reason=reason,
            via=self.env._(
                "via the company's mail server, replies to %s", address or ""
            ),
        )

    def _relay(self):
        """The company's server, and From as it leaves through it."""
        address = self._relay_header()
        server, relay_from = (
            self.env["ir.mail_server"].sudo()._find_mail_server(address)
        )
        if email_normalize(relay_from) != email_normalize(address):
            relay_from = encapsulate_email(address, relay_from)
        return server, relay_from

    @api.model
    def _environment_relay_host(self):
        try:
            named = relay.from_environ()
        except relay.MalformedRelay:
            return ""
        return named.host if named else ""

    def _sender_header(self):
        """From, and Reply-To, of what this user writes."""
        server = self._sending_server()
        return self._header(server.from_filter) if server else self._relay_header()

    def _relay_header(self):
        """The same where the company's server sends."""
        user = self.sudo()
        return self._header(user.email_normalized) or user.email_formatted

    def _header(self, address):
        # a name must neither start another header nor look like another address
        return address and formataddr((plain_name(self.sudo().name), address))

    def _sending_server(self):
        """The account that this user's mails are bound to; one that stopped working
        too, for its mails must fail where everybody sees it.
        """
        server = self._smtp_server()
        if server._is_user_smtp() and self._state_of(server) not in ("ok", "error"):
            server = server.browse()
        return server if self.sudo().outgoing_mail_server_id == server else None

    def _own_addresses(self):
        """Normalized addresses that this user may put into From."""
        server = self._sending_server()
        own = {self.sudo().email_normalized, server and server.from_filter or None}
        return own - {False, None}

    def _is_human_sender(self):
        """Whether this is a colleague at work, not the system or a customer."""
        return self.id != api.SUPERUSER_ID and self.active and self._is_internal()

    # ------------------------------------------------------------
    # Core's personal servers
    # ------------------------------------------------------------

    @api.depends("smtp_server_ids.active", "smtp_server_ids.smtp_authentication")
    def _compute_outgoing_mail_server_id(self):
        """Core disowns a server when its login is not literally the user's e-mail, and
        its nightly clean-up deletes what is disowned. The owner is who owns it; for
        those that sign in with a token, the address still has to be the user's.
        """
        result = super()._compute_outgoing_mail_server_id()
        types = self._fields["outgoing_mail_server_type"]._selection
        for user in self:
            server = user._smtp_server()
            if server.active and server.smtp_authentication in types:
                same = email_normalize(server.smtp_user or "") == user.email_normalized
                if server._is_user_smtp() or same:
                    user.outgoing_mail_server_id = server.id
                    user.outgoing_mail_server_type = server.smtp_authentication
        return result

    @api.model
    def action_setup_outgoing_mail_server(self, server_type):
        if server_type == "user_smtp":
            return self.env.user.action_open_mail_account()
        return super().action_setup_outgoing_mail_server(server_type)

    @api.model
    def action_test_outgoing_mail_server(self):
        if self.env.user._smtp_server()._is_user_smtp():
            return self.env.user.action_test_smtp()
        return super().action_test_outgoing_mail_server()

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

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

        :returns: a notification that says in plain words how it went
        :raises AccessError: it is somebody else's account
        :raises UserError: there is none
        """
        server = self._own_smtp_server()
        trial = server._try_account__(server._ask_sender_address)
        return self._smtp_notification(
            trial, self.env._("Your mailbox works. You can send from it.")
        )

    def action_send_test_mail(self):
        """Send a mail to oneself through one's own account.

        :returns: a notification that says in plain words how it went
        :raises AccessError: it is somebody else's account
        :raises UserError: there is none
        """
        server = self._own_smtp_server()
        trial = server._try_account__(self._send_test_mail)
        return self._smtp_notification(
            trial, self.env._("A test mail is on its way to %s.", server.from_filter)
        )

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
        return True

    def action_remind_smtp(self):
        """Ask users by a notification in Odoo to set up, or to repair, their mailbox.

        :returns: True; those whose mailbox works are left in peace
        :raises AccessError: for administrators only
        """
        if not self.env.user.has_group("base.group_erp_manager"):
            raise AccessError(self.env._("Only administrators remind others."))
        for user in self.filtered(lambda user: user.smtp_state != "ok"):
            user.with_context(lang=user.lang)._remind_of_mailbox()
        return True

    def _remind_of_mailbox(self):
        """An activity stays until the mailbox works; whoever is there sees it at once.
        Neither is a mail, which could not leave.
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
        self._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Your mailbox"),
                "message": self.env._(
                    "Please open Preferences, My Mailbox, and make it work: "
                    "without it you cannot mail to customers."
                ),
            },
        )

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
            body=self.env._("This mail left Odoo through your own mail account."),
            reply_to=header,
        )
        line.send_message(message, server.from_filter, [server.from_filter])

    def _smtp_notification(self, trial, success):
        kind, title = {
            True: ("success", success),
            False: ("danger", self.env._("Your mailbox does not work")),
            None: ("warning", self.env._("Your mailbox could not be tested now")),
        }[trial.works]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "title": title,
                "message": "" if trial.works else trial.text,
                "sticky": not trial.works,
                # a button closes its dialog; what to mend is in there
                "next": self.action_open_mail_account(),
            },
        }
