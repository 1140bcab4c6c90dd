"""What two open quotes offer beside their totals."""

from collections.abc import Iterator
from typing import Any

# company and state of the quote: product, quantity, what the line says
OPTIONS = {
    ("Fit Arena Thailand", "draft"): (("INST", 1, ""),),
    ("Harbour Savings Bank", "sent"): (
        ("PC", 2, "Windows Mini PC, kept as a spare"),
        ("SYB", 1, "Soundtrack Your Brand for the staff restaurant"),
    ),
}


def make_options(maker: Any, company: Any, state: str) -> Iterator[dict[str, Any]]:
    """Values of the optional lines of a quote.

    :param maker: of the documents
    :param company: ``bmasia.company``
    :param str state: of the quote; empty for another kind of document
    """
    for code, quantity, said in OPTIONS.get((company.name, state), ()):
        values = {"name": said} if said else {}
        yield maker.line(code, quantity, is_optional=True, **values)
