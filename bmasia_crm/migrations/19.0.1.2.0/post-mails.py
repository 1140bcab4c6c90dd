"""What waiting mails were written for, and who is asked whether reminders may leave.

A mail that waits is withdrawn with its document only if it carries it or reminds of it:
the requests behind the mails in the queue tell.

Reminders leave by themselves only from people who said so, or a manager for them. To
be made responsible was no word of theirs: everybody starts with *off*, each reminder is
an activity, and one activity tells managers where it is switched on.
"""

from odoo import SUPERUSER_ID, api

SWITCHES = ("renewal_reminders", "overdue_reminders", "quote_reminders")
SUMMARY = "Reminders wait to be looked over"
NOTE = (
    "<p>This billing entity lets reminders leave by themselves. They now do so only in "
    "the name of people who allow it: each in their preferences, or you for them in "
    "Settings, Users, <em>Reminders Leave by Themselves</em>. Until then, every "
    "reminder is an activity for the person responsible.</p>"
)


def migrate(cr, _version):
    cr.execute(
        """
        UPDATE mail_mail AS mail
           SET document_purpose =
                   CASE WHEN request.is_notice THEN 'reminder' ELSE 'document' END,
               document_reminder_id = request.reminder_id
          FROM document_send_request AS request
         WHERE request.message_id = mail.mail_message_id
           AND mail.state = 'outgoing' AND mail.document_purpose IS NULL
        """
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    group = env.ref("bmasia_crm.group_manager")
    managers = group.user_ids.filtered(lambda user: user.active and user.id != 1)
    for company in env["res.company"].search([]):
        automatic = "auto" in [company[name] for name in SWITCHES]
        if automatic and company.reminder_mode == "on" and managers:
            company.partner_id.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=SUMMARY,
                note=NOTE,
                user_id=managers.sorted("id")[-1].id,
            )
