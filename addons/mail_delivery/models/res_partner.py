from odoo import models

from ..tools.addresses import Mailbox, read, wire_form

UNSENT = ("queued", "deferred", "refused")


class ResPartner(models.Model):
    """A contact whose corrected address counts for the mails that wait for it."""

    _inherit = "res.partner"

    def write(self, vals):
        """A mail that waits goes to the corrected address."""
        if "email" not in vals:
            return super().write(vals)
        before = {partner: partner.email for partner in self}
        result = super().write(vals)
        for partner, old in before.items():
            if partner.email != old:
                partner._redirect_waiting(old)
        return result

    def _delivery_addresses(self):
        """The addresses of these contacts under the contacts' names; what is none stays
        as it was typed, so that it can be refused by name.

        :rtype: list[str]
        """
        found = []
        for partner in self:
            typed = read(partner.email or "")
            found += [
                Mailbox(partner.name or "", box.address).formatted for box in typed.good
            ]
            found += [part.typed for part in typed.bad]
        return found

    def _redirect_waiting(self, old):
        """Send what waits for this contact to the new address, as far as whoever wrote
        that may read the document: others would have it sent to themselves.

        :param str old: what stood in the address field before
        """
        wires = {box.wire for box in read(old or "").good}
        now = [box.address for box in read(self.email or "").good]
        new = [address for address in now if wire_form(address) not in wires] or now
        rows = self.env["mail.delivery"].sudo()
        rows = rows.search([("partner_id", "=", self.id), ("state", "in", UNSENT)])
        if not self.env.su:
            rows -= rows.with_env(self.env)._without_document_access().sudo()
        kept = set(map(wire_form, now))
        for row in rows if new else ():
            if wire_form(row.recipient) not in kept:
                row._redirect(new[0])
