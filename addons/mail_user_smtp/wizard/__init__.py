from . import mail_compose_message, partner_merge
