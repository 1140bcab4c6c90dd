"""What the well-known providers want. No ORM."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

STARTTLS, TLS = "starttls", "tls"
DEFAULT_PORTS = {STARTTLS: 587, TLS: 465}
OTHER = "other"
# Google shows an app password as four groups of four letters.
APP_PASSWORD = re.compile(r"\s*[a-z]{4}(?:\s+[a-z]{4}){3}\s*", re.IGNORECASE)


# Line ends, marks without width and marks of direction, which come along when pasting.
INVISIBLE = "\r\n\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
BLANKS, LETTERS = "blanks", "letters"  # see password_doubt


@dataclass(frozen=True)
class Preset:
    """A provider: its server, and how to recognise it."""

    label: str
    host: str
    port: int
    security: str
    domains: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()  # endings of the names of all its servers


PRESETS = {
    "gmail": Preset(
        "Gmail or Google Workspace",
        "smtp.gmail.com",
        587,
        STARTTLS,
        ("gmail.com", "googlemail.com"),
        (".gmail.com", ".googlemail.com", ".google.com"),
    ),
    "microsoft": Preset(
        "Microsoft 365 or Outlook",
        "smtp.office365.com",
        587,
        STARTTLS,
        ("outlook.com", "hotmail.com", "live.com", "msn.com"),
        (".office365.com", ".outlook.com", ".office.com", ".hotmail.com", ".live.com"),
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


def preset_of_host(host: str | None) -> str:
    """The preset that a host belongs to.

    >>> preset_of_host("SMTP.gmail.com"), preset_of_host("mail.example.com")
    ('gmail', 'other')
    """
    host = (host or "").lower()
    return next((key for key, p in PRESETS.items() if p.host == host), OTHER)


def provider_of_host(host: str | None) -> str:
    """Whose server it is, be it the one of the preset or another.

    >>> provider_of_host("smtp-mail.Outlook.com."), provider_of_host("outlook.com.evil")
    ('microsoft', 'other')
    """
    name = (host or "").strip().lower().removesuffix(".")
    known = (key for key, p in PRESETS.items() if name == p.host or _ends(name, p))
    return next(known, OTHER)


def _ends(name: str, preset: Preset) -> bool:
    return any(name.endswith(ending) for ending in preset.hosts)


def preset_of_address(
    address: str | None, company_domains: Mapping[str, str] | None = None
) -> str | None:
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


def company_domains(text: str | None) -> dict[str, str]:
    """The providers of the company's own domains, as the administrator sets them.

    >>> company_domains("Example.com = gmail, other.example=zoho, x, y=nonsense")
    {'example.com': 'gmail', 'other.example': 'zoho'}
    """
    pairs = (item.partition("=") for item in (text or "").lower().split(","))
    return {
        domain.strip(): key.strip()
        for domain, _sign, key in pairs
        if key.strip() in PRESETS
    }


def tidy_password(password: str, host: str | None) -> str:
    """What the provider means by what was pasted. Blanks may belong to a password, so
    they stay; what no keyboard writes does not.

    >>> tidy_password("abcd efgh ijkl mnop", "smtp.gmail.com")
    'abcdefghijklmnop'
    >>> tidy_password("correct horse battery", "smtp.gmail.com")
    'correct horse battery'
    >>> tidy_password("abcd efgh ijkl mnop", "mail.example.com")
    'abcd efgh ijkl mnop'
    >>> tidy_password("\\ufeffsecret \\u200b\\r\\n", "mail.example.com")
    'secret '
    """
    password = password.strip(INVISIBLE)
    if provider_of_host(host) == "gmail" and APP_PASSWORD.fullmatch(password):
        return "".join(password.split())
    return password


def password_doubt(password: str) -> str:
    """Why a refused password may be another one than what was meant, or nothing.

    >>> [password_doubt(p) for p in (" secret", "secret\\xa0", "se cret", "secret")]
    ['blanks', 'blanks', '', '']
    >>> [password_doubt(p) for p in ("pa\\u0308ss", "\\uff11\\uff12", "รหัส")]
    ['letters', 'letters', '']
    """
    if password != password.strip():
        return BLANKS
    if password != unicodedata.normalize("NFKC", password):
        return LETTERS
    return ""
