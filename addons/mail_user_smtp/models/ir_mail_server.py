import smtplib

from odoo import api, fields, models, modules
from odoo.exceptions import ValidationError
from odoo.tools import SQL, email_normalize

from odoo.addons.encrypted_field.fields import Secret, SecretUserError

from ..tools import explain, guard, providers
from ..tools.accounts import (
    BOUND_TO,
    CONNECTION,
    MAILBOX_NEWS,
    SECURITY,
    TOKENS,
    USER_SMTP,
)
from ..tools.providers import STARTTLS


class IrMailServer(models.Model):
    """A mail server whose password is a secret; with a user's authentication, the mail
    account of that user.

    In this file: the fields and what has to be true of them, the state of the account,
    and the reason why it does not work.
    """

    _name = "ir.mail_server"
    _inherit = ["mail_user_smtp.connection.mixin", "ir.mail_server"]

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
    user_smtp_reply = fields.Char("Server Response", copy=False)
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
        self.owner_user_id._bus_send(MAILBOX_NEWS, {})
        return super().write(
            {
                "user_smtp_state": state,
                "user_smtp_error": self._for_owner(why) if why else sentence,
                "user_smtp_reply": why.response if why else False,
                "user_smtp_login_refused": bool(why and why.login_refused),
                "user_smtp_checked_at": state != "untested" and fields.Datetime.now(),
            }
        )

    def _for_owner(self, why):
        """The sentence in the language of the owner, who reads it."""
        owner = self.owner_user_id
        return why.sentence(self.with_context(lang=owner.lang or None).env._)

    # ------------------------------------------------------------
    # The reason why it does not work
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
        return providers.password_doubt(password or "")

    def _error_text(self):
        """The sentence and, below it, the server response."""
        return "\n".join(filter(None, (self.user_smtp_error, self.user_smtp_reply)))

    def _note_refused_login(self, why):
        """Remember a refusal that happened while sending, even if the transaction is
        rolled back: in a cursor of its own, which waits for no lock. Somebody who is
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
