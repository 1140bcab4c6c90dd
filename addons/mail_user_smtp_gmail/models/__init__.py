from . import google_gmail_mixin, fetchmail_server, ir_mail_server
