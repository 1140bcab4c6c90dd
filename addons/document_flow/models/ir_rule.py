from odoo import models
from odoo.fields import Domain


class IrRule(models.Model):
    """What somebody types into a dialog is theirs until they confirm it; a new record
    that is of another entity's is refused in words that help.

    Here for every wizard, whichever addon brings it: a rule for each one would be
    missing on the next.
    """

    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        domain = super()._compute_domain(model_name, mode)
        model = self.env[model_name]
        if self.env.su or not model._transient or not model._log_access:
            return domain
        return domain & Domain("create_uid", "=", self.env.uid)

    def _make_access_error(self, operation, records):
        """What Odoo says of a new record names neither the entity nor a way out."""
        if operation == "create" and getattr(records, "_entity_path", ""):
            foreign = records._entity() - self.env.companies.sudo()
            if foreign:
                return records._foreign_error(foreign[0])
        return super()._make_access_error(operation, records)
