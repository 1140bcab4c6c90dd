from odoo import api, fields, models
from odoo.exceptions import UserError


class MailHoldRelease(models.TransientModel):
    """The administrator's decision to let a restored database send again."""

    _name = "mail.hold.release"
    _description = "Release of a Restored Database"

    sentence = fields.Char(compute="_compute_sentence")
    waiting = fields.Integer(
        "E-mails That Waited", compute="_compute_sentence", aggregator=None
    )
    choice = fields.Selection(
        [
            ("cancel", "Cancel them: the original may have sent them"),
            ("send", "Send them: the original stopped before it could"),
        ],
        "E-mails That Waited in the Backup",
    )

    def _compute_display_name(self):
        self.display_name = self.env._("Release the restored database")

    @api.depends("choice")
    def _compute_sentence(self):
        hold = self.env["mail.hold"]
        waiting = hold._undecided()
        for wizard in self:
            wizard.sentence = hold._sentence() or self.env._(
                "This database is not held: it sends e-mails."
            )
            wizard.waiting = waiting

    def action_release(self):
        """Release this database.

        :returns: an action that loads the screen anew
        :raises UserError: mails waited, and nothing was chosen for them
        """
        self.ensure_one()
        if self.waiting and not self.choice:
            raise UserError(
                self.env._("Choose whether the e-mails that waited are sent.")
            )
        self.env["mail.hold"]._release(self.choice == "send")
        return {"type": "ir.actions.act_url", "url": "/odoo", "target": "self"}
