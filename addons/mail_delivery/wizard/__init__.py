from . import mail_hold_release
