from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ValidationError

from ..tools import identity


class UserSmtpAddress(models.AbstractModel):
    """A user whose address and name are theirs alone.

    Gives constraints on address, login and name, and the checks that accounts, contacts
    and aliases call: :meth:`_check_smtp_address`, :meth:`_owner_of_address`.

    A model is ``res.users``.

    Example: Nikki cannot enter Pom's address as her own, as that of her account, or as
    that of her contact: "pom@example.com is Pom's."

    How it works: addresses are compared in every form in which a mail program may take
    them (``tools/identity.py``), with those of colleagues, their accounts, the company
    and its aliases. The administrator may give an address of the company to a user.
    """

    _name = "mail_user_smtp.address.mixin"
    _description = "User with an Address of Their Own"

    @api.constrains("email", "login", "partner_id", "group_ids", "active")
    def _check_own_address(self):
        for user in self.filtered(lambda user: user.active and user._is_internal()):
            user._check_address(user.sudo().email)
            if "@" in (user.login or ""):
                user._check_address_is_free(user.login)

    @api.constrains("name", "partner_id", "group_ids")
    def _check_own_name(self):
        if self.env.uid == SUPERUSER_ID:
            return
        for user in self.filtered(lambda user: user._is_internal()):
            if not identity.is_plain_name(user.sudo().name):
                raise ValidationError(
                    self.env._(
                        "The name of a user holds no @, < or >, and no invisible "
                        "signs: recipients would take it for an address."
                    )
                )

    def _check_address(self, address):
        """An address of a person is exactly one address, and theirs alone.

        :raises ValidationError: it is none, several, a colleague's or the company's
        """
        if not address or self.env.uid == SUPERUSER_ID:
            return
        if not identity.is_one_address(address):
            raise ValidationError(
                self.env._(
                    "“%s” is not exactly one e-mail address. Type one, and nothing "
                    "else.",
                    address,
                )
            )
        self._check_address_is_free(address)

    def _check_address_is_free(self, address):
        """Nobody takes another's address to send as them through the relay.

        :param str address: as it was typed
        """
        if self.env.uid == SUPERUSER_ID or self.env.user._is_system():
            return
        if owner := self._owner_of_address(address):
            raise self._not_free(address, owner)
        if self._is_company_machine(address):
            raise ValidationError(
                self.env._("%s is an address of the company.", address)
            )

    def _check_smtp_address(self, address):
        """An account may not carry the address of a colleague, or of the company's
        own machinery, whose mail it would then send.
        """
        if not address:
            return
        if owner := self._owner_of_address(address):
            raise self._not_free(address, owner)
        system = self.env["mail.alias.domain"].sudo().search([])
        notifications = filter(None, system.mapped("default_from_email"))
        if identity.forms(address) & identity.forms(", ".join(notifications)):
            raise ValidationError(
                self.env._("%s is the address of Odoo's own notifications.", address)
            )
        is_theirs = identity.forms(address) & identity.forms(self.sudo().email)
        if not is_theirs and self._is_company_machine(address):
            raise ValidationError(
                self.env._("%s is an address of the company.", address)
            )

    def _not_free(self, address, owner):
        return ValidationError(
            self.env._("%(address)s is %(user)s's.", address=address, user=owner.name)
        )

    def _owner_of_address(self, text):
        """Another internal user whose address this is, however it is written.

        :param str text: an address, or several
        """
        wanted = identity.forms(text)
        users = self.env["res.users"].sudo()
        for user in users.search(
            [("id", "not in", self._origin.ids), ("share", "=", False)]
        ):
            if wanted & (identity.forms(user.email) | identity.forms(user.login)):
                return user
        servers = self.env["ir.mail_server"].sudo()
        for server in servers.search(
            [
                ("owner_user_id", "not in", [*self._origin.ids, False]),
                ("user_smtp_state", "=", "ok"),
            ]
        ):
            if wanted & identity.forms(server.from_filter):
                return server.owner_user_id
        return users.browse()

    @api.model
    def _is_company_machine(self, text):
        """Whether an address is the company's, or one that Odoo takes mail in at."""
        wanted = identity.forms(text)
        if wanted & self.env["mail.message"]._company_addresses():
            return True
        aliases = self.env["mail.alias"].sudo().search([("alias_name", "!=", False)])
        names = filter(None, aliases.mapped("alias_full_name"))
        return bool(wanted & identity.forms(", ".join(names)))

    @api.model
    def _addresses_of_colleagues(self, wanted):
        """Those of these addresses that a colleague reads.

        :param frozenset wanted: as :func:`~..tools.identity.forms` gives them
        """
        if not wanted:
            return frozenset()
        colleagues = self.sudo().search(
            [("share", "=", False), ("email_normalized", "in", list(wanted))]
        )
        return wanted & set(colleagues.mapped("email_normalized"))
