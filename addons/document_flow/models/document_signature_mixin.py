from markupsafe import Markup

from odoo import api, models
from odoo.tools import html2plaintext

SIGNED_WITH = frozenset({"name", "function", "phone"})  # of contacts


class DocumentSignatureMixin(models.AbstractModel):
    """A user who signs their mails.

    Gives: a default for Odoo's ``signature`` (name, job title, company, phone), and
    ``_letter_signature`` with what stands under a mail.

    A model is ``res.users``.

    Example: ``user.phone = "+66 2 123 4567"`` changes the last line of a signature that
    nobody edited.

    How it works: a signature that reads like the default follows the contact; one that
    was edited stays. ``models/res_partner.py`` asks before it writes and proposes
    after that.
    """

    _name = "document.signature.mixin"
    _description = "User Who Signs Mails"

    @api.depends("name", "function", "phone", "company_id")
    def _compute_signature(self):
        for user in self:
            # in a form the values change before they are written
            saved = user._origin or user
            if user._is_signature_proposed() or saved._is_signature_proposed():
                user.signature = user._proposed_signature()

    def write(self, vals):
        if "company_id" not in vals:
            return super().write(vals)
        following = self._with_proposed_signature()
        result = super().write(vals)
        following._propose_signature()
        return result

    def _letter_signature(self):
        """What stands under a mail of this user.

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        user = self.sudo()
        return user.signature if user._signature_lines() else user._proposed_signature()

    def _proposed_signature(self):
        # of a user who is being written the contact still has what was before
        contact = self.partner_id if self.id else self
        facts = [contact.name]
        if not self.share:
            company = self.company_id.partner_id.name
            facts += [contact.function, company, contact.phone]
        lines = dict.fromkeys(filter(None, facts))
        return Markup("<div>%s</div>") % Markup("<br>").join(lines)

    def _signature_lines(self):
        lines = html2plaintext(self.signature or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def _is_signature_proposed(self):
        """Whether nobody edited it: empty, the name alone, or what was proposed."""
        proposed = html2plaintext(self._proposed_signature()).splitlines()
        return self._signature_lines() in ([], proposed[:1], proposed)

    def _with_proposed_signature(self):
        return self.filtered(lambda user: user._is_signature_proposed())

    def _propose_signature(self):
        for user in self:
            user.signature = user._proposed_signature()
