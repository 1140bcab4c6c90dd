"""Who writes, with title, company and phone: under every mail."""

from odoo.modules.module import load_script
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext
from odoo.tools.misc import file_path

from .common import SendingCase

PREFERENCES = "base.view_users_form_simple_modif"


@tagged("post_install", "-at_install")
class TestSignature(SendingCase):
    def setUp(self):
        super().setUp()
        self.me = self.nikki.with_user(self.nikki)
        self.nikki.write({"function": "Sales <Manager>", "phone": "+66 2 123 4567"})

    def lines(self, user=None):
        return html2plaintext((user or self.nikki).signature).splitlines()

    def proposed(self):
        company = self.nikki.company_id.name
        return [self.nikki.name, "Sales <Manager>", company, "+66 2 123 4567"]

    def test_the_default_has_name_title_company_and_phone(self):
        self.assertEqual(self.lines(), self.proposed())
        self.assertIn("Sales &lt;Manager&gt;", self.nikki.signature)

    def test_it_follows_the_contact_until_somebody_edits_it(self):
        self.nikki.partner_id.function = "Director"
        self.assertIn("Director", self.lines())
        self.nikki.company_id.name = "Another Company"
        self.assertIn("Another Company", self.lines())
        self.me.signature = "<p>Yours, N.</p>"
        self.me.write({"phone": "+66 9", "function": "Owner", "name": "Nikki Two"})
        self.assertEqual(self.lines(), ["Yours, N."])

    def test_the_preferences_show_what_is_saved_and_it_goes_on_following(self):
        with Form(self.me, view=PREFERENCES) as form:
            form.function = "Director"
            self.assertIn("Director", form.signature)
        self.assertIn("Director", self.lines())
        self.me.phone = "+66 9"
        self.assertIn("+66 9", self.lines())

    def test_another_company_of_the_user_is_another_line(self):
        hong_kong = self.env["res.company"].create({"name": "BMAsia Hong Kong"})
        self.nikki.write(
            {"company_ids": [(4, hong_kong.id)], "company_id": hong_kong.id}
        )
        self.assertIn(hong_kong.name, self.lines())

    def test_a_portal_user_signs_with_the_name_alone(self):
        user = self.env["res.users"].create(
            {
                "name": "Guest",
                "login": "guest@example.com",
                "phone": "+66 1",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self.assertEqual(self.lines(user), ["Guest"])

    def test_it_stands_under_a_mail_as_html_and_as_text(self):
        self.quote().send_email()
        message = self.server.messages[0].message
        html = message.get_body(("html",)).get_content()
        self.assertIn("Sales &lt;Manager&gt;", html)
        text = message.get_body(("plain",)).get_content()
        for line in self.proposed():
            self.assertIn(line, text)

    def test_a_mail_is_signed_also_by_who_emptied_the_field(self):
        self.me.signature = False
        self.assertEqual(
            html2plaintext(self.me._letter_signature()).splitlines(), self.proposed()
        )

    def test_an_upgrade_completes_only_names(self):
        edited = "<p>Norbert, yours truly</p>"
        self.norbert.signature = edited
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET signature = '<div>' || %s || '</div>' WHERE id = %s",
            [self.nikki.name, self.nikki.id],
        )
        path = "bmasia_crm/migrations/19.0.1.6.0/post-signatures.py"
        for _time in range(2):
            load_script(file_path(path), "signatures").migrate(
                self.env.cr, "19.0.1.5.0"
            )
        self.env.invalidate_all()
        self.assertEqual(self.lines(), self.proposed())
        self.assertIn("Sales &lt;Manager&gt;", self.nikki.signature)
        self.assertEqual(self.norbert.signature, edited)
