from odoo import api, models
from odoo.exceptions import UserError


class DocumentWizardMixin(models.AbstractModel):
    """A dialog stays with what it was opened for, and its maker may still change that
    when they confirm.

    Gives: nobody else reads or writes it (``models/ir_rule.py``), and nobody exchanges
    what it is about.

    A model names the field with what it is about (``_opened_for``) and what else is
    fixed (``_fixed``); its buttons ask :meth:`_check_opened`.

    Example: ``_opened_for = "document"``.

    How it works: writing another value into such a field is refused; access to what it
    is about is asked when it is made and when it is confirmed.
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
        for name in (self._fixed | {self._opened_for}) & vals.keys():
            if any(wizard._is_exchanged(name, vals[name]) for wizard in self):
                raise UserError(
                    self.env._(
                        "This dialog was opened for something else. Open it anew."
                    )
                )
        return super().write(vals)

    def _is_exchanged(self, name, value):
        field = self._fields[name]
        new = field.convert_to_record(field.convert_to_cache(value, self), self)
        return new != self[name]

    def _check_opened(self):
        """Refuse what its maker may not change, or may not change any more."""
        for wizard in self:
            wizard[self._opened_for].check_access("write")
