from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.signing import USUAL_DAYS

PROPOSED = (
    *("sequence", "side", "signatory_number"),
    *("name", "title", "email", "user_id"),
)


class DocumentSigningWizard(models.TransientModel):
    """Asks for the signatures of all who sign a document."""

    _name = "document.signing.wizard"
    _description = "Ask for Signatures"
    _inherit = ["document.wizard.mixin"]

    _opened_for = "document"

    document = fields.Reference(
        selection="_selection_document", required=True, readonly=True
    )
    sends = fields.Boolean(compute="_compute_sends")
    in_order = fields.Boolean(
        "One After the Other",
        default=True,
        help="Each is asked when the one before has signed; else all are asked now.",
    )
    expires = fields.Date("Last Day", required=True)
    signer_ids = fields.One2many(
        "document.signing.wizard.signer", "wizard_id", "Signers"
    )

    @api.model
    def _selection_document(self):
        documents = self.env["document.mixin"]._kind_selection()
        return [
            row for row in documents if hasattr(self.env[row[0]], "_awaits_signatures")
        ]

    @api.model
    def default_get(self, fields):
        """The document's own signers, and a usual last day."""
        values = super().default_get(fields)
        document = self._document_of(values.get("document"))
        if not document:
            return values
        document.check_access("write")
        if "expires" in fields:
            values["expires"] = document._today() + timedelta(days=USUAL_DAYS)
        if "signer_ids" in fields:
            values["signer_ids"] = [
                Command.create({name: signer.get(name) for name in PROPOSED})
                for signer in document._proposed_signers()
            ]
        return values

    @api.depends("document")
    def _compute_sends(self):
        for wizard in self:
            document = wizard.document
            wizard.sends = bool(document) and document._is_sent_by_asking()

    @api.model
    def _document_of(self, value):
        if not isinstance(value, str):
            return value
        model, _comma, number = value.partition(",")
        kinds = [name for name, _label in self._selection_document()]
        if model not in kinds or not number.isdecimal():
            return None
        return self.env[model].browse(int(number)).exists()

    def action_confirm(self):
        """Ask the signers. A draft gets its number, and is sent so.

        :returns: the action that closes the dialog
        :rtype: dict
        :raises UserError: something is missing, or no mail can be written
        """
        self.ensure_one()
        self._check_opened()
        if not self.signer_ids:
            raise UserError(self.env._("Name who signs."))
        self._give_free_lines()
        signers = [
            signer._values(place) for place, signer in enumerate(self.signer_ids, 1)
        ]
        self.document._ask_for_signatures(signers, self.in_order, self.expires)
        return {"type": "ir.actions.act_window_close"}

    def _give_free_lines(self):
        """Each line of the document is one signer's, of its own side. Whoever was taken
        out of the dialog and typed again signs on the line that became free: first who
        has its name, then others of that side in their order.
        """
        taken = set()
        for signer in self.signer_ids:
            lines = self.document._numbers_of_lines(signer.side) - taken
            if signer.signatory_number not in lines:
                signer.signatory_number = 0
            taken.add(signer.signatory_number)
        for by_name in (True, False):
            for line in self.document._proposed_signers():
                number = line.get("signatory_number")
                if number and number not in self.signer_ids.mapped("signatory_number"):
                    self._without_line(line, by_name)[:1].signatory_number = number

    def _without_line(self, line, by_name):
        return self.signer_ids.filtered(
            lambda each: (
                not each.signatory_number
                and each.side == line["side"]
                and (not by_name or each.name == line["name"])
            )
        )
