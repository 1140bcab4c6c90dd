import logging
import smtplib
from dataclasses import dataclass

import idna

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from odoo.addons.base.models import ir_mail_server as core
from odoo.addons.encrypted_field.fields import SecretUserError

from ..tools import guard, names, relay, transport
from ..tools.accounts import SECURITY, USER_SMTP
from ..tools.providers import STARTTLS
from ..tools.watch import Watch

_logger = logging.getLogger(__name__)
TEST_TIMEOUT = 15  # seconds for any one step: somebody looks at the screen
TEST_SECONDS = 20  # for all of them
NETWORK_ERRORS = (OSError, guard.TargetRefused, UnicodeError)  # smtplib's are OSErrors


class AccountUnusable(smtplib.SMTPAuthenticationError):
    """An account that was not tried, and the reason.

    In the shape of a refused log-in, which is what all mail code takes as final.
    """

    def __init__(self, sentence):
        super().__init__(535, sentence)

    def __str__(self):
        return self.smtp_error


@dataclass(frozen=True)
class Trial:
    """The result of a test of an account."""

    works: bool | None  # None: a temporary answer, which is no verdict
    text: str = ""  # what is wrong, and what the server said


class UserSmtpConnection(models.AbstractModel):
    """A mail server that is connected to strictly, if it is the account of a user.

    Gives core's ``_connect__`` for these accounts, for the relay that the environment
    names, and :meth:`_try_account__`, the test of an account.

    A model is ``ir.mail_server``: core's fields, the secret ``smtp_pass``, and
    ``_is_personal()``, ``_explain(error)``, ``_write_state(state, why)`` and
    ``_note_refused_login(why)``.

    Example: ``server._try_account__(server._ask_sender_address)`` connects, logs in,
    asks whether the account may use its address, stores the result and returns a
    :class:`Trial`.

    How it works: the host is resolved and its addresses are checked first
    (``tools/guard.py``), then one of these is connected to, while the certificate is
    checked against the name (``tools/transport.py``). There is one attempt to log in,
    never after a refusal. Names end with ``__`` to keep the methods from the
    expressions of server actions and templates.
    """

    _name = "mail_user_smtp.connection.mixin"
    _description = "Mail Server with a Strict Connection"

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
            names_host = args or kwargs.get("host")
            if not names_host and not self._disable_send():
                if line := self._connect_environment_relay(server, smtp_from):
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
        one of its command line: there is no server, or one set up for that.

        :param server: whom the mail is for, or none
        """
        if not server:
            server, smtp_from = self.sudo()._find_mail_server(smtp_from)
        if server and server.smtp_authentication != "cli":
            return None
        try:
            named = relay.from_environ()
        except relay.MalformedRelay as error:
            raise UserError(str(error)) from None
        if not named:
            return None
        line = self._open_relay(named, smtp_from)
        line.from_filter = server and server.from_filter
        line.from_filter = line.from_filter or self._get_default_from_filter()
        line.smtp_from = smtp_from
        return line

    def _open_relay(self, named, smtp_from):
        """
        :param relay.Relay named: by the environment
        """
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

    def _open_personal__(self, timeout, watch=None):
        """
        :param float timeout: seconds for any one step
        :param Watch watch: of the conversation as a whole
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
            watch=watch,
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
        :param str sender: whose domain is used where this site has none
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
    # Test
    # ------------------------------------------------------------

    def test_smtp_connection(self, autodetect_max_email_size=False):
        """Core's test, which the administrator has a button for, shows the password to
        the server; only its owner may do that with the one of a user.

        :param bool autodetect_max_email_size: core's
        :returns: core's
        """
        self.check_access("read")  # a refusal names the owner
        for server in self.sudo().filtered(lambda server: server._is_personal()):
            server.owner_user_id.with_env(self.env)._check_logged_in()
        return super().test_smtp_connection(autodetect_max_email_size)

    def _try_account__(self, use):
        """Connect, log in, use the line, and store the result; a temporary answer is
        not stored. It ends after :data:`TEST_SECONDS`, whatever the server does.

        Whoever calls this has checked who is there; its name keeps it from the
        expressions of server actions and templates.

        :param use: called with the line
        :rtype: Trial
        """
        self.ensure_one()
        watch = Watch(TEST_SECONDS)
        try:
            with watch:
                self._converse(watch, use)
        except SecretUserError as error:
            self._write_state("error", sentence=str(error))
        except NETWORK_ERRORS as error:
            why = self._explain(watch.cause(error))
            _logger.info("Mail account of user %s: %s", self.owner_user_id.id, why.kind)
            if why.is_temporary:
                texts = (self._for_owner(why), why.response)
                return Trial(None, "\n".join(filter(None, texts)))
            self._write_state("error", why)
        else:
            self._note_works()
        return Trial(self.user_smtp_state == "ok", self._error_text())

    def _note_works(self):
        self._write_state("ok")
        self.owner_user_id._mailbox_activities().unlink()
        self.owner_user_id._mailbox_works()

    def _converse(self, watch, use):
        line = self._open_personal__(TEST_TIMEOUT, watch)
        try:
            use(line)
        except smtplib.SMTPRecipientsRefused as error:
            ((address, (code, response)),) = error.recipients.items()
            raise transport.OwnAddressRefused(code, response, address) from None
        finally:
            line.close()

    def _ask_sender_address(self, line):
        """Whether the account may use its address, without sending anything."""
        transport.ask_address(line, self.from_filter)
