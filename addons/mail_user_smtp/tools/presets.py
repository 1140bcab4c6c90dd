"""What the well-known providers want. No ORM."""

import re
from dataclasses import dataclass

STARTTLS, TLS = "starttls", "tls"
DEFAULT_PORTS = {STARTTLS: 587, TLS: 465}
OTHER = "other"
# Google shows an app password as four groups of four letters.
APP_PASSWORD = re.compile(r"\s*[a-z]{4}(?:\s+[a-z]{4}){3}\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Preset:
    label: str
    host: str
    port: int
    security: str
    domains: tuple = ()


PRESETS = {
    "gmail": Preset(
        "Gmail or Google Workspace",
        "smtp.gmail.com",
        587,
        STARTTLS,
        ("gmail.com", "googlemail.com"),
    ),
    "microsoft": Preset(
        "Microsoft 365 or Outlook",
        "smtp.office365.com",
        587,
        STARTTLS,
        ("outlook.com", "hotmail.com", "live.com", "msn.com"),
    ),
    "zoho": Preset(
        "Zoho Mail", "smtp.zoho.com", 465, TLS, ("zoho.com", "zohomail.com")
    ),
    "yahoo": Preset(
        "Yahoo Mail",
        "smtp.mail.yahoo.com",
        465,
        TLS,
        ("yahoo.com", "ymail.com", "rocketmail.com"),
    ),
    "icloud": Preset(
        "iCloud Mail",
        "smtp.mail.me.com",
        587,
        STARTTLS,
        ("icloud.com", "me.com", "mac.com"),
    ),
    OTHER: Preset("Another mail server", "", 587, STARTTLS),
}
SELECTION = [(key, preset.label) for key, preset in PRESETS.items()]


def preset_of_host(host):
    """The preset that a host belongs to.

    >>> preset_of_host("SMTP.gmail.com"), preset_of_host("mail.example.com")
    ('gmail', 'other')
    """
    host = (host or "").lower()
    return next((key for key, p in PRESETS.items() if p.host == host), OTHER)


def preset_of_address(address, company_domains=None):
    """The preset that an address tells, or None.

    :param dict company_domains: of :func:`company_domains`

    >>> preset_of_address("nikki@GMAIL.com"), preset_of_address("pom@example.com")
    ('gmail', None)
    >>> preset_of_address("pom@example.com", {"example.com": "gmail"})
    'gmail'
    """
    domain = (address or "").rpartition("@")[2].lower()
    if known := (company_domains or {}).get(domain):
        return known
    return next((key for key, p in PRESETS.items() if domain in p.domains), None)


def company_domains(text):
    """What the administrator says of the company's own domains.

    >>> company_domains("Example.com = gmail, other.example=zoho, x, y=nonsense")
    {'example.com': 'gmail', 'other.example': 'zoho'}
    """
    pairs = (item.partition("=") for item in (text or "").lower().split(","))
    return {
        domain.strip(): key.strip()
        for domain, _sign, key in pairs
        if key.strip() in PRESETS
    }


def tidy_password(password, host):
    """What the provider means by what was pasted.

    >>> tidy_password("abcd efgh ijkl mnop", "smtp.gmail.com")
    'abcdefghijklmnop'
    >>> tidy_password("correct horse battery", "smtp.gmail.com")
    'correct horse battery'
    >>> tidy_password("abcd efgh ijkl mnop", "mail.example.com")
    'abcd efgh ijkl mnop'
    """
    if preset_of_host(host) == "gmail" and APP_PASSWORD.fullmatch(password):
        return "".join(password.split())
    return password
