from odoo import models


class IrDefault(models.Model):
    """Stored defaults count only for what people type."""

    _inherit = "ir.default"

    def _get_model_defaults(self, model_name, condition=False):
        """Everybody may store defaults of their own, for any field: for what the system
        writes, or what a dialog is about, none counts.
        """
        defaults = super()._get_model_defaults(model_name, condition=condition)
        model = self.env.get(model_name)
        if model is None or not hasattr(model, "_undefaultable"):
            return defaults
        closed = model._undefaultable()
        return {name: value for name, value in defaults.items() if name not in closed}
