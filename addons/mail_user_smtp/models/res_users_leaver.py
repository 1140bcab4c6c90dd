"""What somebody who leaves had waiting."""

from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        leaving = self.browse()
        if vals.get("active") is False:
            leaving = self.filtered("active")
        result = super().write(vals)
        for user in leaving:
            user._hand_over_mails()
        return result

    def _successor(self, company):
        """Who decides about what this user leaves behind. An addon that knows who is
        responsible overrides this.

        :param company: ``res.company`` that it belongs to
        :rtype: res.users
        """
        users = self.env["res.users"].sudo()
        group = self.env.ref("base.group_system").sudo()
        admin = self.env.ref("base.user_admin", raise_if_not_found=False) or users
        people = admin.sudo() | group.all_user_ids.sorted("id")
        return people.filtered(lambda user: user.active and user != self)[:1]

    def _hand_over_mails(self):
        """Their mails leave in nobody's name, until a successor decides; not when the
        user comes back, either.
        """
        mails = self.env["mail.mail"].sudo()
        waiting = mails.search(
            [("sender_id", "=", self.id), ("state", "=", "outgoing")]
        )
        waiting._hold_for(self)
        return waiting

    def _mailbox_works(self):
        """Let go what waited for this user's account."""
        waiting = self.env["mail.mail"].sudo()
        waiting = waiting.search(
            [
                ("sender_id", "=", self.id),
                ("held_for_id", "=", False),
                ("state", "=", "outgoing"),
            ]
        )
        if waiting:
            waiting._delivery_resume()
