"""What somebody outside types into a page, as it can be kept and shown.

>>> line("  Somchai \\u202e\\nP. ")
'Somchai P.'
>>> text(" First\\r\\n\\r\\n\\r\\n\\r\\nSecond\\x00 ")
'First\\n\\nSecond'
>>> line(None), text(7)
('', '')
>>> line("\u200b"), line("\u3164"), is_name("\u2800"), is_name("สมชาย"), is_name("?")
('', '', False, True, False)
>>> len(text("x" * 100_000))
20000
"""

import re
import unicodedata

GAPS = re.compile(r"\n{3,}")
# control letters, and those that turn the order of letters around
HIDDEN = {"Cc", "Cf", "Co", "Cs"}
LARGEST = 20_000  # letters that are looked at; no form of ours takes more
# Letters by their category, that show nothing.
FILLERS = "\u034f\u115f\u1160\u2800\u3164\uffa0"
JOINERS = "\u200b\u200c\u200d"  # of Thai line ends, Persian and emoji: part of words


def text(value: object) -> str:
    """Several lines, with no letters that nobody sees.

    :param value: as a form gives it
    """
    if not isinstance(value, str):
        return ""
    lines = value[:LARGEST].replace("\r\n", "\n").replace("\r", "\n")
    seen = (c for c in lines if c in f"\n{JOINERS}" or not _is_hidden(c))
    kept = GAPS.sub("\n\n", "".join(seen)).strip()
    return kept if kept.strip(f"{JOINERS} \n") else ""


def line(value: object) -> str:
    """One line: blanks and line ends become one blank each.

    :param value: as a form gives it
    """
    return " ".join(text(value).split())


def is_name(value: str) -> bool:
    """Whether somebody can be called that: it has a letter that is seen.

    :param value: cleaned
    """
    return any(c.isalpha() for c in value)


def _is_hidden(letter: str) -> bool:
    return letter in FILLERS or unicodedata.category(letter) in HIDDEN
