from odoo import api, fields, models
from odoo.tools import SQL

from ..fields import Secret


class BaseModuleUninstall(models.TransientModel):
    """The dialog before an uninstallation: which stored secrets it costs."""

    _inherit = "base.module.uninstall"

    lost_secrets = fields.Text(
        "Stored Passwords That Are Lost", compute="_compute_lost_secrets"
    )

    @api.depends("module_ids")
    def _compute_lost_secrets(self):
        for wizard in self:
            modules = set(wizard._get_modules().mapped("name"))
            wizard.lost_secrets = "\n".join(wizard._lost_secrets(modules))

    def _lost_secrets(self, modules):
        """A line for each field that is a secret no more, with how many it holds.

        :param set modules: names of the addons that go
        """
        for model in self.env.registry.values():
            if model._abstract or model._transient or not model._auto:
                continue
            for field in model._fields.values():
                if not (isinstance(field, Secret) and field.store):
                    continue
                if modules.isdisjoint(field._modules):
                    continue
                if count := self._count_values(model._table, field.name):
                    records = self.env[model._name]
                    kind = self.env["ir.model"]._get(model._name).name
                    label = field._description_string(records.env)
                    yield f"{kind}, {label}: {count}"

    def _count_values(self, table, column):
        query = SQL(
            "SELECT count(*) FROM %(table)s WHERE %(column)s <> ''",
            table=SQL.identifier(table),
            column=SQL.identifier(column),
        )
        return self.env.execute_query(query)[0][0]
