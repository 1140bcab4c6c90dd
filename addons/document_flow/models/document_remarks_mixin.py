from odoo import models


class DocumentRemarksMixin(models.AbstractModel):
    """What its reader would wonder at, said before a document is sent.

    Gives: ``_sender_remark`` and ``_content_remarks``, shown by the Send wizard; they
    refuse nothing.

    A model says whether its reader needs the tax id of the sender (``_states_tax_id``),
    and adds remarks of its own.

    Example: a quote of "My Company", without an address, does not leave unnoticed.
    """

    _name = "document.remarks.mixin"
    _description = "Document with Remarks"

    def _states_tax_id(self):
        """Whether this document must state the tax id of its billing entity."""
        self.ensure_one()
        return False

    def _sender_remark(self):
        """What is missing of who sends it, as a sentence; empty: nothing.

        :rtype: str
        """
        self.ensure_one()
        missing = self.company_id._missing_on_documents(self._states_tax_id())
        if not missing:
            return ""
        return self.env._(
            "The customer sees “%(sender)s” as the sender. Still missing: %(parts)s.",
            sender=self.company_id.sudo().legal_name or self.company_id.sudo().name,
            parts=", ".join(missing),
        )

    def _content_remarks(self):
        """What else is to be looked at, each a sentence.

        :rtype: list[str]
        """
        self.ensure_one()
        return []
