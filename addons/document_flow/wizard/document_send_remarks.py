from odoo import api, fields, models

from ..models.document_entity_mixin import SEVERAL


class DocumentSendRemarksMixin(models.AbstractModel):
    """What the Send wizard says about the document before it leaves.

    Gives: the remarks of ``document.remarks.mixin``, and the way to the form where the
    sender is put right.

    A model has ``document``, one record of a kind of document.

    How it works: nothing is refused; who reads it decides.
    """

    _name = "document.send.remarks.mixin"
    _description = "Remarks Before Sending"

    sender_remark = fields.Char(compute="_compute_remarks")
    content_remark = fields.Text(compute="_compute_remarks")

    @api.depends("document")
    @api.depends_context("lang")
    def _compute_remarks(self):
        for wizard in self:
            document = wizard.document
            wizard.sender_remark = document and document._sender_remark()
            remarks = document._content_remarks() if document else []
            wizard.content_remark = "\n".join(remarks)

    def action_complete_entity(self):
        """Open the document's billing entity in a tab of its own: what is typed here
        stays where it is.

        :returns: a URL action
        :rtype: dict
        """
        self.ensure_one()
        entity, path = self.document.company_id, "our-company"
        if self.env.user.has_group(SEVERAL):
            path = f"{entity._entities_path}/{entity.id}"
        return {"type": "ir.actions.act_url", "url": f"/odoo/{path}", "target": "new"}
