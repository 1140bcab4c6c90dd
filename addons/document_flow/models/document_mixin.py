from odoo import api, models
from odoo.fields import Domain


class DocumentMixin(models.AbstractModel):
    """A kind of document: numbered, printed, archived, mailed, reminded of, linked.

    Gives: all that the mixins in ``_inherit`` promise; each one's docstring teaches it.
    The kinds are found here (``_kinds``): wizard, link, REST, reminders and history
    iterate them, and no list names them. A kind without a list, search or kanban view
    of its own shows the shared one.

    A model gives what those mixins ask for: at least ``_plural``, ``_number_codes``,
    ``_report``, ``_mail_template`` and ``_kind_label``. ``docs/add-a-document.md``
    walks through an example.

    How it works: whoever inherits this and is no abstract model is a kind.
    """

    _name = "document.mixin"
    _description = "Document"
    _inherit = [
        *("document.reminded.mixin", "document.linked.mixin", "document.mailed.mixin"),
        *("document.sums.mixin", "document.form.mixin", "mail.activity.mixin"),
    ]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id.name"]

    # The views of a kind that has none of its own: how their xml ids begin.
    _shared_views = "document_flow.document_view"

    @api.model
    def _kinds(self):
        """The kinds of documents that are installed: found, not listed.

        :returns: the models, as empty recordsets by name in addresses
        :rtype: dict
        """
        names = self.env.registry.descendants(["document.mixin"], "_inherit")
        models_ = (self.env[name] for name in sorted(names))
        return {m._plural: m for m in models_ if not m._abstract}

    @api.model
    def _unfinished_domain(self):
        """Which of this kind somebody must go on with when its person leaves.

        :rtype: Domain
        """
        return Domain.TRUE

    @api.model
    def _kind_selection(self):
        """The kinds for a reference field.

        :rtype: list[tuple[str, str]]
        """
        models_ = self.env["ir.model"].sudo()
        names = [kind._name for kind in self._kinds().values()]
        return [(name, models_._get(name).name) for name in names]
