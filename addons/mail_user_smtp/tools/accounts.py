"""What identifies the mail account of a user among mail servers. No ORM."""

from .providers import STARTTLS, TLS

USER_SMTP = "user_smtp"
MAILBOX_NEWS = "mail_user_smtp/mailbox"  # on the bus: look again whether it works
ENCRYPTION = {STARTTLS: "starttls_strict", TLS: "ssl_strict"}
SECURITY = {encryption: security for security, encryption in ENCRYPTION.items()}
# Odoo's own addons: signing in at the provider takes the place of the password.
TOKENS = {
    "gmail": "google_gmail_refresh_token",
    "outlook": "microsoft_outlook_refresh_token",
}
# A change of one of these makes what is known about the account worthless.
CONNECTION = ("smtp_host", "smtp_port", "smtp_encryption", "smtp_user", "from_filter")
# What a password or token is sealed with: where it goes, how, as whom, whose it is.
BOUND_TO = (
    "smtp_host",
    "smtp_port",
    "smtp_encryption",
    "smtp_user",
    "smtp_authentication",
    "owner_user_id",
)
