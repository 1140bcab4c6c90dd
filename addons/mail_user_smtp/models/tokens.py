"""For the addons that seal the tokens of Odoo's own sign-ins."""

from odoo.exceptions import UserError

from odoo.addons.encrypted_field.fields import SecretUserError
from odoo.addons.encrypted_field.tools.keyring import KeyRingError


def reveal_token__(record, name):
    """The clear token. The name keeps it from the expressions of templates and server
    actions.

    :param record: an incoming or outgoing mail server
    :param str name: of the field
    :returns: the token, or False
    :raises SecretUserError: there is no usable key ring
    :raises UserError: it belongs to another server or user name, or cannot be opened
    """
    try:
        return record._fields[name].reveal__(record)
    except SecretUserError as error:
        if isinstance(error.cause, KeyRingError):
            raise
        raise UserError(
            record.env._(
                "The sign-in was made for another server or user name, or before "
                "sign-ins were encrypted. Sign in again."
            )
        ) from None
