from odoo import api, fields, models

from ..tools.codes import masked

ANSWERS = [("accepted", "Accepted"), ("declined", "Declined")]


class DocumentAcceptance(models.Model):
    """What a customer answered on a document's page, as evidence.

    Gives: who answered what, when and from where, the address that they proved, and the
    very file that the answer is about.

    How it works: written once, by ``document.accepted.mixin``, and kept as
    ``document.proof.mixin`` says.
    """

    _name = "document.acceptance"
    _description = "Customer's Answer"
    _inherit = ["document.proof.mixin"]
    _order = "id desc"

    answer = fields.Selection(ANSWERS, required=True, readonly=True)
    boxes = fields.Json(readonly=True)
    boxes_said = fields.Text("Ticked", compute="_compute_boxes_said")
    options = fields.Json(readonly=True, help="What was offered, and what was chosen.")
    options_said = fields.Text("Choice", compute="_compute_options_said")
    total = fields.Char(readonly=True, help="With what was chosen, as confirmed.")
    reason = fields.Text(readonly=True)

    _by_document = models.Index("(res_model, res_id)")

    @api.depends("boxes")
    def _compute_boxes_said(self):
        for acceptance in self:
            acceptance.boxes_said = "\n".join(acceptance.boxes or ())

    @api.depends("options")
    def _compute_options_said(self):
        for acceptance in self:
            acceptance.options_said = "\n".join(
                acceptance._option_said(option) for option in acceptance.options or ()
            )

    def _option_said(self, option):
        if option["chosen"]:
            return self.env._("Chosen: %s", option["said"])
        return self.env._("Not chosen: %s", option["said"])

    def _chosen_options(self):
        """The names of the options that were chosen.

        :rtype: list[str]
        """
        return [each["name"] for each in self.options or () if each["chosen"]]

    def _masked_address(self):
        """The address as others who have the link may see it."""
        return masked(self.address)
