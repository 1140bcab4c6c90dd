import re
from collections import Counter
from datetime import date
from pathlib import Path

import polib

from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools.translate import TranslationModuleReader

from .documents import DocumentCase
from .entities import own_addons

# What the program puts in or acts upon: %s and %(name)s, {{ }}, tags of HTML. Of tags
# only the words that people read, title="...", may differ.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[\d.]*[a-z%]|\{\{.*?\}\}|</?\w[^>]*>", re.S)
READ = re.compile(r'title="[^"]*"')
# Names, examples of what to type and codes for programs stay as they are
DAILY_SHARE = 0.95
DAILY_MODELS = r"bmasia_(?:quote|contract|invoice|payment|company|send_wizard)"
DAILY = re.compile(
    rf"bmasia_crm\.(?:{DAILY_MODELS}_view_|menu_|(?:field_|selection__){DAILY_MODELS}__)"
)
THAI = re.compile(r"[\u0e00-\u0e7f]")


def placeholders(text):
    return Counter(READ.sub("title", found) for found in PLACEHOLDER.findall(text))


@tagged("post_install", "-at_install")
class TestThai(DocumentCase):
    def test_no_translation_loses_a_placeholder(self):
        for addon in sorted(own_addons(self.env)):
            for path in sorted(Path(get_module_path(addon)).glob("i18n*/th.po")):
                for entry in polib.pofile(path):
                    with self.subTest(addon, text=entry.msgid):
                        self.assertEqual(
                            placeholders(entry.msgstr or entry.msgid),
                            placeholders(entry.msgid),
                        )

    def test_the_daily_screens_speak_thai(self):
        self.speak_thai()
        terms = TranslationModuleReader(self.env.cr, ["bmasia_crm"], "th_TH")
        daily = {
            source: value
            for _module, kind, _name, place, source, value, _comments in terms
            if kind == "code" or DAILY.match(place)
        }
        left = [text for text, thai in daily.items() if not THAI.search(thai or "")]
        self.assertGreater(len(daily), 300)
        self.assertLess(len(left), len(daily) * (1 - DAILY_SHARE), left)

    def test_screens_count_years_as_documents_do(self):
        """As Odoo's own fields and lists do: 2569 is the Buddhist era's 2026."""
        self.speak_thai()
        day = date(2026, 10, 31)
        env = self.env(context={**self.env.context, "lang": "th_TH"})
        entity = self.thai.with_env(env)
        entity.lock_date = day
        self.assertIn("31 ตุลาคม 2569", entity._closed_words())
        payment = env["bmasia.payment"].new({"date": day, "amount": 1})
        self.assertIn("31 ต.ค. 2569", payment.display_name)
        chosen = {"period": "custom", "date_from": day, "date_to": day}
        board = env["bmasia.dashboard"]
        label = board.get_figures(**chosen)["period"]["label"]
        self.assertEqual(label, "31 ต.ค. 2569")
        self.assertEqual(board._month_words(day), "ต.ค. 69")
