from odoo import api, models
from odoo.exceptions import UserError
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
        # besides the text, which is all that programs read
        self.context = {
            "action": user.action_visit_mail_account(),
            "button": user.env._("Set up my mailbox"),
        }


class UserSmtpSender(models.AbstractModel):
    """A user as the sender of mails: through which server, under which address.

    Gives :meth:`_get_mail_sender` (who sends, and how) and :meth:`_check_mail_sender`
    (the same, or an error that leads to the preferences).

    A model is ``res.users``, with the account of ``mail_user_smtp.account.mixin``.

    Example: ``user._get_mail_sender(company).policy`` is ``own`` (their account),
    ``relay`` (the company's server, replies to the user) or ``block`` (nothing is sent,
    ``reason`` says why).

    How it works: an account that was tested and works sends. Otherwise the policy of
    the company decides, but never in favour of the relay after a refused log-in: the
    user has to know of it.
    """

    _name = "mail_user_smtp.sender.mixin"
    _description = "User Who Sends Mail"

    def _get_mail_sender(self, company=None):
        """Who sends this user's mails now, and how.

        :param company: ``res.company`` whose policy counts; default: the current one
        :rtype: MailSender
        """
        self.ensure_one()
        server = self._smtp_server()
        reason = self._reason_against_own_server(server)
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

    def _reason_against_own_server(self, server):
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
        """The company's server, and From as that server sends it."""
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

    def _authorship_of(self, author_id, email_from):
        """Author and From of what this user writes, whatever is given; None where the
        system writes, a customer, or superuser code in another name.

        :param int author_id: of the partner who is given as author, or None
        :param str email_from: that is given as From, or None
        """
        if self.env.su and not self._is_own_name(author_id, email_from):
            return None
        if not self._is_human_sender():
            return None
        return self.partner_id.id, self._sender_header()

    def _is_own_name(self, author_id, email_from):
        """Whether what is given, if anything, names this user."""
        is_author = author_id is None or author_id == self.partner_id.id
        if not email_from:
            return is_author
        return is_author and email_normalize(email_from) in self._own_addresses()
