from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

WAITING = ("queued", "deferred")


class MailDelivery(models.Model):
    """What somebody who left had waiting: their manager withdraws it, or sends it."""

    _inherit = "mail.delivery"

    held_for_id = fields.Many2one(related="mail_id.held_for_id", string="Held For")
    can_take_over = fields.Boolean(compute="_compute_can_take_over")

    @api.depends("held_for_id", "state")
    @api.depends_context("uid")
    def _compute_can_take_over(self):
        for row in self:
            is_mine = row.held_for_id == self.env.user
            row.can_take_over = is_mine and row.state in WAITING

    def _check_access(self, operation):
        """Who decides about a mail reads its rows."""
        result = super()._check_access(operation)
        if not result or operation != "read" or not self:
            # without records the question is about the model
            return result
        forbidden, error = result
        held = forbidden.sudo().filtered(lambda row: row.held_for_id.id == self.env.uid)
        forbidden -= held.with_env(self.env)
        return (forbidden, error) if forbidden else None

    def action_take_over(self):
        """Send held mails in one's own name, from one's own mailbox.

        :returns: True
        :raises AccessError: somebody else decides about them
        :raises UserError: they wait no more, or the user has no working mailbox
        """
        mails = self._held_mails()
        mails._take_over()
        rows = mails._delivery_rows()
        rows.filtered(lambda row: row.state in WAITING).write({"user_id": self.env.uid})
        requests = self.env["bmasia.send.request"].sudo()
        headers = rows.mapped("message_id_header")
        requests.search([("message_id_header", "in", headers)]).write(
            {"sender": self.env.user._sender_header()}
        )
        rows._settle()
        mails._deliver_after_commit()
        return True

    def action_withdraw(self):
        """Do not send held mails; the document can be sent again.

        :returns: True
        :raises AccessError: somebody else decides about them
        :raises UserError: they wait no more
        """
        mails = self._held_mails()
        mails.cancel()
        mails._delivery_rows()._settle()
        return True

    def _held_mails(self):
        """The mails of these rows, as superuser."""
        self.check_access("read")
        rows = self.sudo()
        if rows.held_for_id - self.env.user or not all(r.held_for_id for r in rows):
            raise AccessError(
                self.env._("Only the manager it waits for decides about this mail.")
            )
        if any(row.state not in WAITING for row in rows):
            raise UserError(self.env._("This mail waits no more. Reload."))
        return rows.mail_id
