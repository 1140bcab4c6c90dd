"""Templates of documents use a closed list, whoever writes them and whichever way."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.modules.module import load_script
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import file_path

from odoo.addons.document_flow.tools import expressions

from .common import SendingCase

# What has been tried, and what else Python and QWeb can do.
EXPRESSIONS = (
    "object.sudo().env['res.users'].sudo().browse(user.id).write({'group_ids':[(4,4)]})",
    "object.env.cr.execute('select 1')",
    "object",
    "object.name",
    "user",
    "user.name",
    "env",
    "env['res.users']",
    "ctx",
    "ctx.get('uid')",
    "document_number.__class__",
    "document_number.format(object)",
    "document_number[0]",
    "'%s' % object",
    "'{0.env}'.format(object)",
    "f'{object.env}'",
    "f'{document_number}'",
    "[x for x in document_number]",
    "{x: x for x in document_number}",
    "(x for x in document_number)",
    "(lambda: object)()",
    "lambda: document_number",
    "(y := document_number)",
    "getattr(document_number, 'upper')",
    "hasattr(object, 'env')",
    "str(document_number)",
    "map(str, document_number)",
    "reduce(filter, document_number)",
    "datetime.datetime.now()",
    "format_amount(1, object.currency_id)",
    "format_date(today)",
    "is_html_empty(object)",
    "is_html_empty(value=document_number)",
    "is_html_empty(*document_number)",
    "is_html_empty",
    "document_number()",
    "9 ** 9 ** 9",
    "'a' * 999999999",
    "-term",
    "[document_number]",
    "(document_number,)",
    "{'a': document_number}",
    "b'x'",
    "...",
    "1j",
    "await document_number",
    "yield",
    "import os",
    "document_number; object",
    "",
    "(" * 400 + "1" + ")" * 400,
)
DIRECTIVES = (
    '<t t-foreach="document_number" t-as="x"><t t-out="x"/></t>',
    '<t t-set="f" t-value="is_html_empty"/>',
    '<t t-set="f">words</t>',
    '<t t-call="web.layout"/>',
    '<t t-call="{{ document_number }}"/>',
    '<t t-cache="document_number"/>',
    '<t t-nocache="document_number"/>',
    '<t t-field="object.name"/>',
    '<span t-field="object.partner_id" t-options="{}"/>',
    "<span t-out=\"document_number\" t-options=\"{'widget': 'contact'}\"/>",
    '<span t-out="document_number" t-options-widget="\'contact\'"/>',
    "<p t-att=\"{'href': object}\"/>",
    '<p t-debug="pdb"/>',
    '<p t-lang="object.lang"/>',
    '<p t-tag="document_number"/>',
    '<p t-ignore="1" t-inner-content="1"/>',
    '<p t-att-href="object.access_url">x</p>',
    '<p t-attf-href="/x/{{ object.id }}">x</p>',
    '<p t-attf-href="/x/#{object.id}">x</p>',
    "<p>{{ object.name }}</p>",
    '<a title="{{ object.name }}">x</a>',
)
OURS = "bmasia_crm.template_quote_send"


@tagged("post_install", "-at_install")
class TestTemplateLanguage(SendingCase):
    def setUp(self):
        super().setUp()
        self.template = self.env.ref(OURS)
        self.names = self.env["bmasia.quote"]._mail_variable_meanings().keys()
        self.document = self.quote()

    def test_every_other_expression_is_refused(self):
        for expression in EXPRESSIONS:
            with self.subTest(expression):
                self.assertFalse(expressions.is_allowed(expression, self.names))

    def test_every_other_directive_is_refused(self):
        for source in DIRECTIVES:
            with self.subTest(source):
                self.assertTrue(expressions.refused_in_html(source, self.names))
                with self.assertRaises(ValidationError):
                    self.template.body_html = source
        for expression in EXPRESSIONS:
            for attribute in ("t-out", "t-esc", "t-if", "t-elif", "t-att-title"):
                value = expression.replace('"', "&quot;")
                source = f'<p {attribute}="{value}">x</p>'
                with self.subTest(source):
                    self.assertTrue(expressions.refused_in_html(source, self.names))

    def test_every_field_that_core_renders_is_checked(self):
        checked = self.template._rendered_fields()
        self.assertGreater(len(checked), 8)
        bad = {"qweb": '<t t-out="object.env"/>', "inline_template": "{{ object.env }}"}
        for name, engine in checked.items():
            with (
                self.subTest(name),
                self.assertRaisesRegex(
                    ValidationError, r"object\.env.*document_number"
                ),
            ):
                self.template.with_user(self.norbert).write({name: bad[engine]})

    def test_every_way_in_is_checked(self):
        self.env["res.lang"]._activate_lang("th_TH")
        evil = "<p t-out=\"object.env['res.users']\"/>"
        model = self.env["ir.model"]._get_id
        admin = self.env["mail.template"]
        others = admin.create(
            {"name": "x", "model_id": model("res.partner"), "body_html": evil}
        )
        translated = admin.create({"name": "y", "model_id": model("res.partner")})
        translated.with_context(lang="th_TH").body_html = evil
        xmlid = self.template.get_external_id()[self.template.id]
        ways = {
            "create": lambda: admin.create(
                {"name": "z", "model_id": model("bmasia.quote"), "body_html": evil}
            ),
            "write": lambda: self.template.write({"body_html": evil}),
            "write in another language": lambda: self.template.with_context(
                lang="th_TH"
            ).write({"subject": "{{ user.name }}"}),
            "translation": lambda: self.template.update_field_translations(
                "subject", {"th_TH": "{{ user.name }}"}
            ),
            "another model": lambda: others.write({"model_id": model("bmasia.quote")}),
            "another model, translated": lambda: translated.write(
                {"model_id": model("bmasia.quote")}
            ),
            "copy": lambda: others.copy({"model_id": model("bmasia.quote")}),
            "import": lambda: self._import(xmlid, evil),
        }
        for way, write in ways.items():
            with self.subTest(way), self.assertRaises(ValidationError):
                with self.env.cr.savepoint():
                    write()
        self.assertNotIn("object", self.template.body_html)

    def _import(self, xmlid, body):
        answer = self.env["mail.template"].load(["id", "body_html"], [[xmlid, body]])
        errors = [each["message"] for each in answer["messages"]]
        if errors:
            raise ValidationError(errors[0])

    def test_what_came_past_the_checks_is_refused_when_it_is_used(self):
        self._smuggle("body_html", '<p>Hello <t t-out="object.sudo().write({})"/></p>')
        document, template = self.document, self.template.with_user(self.norbert)
        composer = self.env["mail.compose.message"].with_user(self.norbert)
        ways = {
            "send": document.send_email,
            "wizard": document.action_send,
            "send_mail": lambda: template.send_mail(document.id),
            "preview": lambda: self.env["mail.template.preview"]
            .with_user(self.norbert)
            .create(
                {
                    "mail_template_id": template.id,
                    "resource_ref": f"bmasia.quote,{document.id}",
                }
            )
            .read(["body_html", "error_msg"]),
            "composer": lambda: composer.create(
                {
                    "model": "bmasia.quote",
                    "res_ids": str(document.ids),
                    "template_id": template.id,
                }
            ).read(["body"]),
            "post": lambda: document.with_user(self.norbert).message_post_with_source(
                template
            ),
        }
        for way, use in ways.items():
            with self.subTest(way):
                try:
                    with self.env.cr.savepoint():
                        told = str(use())
                except UserError as error:
                    told = str(error)
                self.assertIn("object.sudo()", told)
                self.assertIn("document_number", told)
        self.assertFalse(self.server.messages)

    def test_the_composer_renders_only_the_list_too(self):
        for user in (self.norbert, self.nikki, self.env.ref("base.user_admin")):
            composer = (
                self.env["mail.compose.message"]
                .with_user(user)
                .create(
                    {
                        "model": "bmasia.quote",
                        "composition_mode": "mass_mail",
                        "res_ids": str(self.document.ids),
                        "subject": "{{ object.env }}",
                        "body": '<p t-out="object.env"/>',
                    }
                )
            )
            for name in ("subject", "body"):
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(UserError):
                        composer._render_field(name, self.document.ids)

    def _smuggle(self, column, value):
        """As SQL, an import of another system or an upgrade would."""
        self.template.flush_recordset()
        self.env.cr.execute(
            f"UPDATE mail_template SET {column} = jsonb_build_object('en_US', %s::text)"
            " WHERE id = %s",
            (value, self.template.id),
        )
        self.template.invalidate_recordset()

    def test_our_own_templates_pass_in_every_language(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.env["ir.module.module"]._load_module_terms(["bmasia_crm"], ["th_TH"])
        templates = self.env["mail.template"].search([("is_of_documents", "=", True)])
        self.assertGreaterEqual(len(templates), 7)
        templates._check_every_language()

    def test_the_upgrade_rewrites_the_language_and_keeps_what_people_wrote(self):
        words = "<p>Our own words, {{ contact_name }}</p>"
        self.template.body_html = words
        self.env.cr.execute(
            "UPDATE mail_template SET lang = '{{ object._get_print_lang() }}'"
        )
        other = self.env.ref("bmasia_crm.template_invoice_send")
        self.env.invalidate_all()
        self._smuggle("subject", "{{ object.name }}")
        script = load_script(
            file_path("bmasia_crm/migrations/19.0.1.2.0/post-templates.py"), "templates"
        )
        with self.assertLogs("templates", "WARNING") as log:
            script.migrate(self.env.cr, "19.0.1.1.2")
        self.env.invalidate_all()
        self.assertEqual(other.lang, "{{ document_lang }}")
        self.assertEqual(self.template.body_html, words)
        self.assertEqual(len(log.output), 1)
        self.assertIn("send a quote", log.output[0])


@tagged("post_install", "-at_install")
class TestManagerIsNoAdministrator(SendingCase):
    def test_a_manager_cannot_run_anything_on_any_models_template(self):
        mona = new_test_user(self.env, "mona", groups="bmasia_crm.group_manager")
        self.assertFalse(mona.has_group("mail.group_mail_template_editor"))
        templates = self.env["mail.template"].with_user(mona)
        models = self.env["ir.model"].search([("transient", "=", False)])
        concrete = models.filtered(
            lambda model: model.model in self.env
            and not self.env[model.model]._abstract
        )
        self.assertGreater(len(concrete), 80)
        evil = "<p t-out=\"object.env['res.users'].browse(1).name\"/>"
        for model in concrete:
            with self.subTest(model.model):
                for values in ({"body_html": evil}, {"subject": "{{ user.env }}"}):
                    with self.assertRaises(UserError), self.env.cr.savepoint():
                        templates.create({"name": "x", "model_id": model.id, **values})
        others = self.env["mail.template"].search([("is_of_documents", "=", False)])
        self.assertTrue(others)
        for template in others.with_user(mona):
            with self.subTest(template.name), self.assertRaises(AccessError):
                template.write({"subject": "{{ user.env }}"})

    def test_a_manager_writes_new_templates_of_documents(self):
        templates = self.env["mail.template"].with_user(self.norbert)
        made = templates.create(
            {
                "name": "Ours",
                "model_id": self.env["ir.model"]._get_id("bmasia.quote"),
                "subject": "{{ document_number }}",
                "body_html": '<p t-if="tax_note">{{ tax_note }}</p>',
            }
        )
        made.subject = "{{ document_number or 'a quote' }}"
        self.assertTrue(made.is_template_editor)
        made.unlink()

    def test_sales_write_none(self):
        with self.assertRaises(AccessError):
            self.env["mail.template"].with_user(self.nikki).create(
                {
                    "name": "Mine",
                    "model_id": self.env["ir.model"]._get_id("bmasia.quote"),
                    "subject": "{{ document_number }}",
                }
            )
        with self.assertRaises(AccessError):
            self.env.ref(OURS).with_user(self.nikki).subject = "Hello"

    def test_a_manager_of_a_former_version_loses_cores_group(self):
        manager = self.env.ref("bmasia_crm.group_manager")
        editor = self.env.ref("mail.group_mail_template_editor")
        self.assertNotIn(editor, manager.all_implied_ids)
        self.norbert.write({"group_ids": [Command.link(editor.id)]})
        self.assertTrue(self.norbert.has_group("mail.group_mail_template_editor"))
