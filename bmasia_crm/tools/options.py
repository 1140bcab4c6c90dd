"""Lines that a customer may choose, printed apart from those that count."""

from collections.abc import Sequence

SECTION, NOTE, LINE, OPTION = "section", "note", "line", "option"


def apart(kinds: Sequence[str]) -> tuple[list[int], list[int]]:
    """Which rows stand above the total, and which stand with the options.

    A note stays with the row above it. A section, with the notes right below it, stands
    wherever some of its lines stand; one without lines stands above the total.

    >>> apart([SECTION, LINE, OPTION, NOTE, SECTION, OPTION, SECTION, NOTE])
    ([0, 1, 6, 7], [0, 2, 3, 4, 5])
    >>> apart([NOTE, OPTION, LINE, NOTE])
    ([0, 2, 3], [0, 1])
    >>> apart([])
    ([], [])

    :param kinds: of the rows, in their order
    :returns: the numbers of the rows of both, from 0
    """
    counted: list[int] = []
    options: list[int] = []
    for block in _blocks(kinds):
        heading: list[int] = []
        parts: dict[str, list[int]] = {LINE: [], OPTION: []}
        into = heading
        for number in block:
            into = parts.get(kinds[number], into)
            into.append(number)
        if parts[LINE] or not parts[OPTION]:
            counted += heading + parts[LINE]
        if parts[OPTION]:
            options += heading + parts[OPTION]
    return counted, options


def _blocks(kinds: Sequence[str]) -> list[list[int]]:
    """The numbers of the rows, section by section."""
    blocks: list[list[int]] = [[]]
    for number, kind in enumerate(kinds):
        if kind == SECTION:
            blocks.append([])
        blocks[-1].append(number)
    return blocks
