import logging
import smtplib
from dataclasses import dataclass

from odoo import models

from odoo.addons.encrypted_field.fields import SecretUserError

from ..tools import transport
from .ir_mail_server import NETWORK_ERRORS

_logger = logging.getLogger(__name__)
TEST_TIMEOUT = 15  # seconds: somebody looks at the screen


@dataclass(frozen=True)
class Trial:
    """How a test of an account went."""

    works: bool | None  # None: a temporary answer, which is no verdict
    text: str = ""  # what is wrong, and what the server said


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def test_smtp_connection(self, autodetect_max_email_size=False):
        """Core's test, which the administrator has a button for, shows the password to
        the server; nobody does that with the one of a user but that user.
        """
        self.check_access("read")  # a refusal names the owner
        for server in self.sudo().filtered(lambda server: server._is_personal()):
            server.owner_user_id.with_env(self.env)._check_logged_in()
        return super().test_smtp_connection(autodetect_max_email_size)

    def _try_account__(self, use):
        """Connect, log in, use the line, and write down how it went; a temporary answer
        is not written down.

        Whoever calls this has checked who is there; its name keeps it from the
        expressions of server actions and templates.

        :param use: called with the line
        :rtype: Trial
        """
        self.ensure_one()
        try:
            line = self._open_personal__(TEST_TIMEOUT)
            try:
                self._use(line, use)
            finally:
                line.close()
        except SecretUserError as error:
            self._write_state("error", sentence=str(error))
        except NETWORK_ERRORS as error:
            why = self._explain(error)
            _logger.info("Mail account of user %s: %s", self.owner_user_id.id, why.kind)
            if why.is_temporary:
                told = (self._in_words_of_owner(why), why.words)
                return Trial(None, "\n".join(filter(None, told)))
            self._write_state("error", why)
        else:
            self._write_state("ok")
            self.owner_user_id._mailbox_activities().unlink()
            self.owner_user_id._mailbox_works()
        return Trial(self.user_smtp_state == "ok", self._error_text())

    def _use(self, line, use):
        try:
            use(line)
        except smtplib.SMTPRecipientsRefused as error:
            ((address, (code, words)),) = error.recipients.items()
            raise transport.OwnAddressRefused(code, words, address) from None

    def _ask_sender_address(self, line):
        """Whether the account may use its address, without sending anything."""
        transport.ask_address(line, self.from_filter)
