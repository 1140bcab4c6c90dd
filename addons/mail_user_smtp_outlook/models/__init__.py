from . import microsoft_outlook_mixin, fetchmail_server, ir_mail_server
