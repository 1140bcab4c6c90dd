"""The upgrade to 19.0.1.6.0 gives mail templates today's words, where nobody wrote own
ones.
"""

import json

from odoo.modules.module import load_script
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path

# As 19.0.1.5.0 shipped them.
RELEASED = {
    "en_US": """
        <div>
            <p>Dear {{ contact_name }},</p>
            <p>
                On {{ sent_on }} we sent you quote
                <strong>{{ document_number }}</strong>, which holds until
                {{ valid_until }}. Have you had the time to look at it?
            </p>
            <p>If a question is open, or something should be different, just reply to
                this mail.</p>
            <p>Kind regards,</p>
            <div>{{ signature }}</div>
        </div>""",
    "th_TH": "<p>เรียน {{ contact_name }}</p>",
}


@tagged("post_install", "-at_install")
class TestMailWordsUpgrade(TransactionCase):
    def setUp(self):
        super().setUp()
        self.template = self.env.ref("bmasia_crm.template_quote_reminder")

    def upgrade(self, **bodies):
        """The bodies of a template, by language, after the upgrade."""
        self.env.flush_all()
        where = (json.dumps(bodies), self.template.id)
        self.env.cr.execute(
            "UPDATE mail_template SET body_html = %s WHERE id = %s", where
        )
        path = "bmasia_crm/migrations/19.0.1.6.0/post-mail-words.py"
        load_script(file_path(path), "mail_words").migrate(self.env.cr, "19.0.1.5.0")
        query = "SELECT body_html FROM mail_template WHERE id = %s"
        self.env.cr.execute(query, (self.template.id,))
        return self.env.cr.fetchone()[0]

    def words(self, body):
        return "".join(body.split())

    def test_released_words_become_todays(self):
        shipped = self.template.with_context(lang="en_US").body_html
        now = self.upgrade(en_US=RELEASED["en_US"])["en_US"]
        self.assertIn("which is valid until", now)
        self.assertEqual(self.words(now), self.words(shipped))

    def test_own_words_stay_in_each_language(self):
        own = RELEASED["en_US"].replace("Dear", "Hello")
        self.assertEqual(self.upgrade(en_US=own)["en_US"], own)
        now = self.upgrade(**RELEASED)
        self.assertIn("which is valid until", now["en_US"])
        self.assertEqual(now["th_TH"], RELEASED["th_TH"])

    def test_todays_words_stay(self):
        shipped = self.template.with_context(lang="en_US").body_html
        self.assertEqual(self.upgrade(en_US=str(shipped))["en_US"], str(shipped))
