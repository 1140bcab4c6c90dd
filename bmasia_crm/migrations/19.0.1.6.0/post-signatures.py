"""A signature that is only the user's name gets job title, company and phone, too."""

import re
from html import escape, unescape

TAG = re.compile(r"<[^>]*>")


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        SELECT u.id, u.signature, p.name, p.function, c.name, p.phone
          FROM res_users u
          JOIN res_partner p ON p.id = u.partner_id
          JOIN res_company c ON c.id = u.company_id
         WHERE u.share IS NOT TRUE
        """
    )
    for user_id, signature, *facts in cr.fetchall():
        text = unescape(TAG.sub(" ", signature or "")).strip()
        if text in ("", facts[0]):
            lines = "<br>".join(escape(fact) for fact in dict.fromkeys(facts) if fact)
            cr.execute(
                "UPDATE res_users SET signature = %s WHERE id = %s",
                [f"<div>{lines}</div>", user_id],
            )
