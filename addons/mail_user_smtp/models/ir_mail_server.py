import smtplib

import idna

from odoo import api, fields, models, modules
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, email_normalize

from odoo.addons.base.models import ir_mail_server as core
from odoo.addons.encrypted_field.fields import Secret, SecretUserError

from ..tools import explain, guard, names, presets, relay, transport
from ..tools.presets import STARTTLS, TLS

USER_SMTP = "user_smtp"
ENCRYPTION = {STARTTLS: "starttls_strict", TLS: "ssl_strict"}
SECURITY = {encryption: security for security, encryption in ENCRYPTION.items()}
# Odoo's own addons: signing in at the provider takes the place of the password.
TOKENS = {
    "gmail": "google_gmail_refresh_token",
    "outlook": "microsoft_outlook_refresh_token",
}
# A change of one of these makes what is known about the account worthless.
CONNECTION = ("smtp_host", "smtp_port", "smtp_encryption", "smtp_user", "from_filter")
# What a password or token is sealed with: where it goes, how, as whom, whose it is.
BOUND_TO = (
    "smtp_host",
    "smtp_port",
    "smtp_encryption",
    "smtp_user",
    "smtp_authentication",
    "owner_user_id",
)
NETWORK_ERRORS = (OSError, guard.TargetRefused, UnicodeError)  # smtplib's are OSErrors


class AccountUnusable(smtplib.SMTPAuthenticationError):
    """An account that was not even tried, and why.

    In the shape of a refused log-in, which is what all mail code takes as final.
    """

    def __init__(self, sentence):
        super().__init__(535, sentence)

    def __str__(self):
        return self.smtp_error


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    smtp_authentication = fields.Selection(
        selection_add=[(USER_SMTP, "Password of a user")],
        ondelete={USER_SMTP: "cascade"},
    )
    # read inside _smtp_login__ only
    smtp_pass = Secret(
        "Password",
        groups="base.group_system",
        bound_to=BOUND_TO,
        help="Stored encrypted, for this server, port, encryption and username only. "
        "Nobody can read it again, only replace it.",
    )
    smtp_pass_set = fields.Boolean(
        "Password Stored", compute="_compute_smtp_pass_set", groups="base.group_system"
    )
    user_smtp_state = fields.Selection(
        [("untested", "Not tested"), ("ok", "Works"), ("error", "Does not work")],
        "State of the Account",
        default="untested",
        required=True,
        copy=False,
    )
    user_smtp_error = fields.Text("Last Error", copy=False)
    user_smtp_reply = fields.Char("Words of the Server", copy=False)
    user_smtp_login_refused = fields.Boolean("Log-in Refused", copy=False)
    user_smtp_checked_at = fields.Datetime("Last Check", copy=False)

    _user_smtp_owner = models.Constraint(
        f"CHECK(smtp_authentication != '{USER_SMTP}' OR owner_user_id IS NOT NULL)",
        "A mail account with the password of a user needs its user.",
    )
    _user_smtp_encrypted = models.Constraint(
        f"CHECK(smtp_authentication != '{USER_SMTP}'"
        " OR smtp_encryption IN ('starttls_strict', 'ssl_strict'))",
        "The mail account of a user is used with a verified certificate only.",
    )
    _user_smtp_no_debug = models.Constraint(
        f"CHECK(smtp_authentication != '{USER_SMTP}' OR smtp_debug IS NOT TRUE)",
        "Debugging would write the password of this user into the log.",
    )

    def init(self):
        """Let core make servers by SQL, as it does when it neutralises a copy."""
        self.env.cr.execute(
            "ALTER TABLE ir_mail_server"
            " ALTER COLUMN user_smtp_state SET DEFAULT 'untested'"
        )
        return super().init()

    @api.constrains("smtp_authentication", "smtp_host", "smtp_port")
    def _check_user_smtp_target(self):
        for server in self.filtered(lambda server: server._is_user_smtp()):
            try:
                server._checked_addresses()
            except guard.TargetRefused as error:
                raise ValidationError(
                    server._explain(error).sentence(self.env._)
                ) from None
            except OSError:
                # a name that cannot be looked up now is found out by the test
                continue

    @api.constrains("smtp_authentication", "from_filter")
    def _check_user_smtp_address(self):
        for server in self.filtered(lambda server: server._is_user_smtp()):
            address = server.from_filter
            if not address or email_normalize(address) != address:
                raise ValidationError(
                    self.env._("“%s” is not an e-mail address.", address or "")
                )

    def _compute_smtp_authentication_info(self):
        personal = self.filtered(lambda server: server._is_user_smtp())
        personal.smtp_authentication_info = self.env._(
            "The user set this account up in their preferences; "
            "only they can change it."
        )
        return super(IrMailServer, self - personal)._compute_smtp_authentication_info()

    @api.depends(*BOUND_TO)
    def _compute_smtp_pass_set(self):
        """In a form, too: there it tells that saving it would forget the password."""
        secret = self._fields["smtp_pass"]
        for server in self:
            server.smtp_pass_set = secret.is_set(server)

    @api.onchange("smtp_encryption")
    def _onchange_encryption(self):
        if not self._is_user_smtp():
            return super()._onchange_encryption()
        return None

    def write(self, vals):
        changed = self.filtered(lambda server: server._account_changes(vals))
        result = super().write(vals)
        if changed:
            changed._write_state("untested")
        return result

    def _is_user_smtp(self):
        return self.smtp_authentication == USER_SMTP

    def _is_personal(self):
        """Whether this is a user's own account, with a password or signed in."""
        signed_in = self.smtp_authentication in TOKENS and self.owner_user_id
        return self._is_user_smtp() or bool(signed_in)

    def _account_changes(self, vals):
        if not self._is_personal():
            return False
        secret = TOKENS.get(self.smtp_authentication, "smtp_pass")
        return bool(vals.get(secret)) or any(
            name in vals and vals[name] != self[name] for name in CONNECTION
        )

    def _write_state(self, state, why=None, sentence=""):
        """
        :param str state: untested, ok or error
        :param explain.Explanation why: of an error
        :param str sentence: of an error that no server gave
        """
        return super().write(
            {
                "user_smtp_state": state,
                "user_smtp_error": self._in_words_of_owner(why) if why else sentence,
                "user_smtp_reply": why.words if why else False,
                "user_smtp_login_refused": bool(why and why.login_refused),
                "user_smtp_checked_at": state != "untested" and fields.Datetime.now(),
            }
        )

    def _in_words_of_owner(self, why):
        """Whoever finds out, often a cron, the owner reads it."""
        owner = self.owner_user_id
        return why.sentence(self.with_context(lang=owner.lang or None).env._)

    # ------------------------------------------------------------
    # Connecting
    # ------------------------------------------------------------

    def _connect__(
        self, *args, smtp_from=None, mail_server_id=None, allow_archived=False, **kwargs
    ):
        """Connect to the account of a user ourselves: to an address that was checked,
        strictly encrypted, with one attempt to log in; core sends even a token before
        it looks at the certificate. Whoever has a time budget puts
        ``mail_delivery_timeout`` (seconds) into the context.
        """
        server = self.sudo().browse(mail_server_id or [])
        if not server._is_personal():
            if not args and not kwargs.get("host") and not self._disable_send():
                found, from_found = server, smtp_from
                if not found:
                    found, from_found = self.sudo()._find_mail_server(smtp_from)
                if line := self._connect_environment_relay(found, from_found):
                    return line
            return super()._connect__(
                *args,
                smtp_from=smtp_from,
                mail_server_id=mail_server_id,
                allow_archived=allow_archived,
                **kwargs,
            )
        if self._disable_send():
            return None
        self._check_forced_mail_server(server, allow_archived, smtp_from)
        return server._connect_personal__(smtp_from)

    def _connect_environment_relay(self, server, smtp_from):
        """A line to the relay that the environment names, where core would take the
        one of its command line: there is no server, or one that says so.

        :param server: whom the mail is for, or none
        """
        if server and server.smtp_authentication != "cli":
            return None
        try:
            named = relay.from_environ()
        except relay.MalformedRelay as error:
            raise UserError(str(error)) from None
        if not named:
            return None
        allowed = guard.Exceptions(frozenset({named.host}), frozenset({named.port}))
        line = transport.open_line(
            named.host,
            named.port,
            named.security,
            guard.checked_addresses(named.host, named.port, allowed),
            self.env.context.get("mail_delivery_timeout", core.SMTP_TIMEOUT),
            name=self._greeting_name(smtp_from),
        )
        if named.login:
            transport.log_in(line, named.login, named.password)
        line.from_filter = server and server.from_filter
        line.from_filter = line.from_filter or self._get_default_from_filter()
        line.smtp_from = smtp_from
        return line

    def _connect_personal__(self, smtp_from):
        if self.user_smtp_login_refused:
            # a provider locks an account that knocks with a refused password
            raise AccountUnusable(self._error_text())
        if self._lacks_password():
            raise AccountUnusable(
                self.env._("Type the password of your mailbox first.")
            )
        timeout = self.env.context.get("mail_delivery_timeout", core.SMTP_TIMEOUT)
        try:
            line = self._open_personal__(timeout)
        except SecretUserError as error:
            raise AccountUnusable(str(error)) from None
        except UserError as error:
            raise self._no_token(error) from None
        except guard.TargetRefused as error:
            sentence = self._explain(error).sentence(self.env._)
            raise AccountUnusable(sentence) from None
        except NETWORK_ERRORS as error:
            why = self._explain(error)
            if why.login_refused:
                self._note_refused_login(why)
            raise
        # what core expects of a session
        line.from_filter = self.from_filter
        line.smtp_from = smtp_from
        return line

    def _open_personal__(self, timeout):
        """
        :param float timeout: seconds
        :returns: an ``smtplib.SMTP`` that is logged in
        """
        line = transport.open_line(
            guard.normalize_host(self.smtp_host),
            self.smtp_port,
            # an account with a token has core's "starttls": that it is not verified
            SECURITY.get(self.smtp_encryption, STARTTLS),
            self._checked_addresses(),
            timeout,
            name=self._greeting_name(self.from_filter),
        )
        try:
            self._smtp_login__(line, self._ascii_login(), "")
        except BaseException:
            line.close()
            raise
        return line

    def _smtp_login__(self, connection, smtp_user, smtp_password):
        is_stored = self._takes_stored_password() and not smtp_password
        if is_stored:
            smtp_password = self._stored_password__()
        # debugging, too, stops at the password
        level = getattr(connection, "debuglevel", 0)
        connection.set_debuglevel(0)
        try:
            # core shows a refused password again, with the next kind of log-in
            if self._is_user_smtp() or (is_stored and transport.can_log_in(connection)):
                return transport.log_in(connection, smtp_user, smtp_password)
            return super()._smtp_login__(connection, smtp_user, smtp_password)
        finally:
            connection.set_debuglevel(level)

    def _takes_stored_password(self):
        return len(self) == 1 and self.smtp_authentication in ("login", USER_SMTP)

    def _lacks_password(self):
        return self._is_user_smtp() and not self._fields["smtp_pass"].is_set(self)

    def _stored_password__(self):
        """
        :raises UserError: there is none, or it cannot be opened
        """
        if password := self._fields["smtp_pass"].reveal__(self):
            return password
        raise UserError(
            self.env._(
                "No password is stored for the mail server “%s”, or it was forgotten "
                "when server or log-in changed. Type it again.",
                self.name,
            )
        )

    @api.model
    def _greeting_name(self, sender):
        """
        :param str sender: whose domain is said where this site has none
        """
        base_url = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        return names.greeting_name(base_url, email_normalize(sender or "") or "")

    def _no_token(self, error):
        """The provider gives no token any more: what Odoo's addons say, after what it
        means. Not remembered as refused: they say the same of a provider that is down.
        """
        refused = smtplib.SMTPAuthenticationError(535, "")
        sentence = self._explain(refused).sentence(self.env._)
        return AccountUnusable(f"{sentence}\n{error}")

    def _ascii_login(self):
        """The domain of a login as core sends it."""
        local, at, domain = self.smtp_user.rpartition("@")
        return f"{local}{at}{idna.encode(domain).decode()}" if at else self.smtp_user

    def _checked_addresses(self):
        return guard.checked_addresses(
            self.smtp_host, self.smtp_port, self._guard_exceptions()
        )

    @api.model
    def _guard_exceptions(self):
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return guard.Exceptions.from_text(
            get_param("mail_user_smtp.internal_hosts"),
            get_param("mail_user_smtp.extra_ports"),
        )

    def _prepare_email_message__(self, message, smtp_session):
        prepared = super()._prepare_email_message__(message, smtp_session)
        if isinstance(smtp_session, transport.Pinned):
            # bounces come back to the user: the company's bounce address contradicts
            # the envelope
            del message["Return-Path"]
        return prepared

    # ------------------------------------------------------------
    # Why it does not work
    # ------------------------------------------------------------

    def _explain(self, error):
        is_refused = isinstance(error, smtplib.SMTPAuthenticationError)
        return explain.explain(error, self._account(is_refused))

    def _account(self, is_refused=False):
        return explain.Account(
            host=self.smtp_host or "",
            port=self.smtp_port,
            security=SECURITY.get(self.smtp_encryption, STARTTLS),
            email=self.from_filter or "",
            token=self.smtp_authentication in TOKENS,
            greeting=self._greeting_name(self.from_filter)
            or self.env._("its IP address"),
            doubt=self._password_doubt() if is_refused else "",
        )

    def _password_doubt(self):
        try:
            password = self._fields["smtp_pass"].reveal__(self)
        except SecretUserError:
            return ""
        return presets.password_doubt(password or "")

    def _error_text(self):
        """The sentence and, below it, the server's words."""
        return "\n".join(filter(None, (self.user_smtp_error, self.user_smtp_reply)))

    def _note_refused_login(self, why):
        """Remember a refusal that happened while sending, whatever becomes of the
        transaction: in a cursor of its own, which waits for nobody. Somebody who is
        editing the account now wins.
        """
        if modules.module.current_test:
            self._write_state("error", why)
            return
        envelope = self._fields["smtp_pass"].envelope(self)
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    "SELECT 1 FROM ir_mail_server WHERE id = %s"
                    " AND smtp_pass IS NOT DISTINCT FROM %s FOR UPDATE SKIP LOCKED",
                    self.id,
                    envelope or None,
                )
            )
            if cr.rowcount:
                self.with_env(self.env(cr=cr))._write_state("error", why)
