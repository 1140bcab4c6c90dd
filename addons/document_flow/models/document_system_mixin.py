from odoo import api, models
from odoo.exceptions import UserError
from odoo.orm.models import MAGIC_COLUMNS

TO_MANY = ("one2many", "many2many")


class DocumentSystemMixin(models.AbstractModel):
    """What the system finds out, people do not type.

    Gives: every stored field that is read-only is written by our own methods, which do
    that as superuser; so do importer and demo. This holds for programs, imports, stored
    defaults and the context of a request as well as for forms.

    A model may name fields that a button proposes (``_proposed_fields``), and fields
    that core leaves open and nobody is to choose (``_kept_fields``).

    Example: ``sent_date = fields.Datetime(readonly=True)`` needs nothing more.

    How it works: the fields themselves are asked, so that a new one is kept from its
    first day.
    """

    _name = "document.system.mixin"
    _description = "Fields of the System"

    # Read-only for people, but set by a button that opens the form.
    _proposed_fields = frozenset()
    # Not read-only in core, yet nobody's to choose.
    _kept_fields = frozenset()

    @api.model
    def _system_fields(self):
        """The names of the fields that only the system writes.

        :rtype: set[str]
        """
        found = {
            name
            for name, field in self._fields.items()
            if field.store and field.readonly and name not in MAGIC_COLUMNS
        }
        return found | (self._kept_fields & self._fields.keys())

    @api.model
    def _undefaultable(self):
        """Fields for which no stored default counts (``models/ir_default.py``)."""
        return self._system_fields()

    @api.model
    def default_get(self, fields):
        """A client's context proposes only what a person may type."""
        env = self.env
        if not env.su:
            said = env.context
            kept = [key for key in said if not self._is_system_default(key)]
            env = env(context={key: said[key] for key in kept})
        return super(DocumentSystemMixin, self.with_env(env)).default_get(fields)

    def _is_system_default(self, key):
        _before, prefix, name = key.partition("default_")
        field = self._fields.get(name)
        if not prefix or not field or name in self._proposed_fields:
            return False
        return field.readonly or name in self._kept_fields

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            fixed = self._system_fields() - self._proposed_fields
            for vals in vals_list:
                self._refuse_typed(
                    name for name in fixed & vals.keys() if self._is_new(name, vals)
                )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._refuse_typed(
                name
                for name in self._system_fields() & vals.keys()
                if self._would_change(name, vals[name])
            )
        return super().write(vals)

    def _is_new(self, name, vals):
        """Whether a new record would have something else than it gets by itself."""
        default = self._fields[name].default
        return bool(vals[name]) and not (default and default(self) == vals[name])

    def _would_change(self, name, value):
        field = self._fields[name]
        if field.type in TO_MANY:
            clears = not isinstance(value, list | tuple)
            return bool(value) or (clears and any(record[name] for record in self))
        cached = field.convert_to_cache(value, self[:1], validate=False)
        return any(
            field.convert_to_record(cached, record) != record[name] for record in self
        )

    def _refuse_typed(self, names):
        """
        :param names: of the fields that somebody typed
        :raises UserError: there are any
        """
        if found := set(names):
            raise UserError(self._typed_sentence(found))

    def _typed_sentence(self, names):
        labels = sorted(
            self._fields[name]._description_string(self.env) for name in names
        )
        return self.env._(
            "This is written by the system only: %s.", ", ".join(map(str, labels))
        )
