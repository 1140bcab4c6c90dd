from odoo import fields, models

from ..tools.mailboxes import mailboxes


class DocumentLink(models.Model):
    """A link that is one signer's alone: in a mail to them and nobody else."""

    _inherit = "document.link"

    purpose = fields.Selection(
        selection_add=[("sign", "To sign")], ondelete={"sign": "cascade"}
    )
    signer_id = fields.Many2one(
        "document.signer", readonly=True, index="btree_not_null", ondelete="cascade"
    )

    def _has_left(self, document):
        """Of a signer's link: whether that one has left; of one that only we have:
        whether none of us reads those mailboxes any more.
        """
        if self.signer_id:
            return self.signer_id._has_left()
        boxes = mailboxes(self._sent_to())
        if boxes and boxes <= document._our_mailboxes():
            return not boxes & document._our_mailboxes(former=False)
        return super()._has_left(document)

    def _sent_to_customer(self, document):
        """None of ours: a copy to a colleague keeps no link open."""
        addresses = super()._sent_to_customer(document)
        ours = document._our_mailboxes() if addresses else frozenset()
        return [each for each in addresses if not mailboxes([each]) & ours]

    def _is_open_of(self, document):
        """A signer's stays open whoever else has left the customer."""
        if self.signer_id:
            return document._is_for_customer()
        return super()._is_open_of(document)

    def _is_ours(self):
        """Also the link of our own signer, and one that was sent to nobody but us."""
        if self.signer_id:
            return bool(self.signer_id.user_id)
        boxes, document = mailboxes(self._sent_to()), self._record()
        only_us = bool(boxes and document) and boxes <= document._our_mailboxes()
        return only_us or super()._is_ours()

    def _words_for_ours(self):
        if not self.signer_id:
            return super()._words_for_ours()
        return self.env._(
            "With this link you sign for us. Only the customer asks and answers here."
        )
