from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.kept_rows import keep_rows

# Emptied by a foreign key, when what they point at goes.
EMPTIED = ("link_id", "create_uid", "write_uid")


class DocumentProofMixin(models.AbstractModel):
    """What somebody confirmed on a document's page with a code, as evidence.

    Gives: who, when and from where, the address that they proved, the words that they
    confirmed, and the very file that they are about.

    How it works: written once, with ``_values_of_proof``; nobody changes or deletes a
    row, the superuser included (``tools/kept_rows.py``). The archive keeps the file.
    """

    _name = "document.proof.mixin"
    _description = "What Was Confirmed With a Code"
    _inherit = ["document.entity.mixin", "document.system.mixin"]

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", "Billing Entity", readonly=True, ondelete="restrict"
    )
    document_name = fields.Char("Document Number", readonly=True)
    name = fields.Char(
        required=True, readonly=True, help="As they typed it; not proved."
    )
    address = fields.Char(
        "E-mail Address",
        required=True,
        readonly=True,
        help="Proved by a code that was mailed to it.",
    )
    sentence = fields.Text(
        "Confirmed", required=True, readonly=True, help="In the words of the page."
    )
    file_id = fields.Many2one(
        "ir.attachment", required=True, readonly=True, ondelete="restrict"
    )
    sha256 = fields.Char("SHA-256 of the File", required=True, readonly=True)
    moment = fields.Datetime("When", required=True, readonly=True)
    local_moment = fields.Char(
        "Local Time", readonly=True, help="At the seller's desk, with its time zone."
    )
    remote_address = fields.Char("Internet Address", readonly=True)
    agent = fields.Char("Browser", readonly=True)
    link_id = fields.Many2one("document.link", readonly=True, ondelete="set null")
    event_digest = fields.Char(
        readonly=True, help="Of the event that notes it, in the chain of its document."
    )

    def init(self):
        """The database itself keeps the rows."""
        if self._auto:
            keep_rows(self.env.cr, self._table, EMPTIED)
        return super().init()

    @api.model
    def _values_of_proof(self, document, code, wish, origin, file, event):
        """What is kept of everything that was confirmed.

        :param document: that it is about
        :param code: the ``document.code`` that was proved
        :param Wish wish: what it confirms
        :param Origin origin: where it comes from
        :param file: the ``ir.attachment`` that the page showed
        :param event: the ``document.event`` that notes it
        :rtype: dict
        """
        now = fields.Datetime.now()
        return {
            "res_model": document._name,
            "res_id": document.id,
            "company_id": document.company_id.id,
            "document_name": document.name,
            "name": wish.name,
            "address": code.address,
            "sentence": code.sentence,
            "file_id": file.id,
            "sha256": wish.sha256,
            "moment": now,
            "local_moment": document._local_moment(now),
            "remote_address": origin.remote,
            "agent": origin.agent,
            "link_id": code.link_id.id,
            "event_digest": event.digest,
        }

    # ------------------------------------------------------------
    # FOR GOOD
    # ------------------------------------------------------------

    def write(self, vals):
        if self:
            raise UserError(self.env._("What somebody confirmed is not changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _refuse_to_delete(self):
        raise UserError(self.env._("What somebody confirmed is not deleted."))
