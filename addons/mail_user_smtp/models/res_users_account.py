import threading

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import email_normalize

from ..tools import providers
from ..tools.accounts import CONNECTION, ENCRYPTION, SECURITY, USER_SMTP
from ..tools.identity import is_one_address
from ..tools.providers import STARTTLS, TLS

STATES = [
    ("none", "Not set up"),
    ("untested", "Not tested"),
    ("ok", "Works"),
    ("error", "Does not work"),
]
# A user's windows onto their row: what they may write, and what only they read.
WRITEABLE = (
    "smtp_preset",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "smtp_email",
    "smtp_login",
    "smtp_password",
)
OWN_ONLY = (*WRITEABLE, "smtp_error")
READABLE = (*OWN_ONLY, "smtp_password_set", "smtp_state", "smtp_checked_at")
# field of the user -> field of the server
COLUMNS = {
    "smtp_host": "smtp_host",
    "smtp_port": "smtp_port",
    "smtp_email": "from_filter",
    "smtp_login": "smtp_user",
}


class UserSmtpAccount(models.AbstractModel):
    """A user with the fields of their own mail account.

    Gives ``smtp_host`` … ``smtp_password`` (write-only), ``smtp_state`` and
    ``smtp_error``, for the form of the preferences, for imports and for RPC.

    A model is ``res.users``, with ``smtp_server_ids`` (its rows of ``ir.mail_server``)
    and the checks of ``mail_user_smtp.address.mixin``.

    Example::

        user.write({"smtp_email": "nikki@gmail.com", "smtp_password": "abcd efgh"})

    makes a row for smtp.gmail.com, port 587, STARTTLS, with the login of that address.

    How it works: the fields are windows onto the row, computed for its owner and
    written through to it; nothing is stored with the user. The administrator sees the
    state, nothing else. A login that equals the address follows the address.
    """

    _name = "mail_user_smtp.account.mixin"
    _description = "User with a Mail Account"

    smtp_preset = fields.Selection(
        providers.SELECTION,
        "Provider",
        compute="_compute_smtp",
        readonly=False,
        groups="base.group_user",
        help="Fills in server, port and security.",
    )
    smtp_host = fields.Char(
        "Mail Server", compute="_compute_smtp", readonly=False, groups="base.group_user"
    )
    smtp_port = fields.Integer(
        "Port", compute="_compute_smtp", readonly=False, groups="base.group_user"
    )
    smtp_security = fields.Selection(
        [(STARTTLS, "STARTTLS (port 587)"), (TLS, "TLS (port 465)")],
        "Security",
        compute="_compute_smtp",
        readonly=False,
        groups="base.group_user",
    )
    smtp_email = fields.Char(
        "Mail Address",
        compute="_compute_smtp",
        readonly=False,
        groups="base.group_user",
        help="What you send comes from this address, and replies come to it.",
    )
    smtp_login = fields.Char(
        "Mail Login",
        compute="_compute_smtp",
        readonly=False,
        groups="base.group_user",
        help="Usually the mail address.",
    )
    smtp_password = fields.Char(
        "Mail Password",
        compute="_compute_smtp",
        readonly=False,
        groups="base.group_user",
        exportable=False,
        help="Stored encrypted. Nobody can read it again, you can only replace it.",
    )
    smtp_password_set = fields.Boolean(
        "Password Stored", compute="_compute_smtp", groups="base.group_user"
    )
    smtp_state = fields.Selection(
        STATES,
        "Mailbox",
        compute="_compute_smtp",
        search="_search_smtp_state",
        groups="base.group_user",
    )
    smtp_error = fields.Text(
        "Reason", compute="_compute_smtp", groups="base.group_user"
    )
    smtp_checked_at = fields.Datetime(
        "Last Check", compute="_compute_smtp", groups="base.group_user"
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + list(READABLE)

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + list(WRITEABLE)

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    @api.depends(
        "email",
        "smtp_server_ids.active",
        "smtp_server_ids.user_smtp_state",
        "smtp_server_ids.user_smtp_error",
        *(f"smtp_server_ids.{name}" for name in CONNECTION),
    )
    @api.depends_context("uid")
    def _compute_smtp(self):
        for user in self:
            values = dict.fromkeys(READABLE, False)
            if user._may_see_smtp_state():
                values |= user._smtp_state_values()
            if user._owns_smtp():
                values |= user._smtp_own_values()
            user.update(values)

    def _owns_smtp(self):
        """Whether the acting user is this one. Not by ``env.su``: a related field reads
        as superuser for everybody.
        """
        return self._origin.id == self.env.uid or self.env.uid == api.SUPERUSER_ID

    def _may_see_smtp_state(self):
        return self._owns_smtp() or self.env.user.has_group("base.group_erp_manager")

    def _smtp_server(self):
        """The user's own row, of whatever kind; as superuser."""
        return self._origin.sudo().smtp_server_ids[:1]

    def _smtp_state_values(self):
        server = self._smtp_server()
        return {
            "smtp_state": self._state_of(server),
            "smtp_checked_at": server.user_smtp_checked_at,
            "smtp_password_set": server._fields["smtp_pass"].is_set(server),
        }

    def _smtp_own_values(self):
        server = self._smtp_server()
        if not server:
            return self._suggested_smtp()
        return {
            **{name: server[column] for name, column in COLUMNS.items()},
            "smtp_security": SECURITY.get(server.smtp_encryption, STARTTLS),
            "smtp_preset": providers.preset_of_host(server.smtp_host),
            "smtp_error": server._error_text(),
        }

    def _suggested_smtp(self):
        """What the address tells about an account that is still to be set up."""
        if not self._origin.sudo()._is_internal():
            return {}
        address = self._origin._likely_address()
        values = {"smtp_email": address, "smtp_login": address}
        key = self._preset_of(address)
        return values | ({"smtp_preset": key} | self._implied(key) if key else {})

    def _likely_address(self):
        return self.sudo().email_normalized or email_normalize(self.sudo().login or "")

    @api.model
    def _preset_of(self, address):
        get_param = self.env["ir.config_parameter"].sudo().get_param
        domains = providers.company_domains(get_param("mail_user_smtp.domains"))
        return providers.preset_of_address(address, domains)

    @api.model
    def _implied(self, preset_key):
        """Server, port and security of a provider."""
        preset = providers.PRESETS[preset_key]
        if not preset.host:
            return {}
        return {
            "smtp_host": preset.host,
            "smtp_port": preset.port,
            "smtp_security": preset.security,
        }

    def _state_of(self, server):
        """An account that signs in with a token was proved when it got the token."""
        if not server:
            return "none"
        if server._is_user_smtp() or server.user_smtp_state == "error":
            return server.user_smtp_state
        return (
            "ok"
            if self._origin.sudo().outgoing_mail_server_id == server
            else "untested"
        )

    def _search_smtp_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        visible = self.env["res.users"]
        if self.env.user.has_group("base.group_erp_manager"):
            visible = visible.sudo().with_context(active_test=False).search([])
        matching = (visible | self.env.user.sudo()).filtered(
            lambda user: user._state_of(user._smtp_server()) in value
        )
        return [("id", operator, matching.ids)]

    # ------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        smtp_list = [self._pop_smtp(vals) for vals in vals_list]
        users = super().create([vals for vals, _smtp in smtp_list])
        for user, (_vals, smtp) in zip(users, smtp_list, strict=True):
            if any(smtp.values()):
                user._write_smtp(smtp)
        return users

    def write(self, vals):
        vals, smtp = self._pop_smtp(vals)
        result = super().write(vals) if vals or not smtp else True
        for user in self if smtp else ():
            user._write_smtp(smtp)
        return result

    @api.model
    def _pop_smtp(self, vals):
        """Split values into those of the user and those of the mail account."""
        rest = {name: value for name, value in vals.items() if name not in WRITEABLE}
        return rest, {name: vals[name] for name in WRITEABLE if name in vals}

    def _write_smtp(self, vals):
        """Write the account of one user through to its server.

        :raises AccessError: it is somebody else's
        """
        self._check_own_smtp()
        self._check_smtp_values(vals)
        server = self._smtp_server()
        values = self._smtp_server_values(server, self._complete_smtp(server, vals))
        if not values:
            return
        self._check_smtp_address(values.get("from_filter"))
        if server and not server._is_user_smtp():
            # an account with a token gives way to the one with a password
            server.unlink()
            server = server.browse()
        if server:
            server.write(values)
        else:
            server = server.create(self._new_smtp_values(values))
        self.invalidate_recordset(READABLE)

    def _check_own_smtp(self):
        if not (self.env.su or self == self.env.user):
            raise AccessError(
                self.env._("Only %s can change their mail account.", self.name)
            )
        if not self.sudo()._is_internal():
            raise AccessError(self.env._("Mail accounts are for internal users."))

    def _check_logged_in(self):
        """A test shows the password to a server; neither an administrator nor a program
        does that in the name of its owner.

        :raises AccessError: whoever came in to this server is not this user
        """
        if not self == self.env.user or self._logged_in_uid() != self.id:
            raise AccessError(
                self.env._(
                    "Only %s, logged in themselves, can test their mail account.",
                    self.sudo().name,
                )
            )

    @api.model
    def _logged_in_uid(self):
        """Whose session, API key or RPC log-in this is; ``with_user`` and ``sudo``
        leave no trace here. None: a cron or a shell.
        """
        uids = self.env["ir.http"]._request_uids()
        if uids is None:
            # RPC, which notes it in the thread
            return getattr(threading.current_thread(), "uid", None)
        return uids.pop() if len(uids) == 1 else None

    def _check_smtp_values(self, vals):
        """Refuse values of a wrong type; the message does not repeat the value."""
        for name, value in vals.items():
            field = self._fields[name].get_description(self.env)
            if value and not self._is_smtp_value(field, value):
                raise ValidationError(
                    self.env._("“%s” cannot have this value.", field["string"])
                )

    @api.model
    def _is_smtp_value(self, field, value):
        if field["type"] == "integer":
            return isinstance(value, int) or str(value).isdecimal()
        if field["type"] == "selection":
            return value in [key for key, _label in field["selection"]]
        return isinstance(value, str)

    def _complete_smtp(self, server, vals):
        """What a chosen provider, or a first address, implies where it was not written
        as well.
        """
        key = vals.get("smtp_preset")
        if not (server or key or vals.get("smtp_host")):
            address = email_normalize(vals.get("smtp_email") or "")
            key = self._preset_of(address or self._likely_address())
        implied = self._implied(key) if key in providers.PRESETS else {}
        if not implied:
            return vals
        return implied | {name: value for name, value in vals.items() if value}

    def _smtp_server_values(self, server, vals):
        """The values for the row.

        :param server: the row, or none
        :param dict vals: of the user's windows
        """
        values = {
            column: vals[name].strip() if isinstance(vals[name], str) else vals[name]
            for name, column in COLUMNS.items()
            if name in vals
        }
        if security := vals.get("smtp_security"):
            values["smtp_encryption"] = ENCRYPTION[security]
        if "from_filter" in values:
            values |= self._address_values(server, values)
        if "smtp_user" in values and not values["smtp_user"]:
            values["smtp_user"] = values.get("from_filter") or server.from_filter
        if password := vals.get("smtp_password"):
            host = values.get("smtp_host") or server.smtp_host
            values["smtp_pass"] = providers.tidy_password(password, host)
        return values

    def _address_values(self, server, values):
        """A login that was the address, or nothing, follows the address."""
        typed = values["from_filter"]
        address = email_normalize(typed)
        if typed and not (address and is_one_address(typed)):
            raise ValidationError(self.env._("“%s” is not an e-mail address.", typed))
        login = values.get("smtp_user") or server.smtp_user
        if "smtp_user" not in values and server.smtp_user == server.from_filter:
            login = address
        return {"from_filter": address, "smtp_user": login or address}

    def _new_smtp_values(self, values):
        """The row of a user who had none."""
        address = values.get("from_filter") or self._likely_address()
        security = SECURITY.get(values.get("smtp_encryption"), STARTTLS)
        missing = {
            "name": self.env._("Mailbox of %s", self.sudo().name),
            "owner_user_id": self.id,
            "smtp_authentication": USER_SMTP,
            "smtp_encryption": ENCRYPTION[security],
            "smtp_port": providers.DEFAULT_PORTS[security],
            "smtp_user": address,
            "from_filter": address,
        }
        filled = {name: value for name, value in values.items() if value}
        if not filled.get("smtp_host"):
            raise UserError(self.env._("Choose a provider, or type the mail server."))
        self._check_smtp_address(address)
        return missing | filled

    # ------------------------------------------------------------
    # Typing in a form
    # ------------------------------------------------------------

    @api.onchange("smtp_email")
    def _onchange_smtp_email(self):
        """Another address may belong to another provider."""
        key = self._preset_of(email_normalize(self.smtp_email or ""))
        if key and not self.smtp_password_set and key != self.smtp_preset:
            self.smtp_preset = key
            self._onchange_smtp_preset()
        former = self._smtp_server().from_filter
        if not self.smtp_password_set or self.smtp_login == former:
            # as it is saved, too
            self.smtp_login = self.smtp_email

    @api.onchange(*(name for name in COLUMNS if name != "smtp_email"), "smtp_security")
    def _onchange_smtp_connection(self):
        """The password is for the server and the log-in that it was typed for."""
        server = self._smtp_server()
        typed = {column: self[name] for name, column in COLUMNS.items()}
        typed["smtp_encryption"] = ENCRYPTION.get(self.smtp_security)
        self.smtp_password_set = server._fields["smtp_pass"].is_kept(server, typed)

    @api.onchange("smtp_preset")
    def _onchange_smtp_preset(self):
        if self.smtp_preset not in providers.PRESETS:
            return
        if implied := self._implied(self.smtp_preset):
            self.update(implied)
        elif providers.preset_of_host(self.smtp_host) != providers.OTHER:
            self.smtp_host = False
        self._prefill_smtp()

    @api.onchange("smtp_security")
    def _onchange_smtp_security(self):
        ports = providers.DEFAULT_PORTS
        if self.smtp_security and (
            not self.smtp_port or self.smtp_port in ports.values()
        ):
            self.smtp_port = ports[self.smtp_security]

    def _prefill_smtp(self):
        self.smtp_email = self.smtp_email or self._origin._likely_address()
        self.smtp_login = self.smtp_login or self.smtp_email
        self.smtp_security = self.smtp_security or STARTTLS
        self.smtp_port = self.smtp_port or providers.DEFAULT_PORTS[self.smtp_security]
