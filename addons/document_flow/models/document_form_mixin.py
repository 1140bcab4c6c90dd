from odoo import api, models

# A number is worth its row at zero, a tick where it is not set.
EMPTY = ("char", "text", "html", "date", "datetime", "selection", "many2one", "json")


class DocumentFormMixin(models.AbstractModel):
    """A form shows no row that is empty and that nobody can fill.

    Gives: fields inside a group that are read-only, always or in the record's state,
    disappear with their label while they are empty.

    Example: a reason that was not given is asked for on a draft, and is no row of the
    document that was issued.

    How it works: where a form says when a field is read-only, it says now as well that
    the field is invisible then, unless it has a value. Its own ``invisible`` stays.
    """

    _name = "document.form.mixin"
    _description = "Form Without Empty Rows"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            for node in arch.xpath("//group//field[not(ancestor::field)]"):
                self._hide_where_empty(arch, node)
        return arch, view

    @api.model
    def _hide_where_empty(self, arch, node):
        name = node.get("name")
        field = self._fields.get(name)
        if not field or field.type not in EMPTY:
            return
        readonly = node.get("readonly") or str(bool(field.readonly))
        if readonly in ("0", "False"):
            return
        labels = arch.xpath("//label[@for=$name]", name=name)
        for each in (node, *labels):
            shown = each.get("invisible") or "False"
            each.set("invisible", f"({shown}) or (({readonly}) and not {name})")
