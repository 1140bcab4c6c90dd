"""Mails that wait since before the upgrade know whose words they hold, too."""

SENDERS = """
    UPDATE mail_mail
       SET sender_id = writer.id
      FROM mail_message said
      JOIN res_users writer ON writer.id = said.create_uid
     WHERE said.id = mail_mail.mail_message_id
       AND mail_mail.state IN ('outgoing', 'exception')
       AND mail_mail.sender_id IS NULL
       AND writer.id != 1
       AND writer.share IS NOT TRUE
       AND said.author_id = writer.partner_id
       -- what the company itself says is nobody's own
       AND NOT EXISTS (
           SELECT 1
             FROM res_company company
             JOIN res_partner partner ON partner.id = company.partner_id
            WHERE partner.email_normalized != ''
              AND position(partner.email_normalized IN lower(said.email_from)) > 0
              AND partner.email_normalized IS DISTINCT FROM (
                  SELECT own.email_normalized
                    FROM res_partner own
                   WHERE own.id = writer.partner_id))
"""


def migrate(cr, version):
    cr.execute(SENDERS)
