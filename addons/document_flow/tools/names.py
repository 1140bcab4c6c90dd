"""Whether a name is a name: mails that leave unread repeat it to a customer.

>>> is_plain("Khun Somchai"), is_plain("St. Regis"), is_plain("7-Eleven Co., Ltd.")
(True, True, True)
>>> is_plain("Tan. Our new bank account is 666-6-66666-6, kindly use it")
False
>>> is_plain("Pay at www.example.com"), is_plain("a@example.com"), is_plain("A\\nB")
(False, False, False)
"""

import re

MAX_LENGTH = 60  # characters
MAX_WORDS = 9
MAX_DIGITS = 5  # "Hotel 1234"; an account has more
SHOWN = 120  # characters of a name in any mail

ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "st", "co", "ltd", "inc", "no", "bros", "pvt", "pte"}
    | {"corp", "llc", "jr", "sr", "prof", "dept", "intl", "plc"}
)
SENTENCE = re.compile(r"(\w*)[.!?;:…]+\s+\S")
LINK = re.compile(r"://|\bwww\.|@|\b[\w-]{2,}\.[a-z]{2,}\b", re.I)
MARKUP = re.compile(r"[<>{}\[\]|\\=]")
# What a false name is made for. Whoever is called so is written to by a person.
MONEY = re.compile(
    r"\b(?:accounts?|bank(?:ing)?|iban|swift|pay(?:able|ment|ments)?|transfer|wire|remit|"
    r"kindly|please|urgent|click|overdue|invoice)\b|บัญชี|โอน|ชำระ|ธนาคาร|กรุณา",
    re.I,
)


def is_plain(name: str | None) -> bool:
    """Whether a name can stand in a mail that nobody reviews.

    One line of a few words, without a sentence, an address, a link, an account's worth
    of digits, or a word that asks for money.

    :param str name: as typed for a contact or a customer
    :rtype: bool

    >>> is_plain("Bank of Ayudhya"), is_plain("Co.Ltd"), is_plain("A. B. Hotels")
    (False, True, True)
    """
    name = name or ""
    if not name.isprintable() or name != " ".join(name.split()):
        return False
    if len(name) > MAX_LENGTH or len(name.split()) > MAX_WORDS:
        return False
    if sum(letter.isdigit() for letter in name) > MAX_DIGITS:
        return False
    if MONEY.search(name) or MARKUP.search(name) or _has_link(name):
        return False
    return all(_is_abbreviation(word) for word in SENTENCE.findall(name))


def _has_link(name: str) -> bool:
    return any(
        not {part.lower() for part in found[0].split(".")} <= ABBREVIATIONS
        for found in LINK.finditer(name)
    )


def _is_abbreviation(word: str) -> bool:
    return len(word) <= 1 or word.lower() in ABBREVIATIONS


def one_line(name: str | None) -> str:
    """A name as a mail shows it: one line, cut to a length that names have.

    >>> one_line("Khun\\n  Somchai")
    'Khun Somchai'
    """
    line = " ".join((name or "").split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1].rstrip()}…"
