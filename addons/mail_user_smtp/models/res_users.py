from odoo import api, fields, models
from odoo.tools import email_normalize

from ..tools.accounts import USER_SMTP


class ResUsers(models.Model):
    """A user who mails from an account of their own.

    In this file: the link to that account, what core makes of it, and the mails of a
    user who leaves.
    """

    _name = "res.users"
    _inherit = [
        "mail_user_smtp.mailbox.mixin",
        "mail_user_smtp.sender.mixin",
        "mail_user_smtp.account.mixin",
        "mail_user_smtp.address.mixin",
        "res.users",
    ]

    smtp_server_ids = fields.One2many(
        "ir.mail_server",
        "owner_user_id",
        "Own Mail Server",
        context={"active_test": False},
        groups=fields.NO_ACCESS,
        copy=False,
    )
    outgoing_mail_server_type = fields.Selection(
        selection_add=[(USER_SMTP, "My mailbox")], ondelete={USER_SMTP: "set default"}
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_smtp_servers(self):
        # without its owner the row would be a server for everybody
        self.sudo().smtp_server_ids.unlink()

    # ------------------------------------------------------------
    # Core's personal servers
    # ------------------------------------------------------------

    @api.depends("smtp_server_ids.active", "smtp_server_ids.smtp_authentication")
    def _compute_outgoing_mail_server_id(self):
        """Core disowns a server when its login is not literally the user's e-mail, and
        its nightly clean-up deletes what is disowned. The owner is who owns it; for
        those that sign in with a token, the address still has to be the user's.
        """
        result = super()._compute_outgoing_mail_server_id()
        types = self._fields["outgoing_mail_server_type"]._selection
        for user in self:
            server = user._smtp_server()
            if server.active and server.smtp_authentication in types:
                same = email_normalize(server.smtp_user or "") == user.email_normalized
                if server._is_user_smtp() or same:
                    user.outgoing_mail_server_id = server.id
                    user.outgoing_mail_server_type = server.smtp_authentication
        return result

    @api.model
    def action_setup_outgoing_mail_server(self, server_type):
        if server_type == USER_SMTP:
            return self.env.user.action_open_mail_account()
        return super().action_setup_outgoing_mail_server(server_type)

    @api.model
    def action_test_outgoing_mail_server(self):
        if self.env.user._smtp_server()._is_user_smtp():
            return self.env.user.action_test_smtp()
        return super().action_test_outgoing_mail_server()

    # ------------------------------------------------------------
    # Who leaves
    # ------------------------------------------------------------

    def write(self, vals):
        leavers = self.browse()
        if vals.get("active") is False:
            leavers = self.filtered("active")
        result = super().write(vals)
        if vals.get("active") is False:
            # whoever leaves takes their password along
            self.sudo().smtp_server_ids.unlink()
        for user in leavers:
            user._hand_over_mails()
        return result

    def _successor(self, company):
        """Who takes over the work of this user. An addon that knows who is responsible
        overrides this.

        :param company: ``res.company`` that it belongs to
        :rtype: res.users
        """
        users = self.env["res.users"].sudo()
        group = self.env.ref("base.group_system").sudo()
        admin = self.env.ref("base.user_admin", raise_if_not_found=False) or users
        people = admin.sudo() | group.all_user_ids.sorted("id")
        return people.filtered(lambda user: user.active and user != self)[:1]

    def _hand_over_mails(self):
        """Hold their waiting mails until a successor decides."""
        mails = self.env["mail.mail"].sudo()
        waiting = mails.search(
            [("sender_id", "=", self.id), ("state", "=", "outgoing")]
        )
        waiting._hold_for(self)
        return waiting
