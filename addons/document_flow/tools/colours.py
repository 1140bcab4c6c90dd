"""Colours of documents: an entity's accent, and its shade that can be read as text.

>>> contrast("#000000", "#ffffff")
21.0
>>> readable("#e8910c")
'#a16201'
>>> readable("#0b4a6f")
'#0b4a6f'
"""

import re

HEX = re.compile(r"#[0-9a-fA-F]{6}")
READABLE = 4.5  # WCAG 2.1, success criterion 1.4.3
DARKER = 0.97  # a step; small enough that the hue stays


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``, each from 0 to 255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue


def luminance(rgb: tuple[int, int, int]) -> float:
    """Relative luminance as WCAG 2.1 defines it.

    :param rgb: three values from 0 to 255
    """
    parts = [value / 255 for value in rgb]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """How well one colour can be told from another: 1 (not) to 21."""
    light, dark = sorted(
        (luminance(channels(one)), luminance(channels(other))), reverse=True
    )
    return round((light + 0.05) / (dark + 0.05), 2)


def readable(colour: str, document: str = "#faf7f2") -> str:
    """The colour itself, or the lightest darker one that is legible as text.

    :param str colour: ``#rrggbb``
    :param str document: what it stands on; default the darkest panel of our documents
    """
    while contrast(colour, document) < READABLE:
        colour = "#" + "".join(f"{int(c * DARKER):02x}" for c in channels(colour))
    return colour
