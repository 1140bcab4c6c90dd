"""Whatever is rendered with a document uses the closed list of its variables."""

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import expressions, variables

MANAGER = "document_flow.group_manager"


class MailRenderMixin(models.AbstractModel):
    """Mail templates, the composer and everything else that core renders with a
    document: its variables come along, and an expression that uses anything else is
    refused before it is evaluated, whichever way it got into the database.
    """

    _inherit = "mail.render.mixin"

    @api.model
    def _documents_of(self, model):
        """The model of a kind of document, or None for every other one.

        :param str model: a model's name, may be false
        """
        found = self.env.get(model) if model else None
        return found if hasattr(found, "_mail_variables") else None

    @api.model
    def _check_source(self, source, model, engine):
        """Refuse what a template of documents may not say.

        :param str source: the template's text
        :param str model: of documents
        :param str engine: ``inline_template`` or ``qweb``
        :raises UserError: naming the expressions, and what may be used
        """
        known = self._documents_of(model)._mail_variable_meanings()
        search = (
            expressions.refused_in_html
            if engine == "qweb"
            else expressions.refused_in_text
        )
        if refused := search(source, known.keys()):
            raise UserError(
                self._refusal(
                    self.env._(
                        "A template of documents cannot use this: %(refused)s. It may "
                        "use: %(names)s.",
                        refused=", ".join(dict.fromkeys(refused)),
                        names=", ".join(sorted(known)),
                    )
                )
            )

    def _refusal(self, why):
        """What a person reads of a template that is refused.

        :param str why: what it cannot say
        """
        return why

    @api.model
    def _render_template(
        self,
        template_src,
        model,
        res_ids,
        engine="inline_template",
        add_context=None,
        options=None,
    ):
        documents = self._documents_of(model)
        if documents is None or engine == "qweb_view":
            return super()._render_template(
                template_src, model, res_ids, engine, add_context, options
            )
        self._check_source(template_src, model, engine)
        # Core reserves expressions for its template editors; those of the list are safe
        # in everybody's hands, and managers write them.
        may_write = self.env.su or self.env.user.has_group(MANAGER)
        renderer = self.sudo() if may_write else self
        rendered = {}
        for document in documents.browse(res_ids):
            values = self._variables_for(document, engine)
            rendered |= super(MailRenderMixin, renderer)._render_template(
                template_src,
                model,
                document.ids,
                engine,
                {**values, **(add_context or {})},
                options,
            )
            if engine == "qweb":
                filled = variables.fill_known(rendered[document.id], values)
                rendered[document.id] = filled
        return rendered

    @api.model
    def _variables_for(self, document, engine):
        # Core leaves out what is false in subjects, where an empty one must be seen.
        empty = variables.Unset if engine == "qweb" else variables.Empty
        return {
            name: empty(name) if value in (None, False, "") else value
            for name, value in document._mail_variables().items()
        }
