from odoo import models


class Base(models.AbstractModel):
    """A value that is bound to others does not outlive them: whoever names another
    server, through whatever form, import or call, has to type the password for it.
    """

    _inherit = "base"

    # filled by Secret.setup
    _bound_secret_names = frozenset()

    def write(self, vals):
        secrets = [
            self._fields[name]
            for name in self._bound_secret_names
            if not vals.get(name) and not vals.keys().isdisjoint(self._bound_to(name))
        ]
        before = {
            (secret, record): secret._binding(record)
            for secret in secrets
            for record in self
        }
        result = super().write(vals)
        for (secret, record), binding in before.items():
            if secret._binding(record) != binding:
                secret.clear(record)
        return result

    def _bound_to(self, name):
        return getattr(self._fields.get(name), "bound_to", ())
