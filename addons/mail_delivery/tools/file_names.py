"""File names that every disk takes. No ORM."""

import regex

LONGEST = 255  # bytes of a name on the usual file systems
GRAPHEMES = regex.compile(r"\X")
EXTENSION = regex.compile(r"\.\w{1,8}$")


def cut_file_name(name: str | None, longest: int = LONGEST) -> str:
    """The name, cut where a reader would cut: between signs, before the extension.

    A Thai letter keeps its vowel and tone, a family of emoji stays together.

    >>> cut_file_name("Q-1 Hotel.pdf")
    'Q-1 Hotel.pdf'
    >>> cut_file_name("น้ำน้ำ.pdf", 16), cut_file_name("AB👨‍👩‍👧.pdf", 20)
    ('น้ำ.pdf', 'AB.pdf')
    """
    name = name or ""
    if len(name.encode("utf-8", "replace")) <= longest:
        return name
    found = EXTENSION.search(name)
    extension = found[0] if found else ""
    room = longest - len(extension.encode())
    kept = ""
    for sign in GRAPHEMES.findall(name.removesuffix(extension)):
        room -= len(sign.encode("utf-8", "replace"))
        if room < 0:
            break
        kept += sign
    return f"{kept.rstrip('. ')}{extension}"
