from odoo import api, models


class IrUiView(models.Model):
    """A kind of document that has no screen of its own shows the shared one."""

    _inherit = "ir.ui.view"

    @api.model
    def default_view(self, model, view_type):
        """As of Odoo; of documents, the shared view where the kind has none.

        :param str model: the model's name
        :param str view_type: ``list``, ``form``, …
        :returns: the view's id or False
        """
        found = super().default_view(model, view_type)
        kinds = self.env["document.mixin"]._kinds().values()
        for kind in (kind for kind in kinds if not found and kind._name == model):
            shared = self.env.ref(
                f"{kind._shared_views}_{view_type}", raise_if_not_found=False
            )
            found = bool(shared) and shared.id
        return found
