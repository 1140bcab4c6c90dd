from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import variables

# What an expression may use besides the closed list; core's own rendering context.
CORE_NAMES = frozenset({"object", "user", "ctx", "True", "False", "None"})


class MailTemplate(models.Model):
    """Templates of papers know a closed list of variables, in subject and body alike:
    ``{{ contact_name }}``. What is empty shows as ``⟦contact_name⟧`` and is not sent.
    """

    _inherit = "mail.template"

    paper_variables = fields.Html(
        "Variable Guide", compute="_compute_paper_variables", sanitize=False
    )

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_paper_variables(self):
        row = Markup("<tr><td><code>%s</code></td><td>%s</td></tr>")
        for template in self:
            meanings = template._variable_meanings()
            template.paper_variables = meanings and Markup(
                '<table class="table table-sm"><tbody>%s</tbody></table>'
            ) % Markup("").join(
                row % (f"{{{{ {name} }}}}", escape(meaning))
                for name, meaning in meanings.items()
            )

    def _variable_meanings(self):
        """The variables of the kind of paper that this template is for, if it is."""
        model = self.env.get(self.model) if self.model else None
        if not hasattr(model, "_mail_variable_meanings"):
            return {}
        return model._mail_variable_meanings()

    # ------------------------------------------------------------
    # CHECKING
    # ------------------------------------------------------------

    @api.constrains("subject", "body_html", "model_id")
    def _check_variables_exist(self):
        for template in self:
            try:
                template._check_variables()
            except UserError as error:
                raise ValidationError(str(error)) from error

    def _check_variables(self):
        """Name what a template of a paper asks for and nobody knows.

        :raises UserError: with the names
        """
        known = self._variable_meanings()
        if not known:
            return
        used = variables.names_used(self.subject)
        used |= variables.names_used(str(self.body_html or ""))
        unknown = used - known.keys() - self._render_eval_context().keys() - CORE_NAMES
        if unknown:
            raise UserError(
                self.env._(
                    'The mail template "%(template)s" asks for what does not exist: '
                    "%(names)s. Its page Variables lists what there is.",
                    template=self.name,
                    names=", ".join(sorted(unknown)),
                )
            )

    # ------------------------------------------------------------
    # RENDERING
    # ------------------------------------------------------------

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
        """Papers bring their variables along, also in core's preview."""
        papers = self.env.get(model)
        if not hasattr(papers, "_mail_variables"):
            return super()._render_template(
                template_src, model, res_ids, engine, add_context, options
            )
        rendered = {}
        for paper in papers.browse(res_ids):
            values = self._variables_for(paper, engine)
            rendered |= super()._render_template(
                template_src,
                model,
                paper.ids,
                engine,
                {**values, **(add_context or {})},
                options,
            )
            if engine == "qweb":
                rendered[paper.id] = variables.fill_known(rendered[paper.id], values)
        return rendered

    @api.model
    def _variables_for(self, paper, engine):
        # Core leaves out what is false in subjects, where an empty one must be seen.
        empty = variables.Unset if engine == "qweb" else variables.Empty
        return {
            name: empty(name) if value in (None, False, "") else value
            for name, value in paper._mail_variables().items()
        }
