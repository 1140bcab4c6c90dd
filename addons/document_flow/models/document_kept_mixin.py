from lxml import etree

from odoo import api, fields, models


class DocumentKeptMixin(models.AbstractModel):
    """A record of which some cannot be deleted: for these, *Delete* is not offered.

    Gives: ``is_kept``, which the web client asks before it shows *Delete* in the menu
    of a form, or of what is ticked in a list (``static/src/kept``).

    A model says which records are kept (``_compute_is_kept``), and refuses to delete
    them, as whoever deletes through an API has no menu. It may name the views that ask
    (``_kept_views``), where a list would have to count too much.

    How it works: the field is put into these views, so that no view forgets it.
    """

    _name = "document.kept.mixin"
    _description = "Record That May Be Kept"

    _kept_views = ("form", "list", "kanban")

    is_kept = fields.Boolean(compute="_compute_is_kept", help="It cannot be deleted.")

    def _compute_is_kept(self):
        self.is_kept = False

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type in self._kept_views:
            hidden = "column_invisible" if view_type == "list" else "invisible"
            arch.insert(0, etree.Element("field", {"name": "is_kept", hidden: "True"}))
        return arch, view
