from odoo import api, models
from odoo.exceptions import UserError

from ..models.document_entity_mixin import named_ids

LINKS = ("many2one", "one2many", "many2many", "reference")


class DocumentWizardMixin(models.AbstractModel):
    """A dialog stays with what it was opened for, and its maker may still change that
    when they confirm.

    Gives: nobody else reads or writes it (``models/ir_rule.py``), nobody exchanges
    what it is about, and it names no record that its maker may not read.

    A model names the field with what it is about (``_opened_for``) and what else is
    fixed (``_fixed``); its buttons ask :meth:`_check_opened`.

    Example: ``_opened_for = "document"``.

    How it works: writing another value into such a field is refused; access to what it
    is about is asked when it is made and when it is confirmed. What any of its fields
    links to is read with all rights once it is there, as a record's name is; so it is
    asked before. What the system computes it fills in as superuser, who is not asked.
    """

    _name = "document.wizard.mixin"
    _description = "Dialog About One Record"

    _opened_for = ""
    _fixed = frozenset()  # what else cannot be exchanged once it is open

    @api.model
    def _undefaultable(self):
        """Fields for which no stored default counts (``models/ir_default.py``)."""
        fixed = {name for name, field in self._fields.items() if field.readonly}
        return fixed | self._fixed | {self._opened_for}

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._check_linked({**self._default_links(vals), **vals})
        wizards = super().create(vals_list)
        wizards._check_opened()
        return wizards

    def onchange(self, values, field_names, fields_spec):
        """Refuse a dialog about nothing: it is opened by a button of a record."""
        named = self._opened_for
        field = self._fields.get(named)
        # what its user chooses is not readonly
        if not self and field and field.required and field.readonly:
            if not {**self.default_get([named]), **values}.get(named):
                raise UserError(
                    self.env._("Open this dialog with the button on its record.")
                )
        return super().onchange(values, field_names, fields_spec)

    def write(self, vals):
        if not self.env.su:
            self._check_linked(vals)
        for name in (self._fixed | {self._opened_for}) & vals.keys():
            if any(wizard._is_exchanged(name, vals[name]) for wizard in self):
                raise UserError(
                    self.env._(
                        "This dialog was opened for something else. Open it anew."
                    )
                )
        return super().write(vals)

    def _default_links(self, vals):
        """What a new dialog links to without being told: a context says that, too."""
        links = [
            name
            for name, field in self._fields.items()
            if field.type in LINKS and field.store and name not in vals
        ]
        return self.default_get(links)

    def _check_linked(self, vals):
        """Refuse what its maker may not read, in whichever field.

        :raises AccessError: a record that these values name is closed to the user
        """
        for name, value in vals.items():
            field = self._fields.get(name)
            if field and field.type in LINKS and value:
                self._linked_by(field, value).check_access("read")

    def _linked_by(self, field, value):
        """The stored records that a value of a field names."""
        if field.type in ("one2many", "many2many"):
            named = self.env[field.comodel_name].browse(named_ids(value))
        else:
            empty = self.browse()
            cached = field.convert_to_cache(value, empty)
            named = field.convert_to_record(cached, empty) or empty
        return named._origin.exists().with_env(self.env)

    def _is_exchanged(self, name, value):
        field = self._fields[name]
        new = field.convert_to_record(field.convert_to_cache(value, self), self)
        return new != self[name]

    def _check_opened(self):
        """Refuse what its maker may not change, or may not change any more."""
        for wizard in self:
            wizard[self._opened_for].check_access("write")
