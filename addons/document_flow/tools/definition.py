"""Faults in how a model is written are told to its programmer when Odoo starts, not to
the first user who comes upon them.
"""

from collections.abc import Iterable
from typing import Any


def refuse(model: Any, faults: Iterable[str]) -> None:
    """Stop the start of Odoo, naming what is wrong.

    :param model: of Odoo; a mixin may leave things to whoever inherits it
    :param faults: in sentences without a full stop; nothing happens without one
    :raises TypeError: there is one

    >>> from types import SimpleNamespace as Model
    >>> refuse(Model(_name="site.survey", _abstract=False), ["_plural is empty"])
    Traceback (most recent call last):
    ...
    TypeError: site.survey: _plural is empty. See docs/add-a-document.md.
    >>> refuse(Model(_name="site.mixin", _abstract=True), ["_plural is empty"])
    """
    if not model._abstract and (found := list(faults)):
        sentences = ". ".join(found)
        raise TypeError(f"{model._name}: {sentences}. See docs/add-a-document.md.")
