"""The language of our mail templates, from the closed list of variables.

Templates of documents may no longer use attributes of records. Ours did in one field.
What people changed stays as it is: a template that uses more is named in the log, and
is refused, with the expression, when it is used or edited.
"""

import logging
import re

_logger = logging.getLogger(__name__)

MODELS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice", "bmasia.receipt")
FORMER, NOW = "{{ object._get_print_lang() }}", "{{ document_lang }}"
TEXTS = ("subject", "body_html")
OTHERS = ("lang", "email_from", "email_to", "email_cc", "reply_to", "partner_to")
RECORDS = re.compile(
    r"(?:\{\{|\bt-[\w-]+=\")[^\"{}]*\b(?:object|user|env|ctx|datetime)\b"
)


def migrate(cr, _version):
    cr.execute(
        "UPDATE mail_template SET lang = %s WHERE lang = %s AND model = ANY(%s)",
        (NOW, FORMER, list(MODELS)),
    )
    columns = [f"{name}::text" for name in (*TEXTS, *OTHERS, "scheduled_date")]
    cr.execute(
        f"SELECT id, name->>'en_US', concat_ws(' ', {', '.join(columns)})"
        " FROM mail_template WHERE model = ANY(%s) ORDER BY id",
        (list(MODELS),),
    )
    for template_id, name, said in cr.fetchall():
        # within JSON, a quote is written with a backslash
        if RECORDS.search(said.replace('\\"', '"')):
            _logger.warning(
                "mail template %s (%s) uses attributes of records: replace them by the "
                "variables on its page Variables; until then it is refused",
                template_id,
                name,
            )
