"""What every mail carries: when and under which name it was written, its size."""

from datetime import UTC, datetime
from email.utils import format_datetime, make_msgid
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from odoo import api, fields, models

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 25 * MEGABYTE  # bytes; what Gmail, Microsoft, Yahoo and Zoho take


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    announced_size = fields.Integer(
        "Largest Message",
        readonly=True,
        copy=False,
        help="In bytes, as the server said when it was last used.",
    )

    @api.model
    def _build_email__(self, email_from, *args, **kwargs):
        """A Message-ID under the site's name, and a Date with the sender's zone.

        Core names this machine, and writes a time without a zone.
        """
        if not kwargs.get("message_id"):
            site = self.env["mail.message"]._site_name(email_from)
            kwargs["message_id"] = make_msgid(domain=site)
        message = super()._build_email__(email_from, *args, **kwargs)
        now = datetime.now(UTC).astimezone(self._sending_zone())
        del message["Date"]
        message["Date"] = format_datetime(now)
        return message

    @api.model
    def _sending_zone(self):
        name = self.env.context.get("mail_delivery_zone") or self.env.user.tz
        try:
            return ZoneInfo(name or "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    @api.model
    def _prepare_smtp_to_list(self, message, smtp_session):
        """The engine knows whom it sends to; core would read it out of the headers,
        where a name can look like an address.
        """
        known = self.env.context.get("mail_delivery_to")
        if known is not None:
            return known
        return super()._prepare_smtp_to_list(message, smtp_session)

    # ------------------------------------------------------------
    # SIZE
    # ------------------------------------------------------------

    def _size_limit(self):
        """How large a mail this account takes, encoded as it travels.

        :returns: bytes
        """
        own = int(self.max_email_size * MEGABYTE) if self.max_email_size else 0
        announced = self.announced_size or SIZE_LIMIT
        return min(own, announced) if own else announced

    def _get_max_email_size(self):
        """Core sends links in place of files that are too large; a mail to several
        people carries its files, or is refused before it is made.
        """
        if self.env.context.get("mail_delivery_whole"):
            return float("inf")
        if self.announced_size and not self.max_email_size:
            return self.announced_size / MEGABYTE
        return super()._get_max_email_size()

    def _remember_size(self, session):
        """Keep what the server says about itself.

        :param smtplib.SMTP session: connected
        """
        said = getattr(session, "esmtp_features", {}).get("size", "")
        announced = int(said) if said.isdigit() and len(said) < 10 else 0
        if announced and announced != self.announced_size:
            self.announced_size = announced
