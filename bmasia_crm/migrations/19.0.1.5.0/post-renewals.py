"""Short terms come up later, renewals that exist are not drafted again, and the renewal
notice names the prices that change.

The notice's words change only where nobody has written others.
"""

import json
import re

ROOT = 1  # who writes when an addon is installed or upgraded
WORDS = {
    "en_US": (
        r"A year of it comes to \{\{ annual_value_net \}\} before tax\.\s*</p>",
        "From {{ renewal_start }} these prices change: {{ renewal_prices }}.\n"
        "                    A year then comes to {{ renewal_value_net }} before tax.",
    ),
    "th_TH": (
        r"ค่าบริการต่อปี \{\{ annual_value_net \}\} ไม่รวมภาษี\s*</p>",
        "ตั้งแต่วันที่ {{ renewal_start }} ราคาต่อไปนี้จะเปลี่ยนแปลง: {{ renewal_prices }}\n"
        "                    ค่าบริการต่อปีจะเป็น {{ renewal_value_net }} ไม่รวมภาษี",
    ),
}
PARAGRAPH = """
                <p t-if="renewal_prices">
                    {}
                </p>"""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE bmasia_contract SET notice_from =
            end_date - least(notice_days, (end_date - start_date + 1) / 3)
         WHERE notice_days > (end_date - start_date + 1) / 3;

        UPDATE bmasia_contract c SET renewal_drafted_for = end_date
         WHERE EXISTS (
            SELECT FROM bmasia_contract r WHERE r.renewed_from_id = c.id);
        """
    )
    cr.execute(
        """
        SELECT template.id, template.body_html FROM mail_template AS template
        JOIN ir_model_data AS data ON data.res_id = template.id
        WHERE data.model = 'mail.template' AND data.module = 'bmasia_crm'
        AND data.name = 'template_renewal_manual' AND template.write_uid = %s
        """,
        (ROOT,),
    )
    for template, bodies in cr.fetchall():
        written = {lang: _with_prices(lang, body) for lang, body in bodies.items()}
        cr.execute(
            "UPDATE mail_template SET body_html = %s WHERE id = %s",
            (json.dumps(written), template),
        )


def _with_prices(lang, body):
    if lang not in WORDS or "renewal_prices" in body:
        return body
    before, sentence = WORDS[lang]
    paragraph = PARAGRAPH.format(sentence)
    return re.sub(before, lambda found: found[0] + paragraph, body, count=1)
