from odoo import api, models
from odoo.fields import Command

LINKS = ("many2one", "one2many", "many2many", "reference")
OWN = ("bmasia.", "document.")  # our addons


class Base(models.AbstractModel):
    """Whoever fills in a form names only records that they may read.

    A record that is not stored yet asks no record rule for what it links to, and its
    related fields are read with all rights: without this, a form that names an invoice
    of another billing entity tells its customer, its day and its sum.
    """

    _inherit = "base"

    def onchange(self, values, field_names, fields_spec):
        if not self.env.su:
            missing = [] if field_names else fields_spec.keys() - values.keys()
            links = sorted(filter(self._names_own, missing))
            defaults = self.default_get(links) if links else {}
            self._check_named({**defaults, **values})
        return super().onchange(values, field_names, fields_spec)

    @api.private
    def _check_named(self, values):
        """Refuse records of BMAsia CRM that a form names and its user may not read.

        :param dict values: as the form has them; what is stored already may stay
        :raises AccessError: one of them is closed to the user
        """
        names = [name for name in values if self._names_own(name)]
        if not names:
            return
        stored = self[:1].sudo()
        form = stored.new({name: values[name] for name in names}, origin=stored)
        for name in names:
            known = stored[name] if stored else form[name].browse()
            new = form[name]._origin
            if new and new._name.startswith(OWN):
                if known._name == new._name:
                    new -= known
                new.with_env(self.env).check_access("read")
            self._check_parts(name, values[name])

    def _names_own(self, name):
        field = self._fields.get(name)
        if field is None or field.type not in LINKS:
            return False
        return field.type == "reference" or field.comodel_name.startswith(OWN)

    def _check_parts(self, name, value):
        """The same of lines in the form, and of the form that a line is in."""
        parts = self.env[self._fields[name].comodel_name or self._name]
        if isinstance(value, dict):
            parts.browse(value.get("id") or [])._check_named(value)
        elif isinstance(value, list | tuple):
            for command in value:
                if isinstance(command, list | tuple) and isinstance(command[-1], dict):
                    is_stored = command[0] == Command.UPDATE
                    line = parts.browse(command[1] if is_stored else [])
                    line._check_named(command[-1])
