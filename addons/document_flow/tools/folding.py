"""How text is compared when somebody searches: what reads the same is the same.

One definition for Python and for PostgreSQL. Odoo calls a function ``unaccent(text)``
on both sides of every ``ilike`` where the database has one: :func:`function` makes it.

>>> [fold(name) for name in ("Café Zürich", "Phở Hà Nội", "ĐÀ NẴNG", "Ｈｉｌｔｏｎ")]
['cafe zurich', 'pho ha noi', 'da nang', 'hilton']
>>> fold("Al\u2011Bustan") == fold("al \u00a0 bustan") == "al bustan"
True
>>> fold("McDonald’s\u200b"), fold("İstanbul Weiß")
('mcdonalds', 'istanbul weiss')

Thai: both spellings of sara am are one, and vowels and tones are letters as others.

>>> fold("น้\u0e33ตก") == fold("น้\u0e4d\u0e32ตก") == fold("น\u0e4d้\u0e32ตก")
True
>>> fold("น้ำ") == fold("นำ")
False
"""

import re
from hashlib import sha256
from unicodedata import category, normalize

# Characters of a regular expression's class, in Python's notation and PostgreSQL's.
# soft hyphen, joiners, marks of direction and variation: nobody sees or types them
UNSEEN = (
    "\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e"
    "\\u2060-\\u2064\\u2066-\\u2069\\ufe00-\\ufe0f\\ufeff"
)
APOSTROPHES = "'`\\u2018\\u2019\\u201b\\u2032\\u2035\\u02b9\\u02bb-\\u02bf"
ACUTE = "´"  # typed for an apostrophe; decomposed it were a blank and a mark
# decomposed, these were the wildcards of LIKE
WILD = "\\uff05\\ufe6a\\uff3f\\ufe4d-\\ufe4f\\ufe33\\ufe34\\uff3c\\ufe68"
# a blank, as soon as they are decomposed: with hyphens of every kind, and minus
BLANKS = (
    " \\t-\\r\\x1c-\\x1f\\x85\\u1680\\u2028\\u2029"
    "\\u2010-\\u2015\\u2043\\u2212\\u05be\\u1806\\u2e3a\\u2e3b-"
)
# letters that Unicode does not take apart
LETTERS = dict(zip("ĐđÐðĦħıŁłØøŦŧŊŋĸςɓɗƙƀ", "ddddhhilloottnnkσbdkb", strict=True))
LIGATURES = {
    **{"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe"},
    **{"þ": "th", "Þ": "th"},
}
# Accents are dropped from Latin and Greek letters, and from the Cyrillic е: elsewhere
# they make other letters, as й.
ACCENTED = "([a-z\\u0370-\\u03ff\\u0435])[\\u0300-\\u036f]+"
# sara am typed as two characters with the tone between them; two sara e, for sara ae
SARA_AM, SARA_AM_PUT = "\\u0e4d([\\u0e48-\\u0e4b]+)\\u0e32", "\\1\u0e4d\u0e32"
SARA_E, SARA_AE = "\u0e40\u0e40", "\u0e41"

_LETTERS = str.maketrans({**LETTERS, **LIGATURES})


def fold(text: str) -> str:
    """The text as it is compared.

    :param str text: as typed or stored
    :returns: lower case, without accents; hyphens are blanks, blanks are single
    """
    text = re.sub(f"[{WILD}]", " ", text.replace(ACUTE, "'"))
    text = re.sub(f"[{UNSEEN}{APOSTROPHES}]+", "", normalize("NFKD", text))
    text = re.sub(ACCENTED, r"\1", text.lower().translate(_LETTERS))
    text = re.sub(SARA_AM, SARA_AM_PUT, text).replace(SARA_E, SARA_AE)
    return re.sub(f"[{BLANKS}]+", " ", normalize("NFC", text))


def squeezed(text: str) -> str:
    """The folded letters and figures alone.

    >>> squeezed("Đà Nẵng (City)")
    'danangcity'
    >>> squeezed("0-1055-36000-31-5")
    '0105536000315'
    """
    # marks, too: vowels and tones of Thai are such
    return "".join(char for char in fold(text) if category(char)[0] in "LMN")


def _literal(text: str) -> str:
    """As PostgreSQL reads it.

    >>> _literal("a'b")
    "'a''b'"
    """
    return "'" + text.replace("'", "''") + "'"


def _body() -> str:
    """The steps of :func:`fold`, in PL/pgSQL; ASCII alone needs few of them.

    Regular expressions, since ``translate()`` looks for each character in the whole of
    its list.
    """
    unseen = _literal(f"[{UNSEEN}{APOSTROPHES}]+")
    letters = f"translate(folded, '{''.join(LETTERS)}', '{''.join(LETTERS.values())}')"
    for old, new in LIGATURES.items():
        letters = f"replace({letters}, '{old}', '{new}')"
    return f"""
DECLARE folded text;
BEGIN
    IF octet_length($1) = char_length($1) THEN
        IF $1 !~ '[''`[:cntrl:]-]|  ' THEN
            RETURN lower($1);
        END IF;
        folded := regexp_replace(lower($1), '[''`]+', '', 'g');
    ELSE
        folded := regexp_replace(replace($1, '{ACUTE}', ''''), '[{WILD}]', ' ', 'g');
        folded := regexp_replace(normalize(folded, NFKD), {unseen}, '', 'g');
        folded := lower(folded);
        IF folded ~ '[{"".join(LETTERS | LIGATURES)}]' THEN
            folded := {letters};
        END IF;
        folded := regexp_replace(folded, '{ACCENTED}', '\\1', 'g');
        folded := regexp_replace(folded, '{SARA_AM}', '{SARA_AM_PUT}', 'g');
        folded := normalize(replace(folded, '{SARA_E}', '{SARA_AE}'), NFC);
    END IF;
    RETURN regexp_replace(folded, '[{BLANKS}]+', ' ', 'g');
END
"""


def function() -> str:
    """The statement that makes PostgreSQL's ``unaccent``. It needs no extension, and
    names nothing outside of ``pg_catalog``, so that a restored dump can build indexes.
    """
    return (
        "CREATE OR REPLACE FUNCTION unaccent(text) RETURNS text LANGUAGE plpgsql"
        f" IMMUTABLE STRICT PARALLEL SAFE AS $fold${_body()}$fold$"
    )


def version() -> str:
    """Which definition a database has: kept as the function's comment."""
    return f"fold {sha256(function().encode()).hexdigest()[:16]}"
