from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .mail_render_mixin import MANAGER


class MailTemplate(models.Model):
    """Templates of documents know a closed list of variables, in every field that is
    rendered: ``{{ contact_name }}``. What is empty shows as ``⟦contact_name⟧`` and is
    not sent.
    """

    _inherit = "mail.template"

    document_variables = fields.Html(
        "Variable Guide", compute="_compute_document_variables", sanitize=False
    )
    is_of_documents = fields.Boolean(
        compute="_compute_is_of_documents",
        search="_search_is_of_documents",
        help="A template of quotes, contracts, invoices or receipts: managers edit it.",
    )

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_document_variables(self):
        row = Markup("<tr><td><code>%s</code></td><td>%s</td></tr>")
        for template in self:
            meanings = template._variable_meanings()
            template.document_variables = meanings and Markup(
                '<table class="table table-sm"><tbody>%s</tbody></table>'
            ) % Markup("").join(
                row % (f"{{{{ {name} }}}}", escape(meaning))
                for name, meaning in meanings.items()
            )

    @api.depends("model")
    def _compute_is_of_documents(self):
        for template in self:
            documents = template._documents_of(template.model)
            template.is_of_documents = documents is not None

    def _search_is_of_documents(self, operator, value):
        if operator != "in":
            return NotImplemented
        names = [name for name in self.env if self._documents_of(name) is not None]
        return [("model", "in" if True in value else "not in", names)]

    @api.depends_context("uid")
    def _compute_is_template_editor(self):
        """What a manager edits here is said by the closed list, not by core's group."""
        result = super()._compute_is_template_editor()
        if self.env.user.has_group(MANAGER):
            self.filtered("is_of_documents").is_template_editor = True
        return result

    def _variable_meanings(self):
        """The variables of the kind of document that this template is for, if it is."""
        documents = self._documents_of(self.model)
        return {} if documents is None else documents._mail_variable_meanings()

    # ------------------------------------------------------------
    # CHECKING
    # ------------------------------------------------------------

    @api.model
    def _rendered_fields(self):
        """Field and engine of everything that core renders of a template."""
        return {
            name: getattr(self._fields[name], "render_engine", "inline_template")
            for name in self._get_dynamic_field_names()
        }

    @api.constrains(
        *("subject", "body_html", "model_id", "email_from", "email_to", "email_cc"),
        *("reply_to", "partner_to", "scheduled_date", "lang"),
    )
    def _check_variables_exist(self):
        self._check_every_language()

    def _check_every_language(self):
        """Check this template as each language has it: a translation is a template,
        too, and another model makes another list.

        :raises ValidationError: naming what cannot be used
        """
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for template in self.filtered("is_of_documents"):
            for code in dict.fromkeys([template.env.lang, "en_US", *languages]):
                try:
                    template.with_context(lang=code)._check_variables()
                except UserError as error:
                    raise ValidationError(str(error)) from error

    def _check_variables(self):
        """Refuse a template of documents that asks for what is not on its list.

        :raises UserError: naming the template and the expressions
        """
        if self._documents_of(self.model) is None:
            return
        for name, engine in self._rendered_fields().items():
            self._check_source(self[name], self.model, engine)

    def _refusal(self, why):
        if len(self) != 1:
            return super()._refusal(why)
        return self.env._(
            'The mail template "%(template)s": %(why)s', template=self.name, why=why
        )

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        self._check_every_language()
        return result

    def _check_access_right_dynamic_template(self):
        """Core lets its template editors alone write expressions; those of documents
        are held to the closed list, and are a manager's.
        """
        rest = self
        if self.env.user.has_group(MANAGER):
            ours = self.filtered("is_of_documents")
            ours._check_every_language()
            rest -= ours
        return super(MailTemplate, rest)._check_access_right_dynamic_template()
