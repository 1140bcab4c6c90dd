"""Texts with ``{{variables}}`` from a closed list.

>>> fill("Dear {{contact_name}}", {"contact_name": "Khun Somchai"})
'Dear Khun Somchai'
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

# Each part is looked at once, however long it is: a clause may hold a picture.
VARIABLE = re.compile(r"\{\{\s*+([^{}\s]*(?:\s+[^{}\s]+)*)\s*\}\}")
LEFT_OVER = re.compile(
    r"\{\{(?:[^{}]*\}\}?)?|\$\{(?:[^{}]*\})?|\{%(?:.*?%\})?|<t\s[^>]*\bt-\w+=", re.S
)
# Of a clause: a variable, or braces that are none. "US${{price}}" is a variable.
BRACES = re.compile(
    VARIABLE.pattern
    + r"|(?P<half>(?:\$(?=\{[^{]))?\{+[^{}<>]*\}*|(?<![^{}<>\s])[^{}<>\s]*\}+)"
)
EMPTY = re.compile(r"⟦(\w+)⟧")


class UnresolvedVariable(ValueError):
    """A text asks for what is unknown or empty. Carries the names."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(set(names))
        super().__init__(", ".join(self.names))


def missing(text: str | None, values: Mapping[str, Any]) -> list[str]:
    """Names of the variables of a text that have no value.

    >>> missing("{{a}} {{ b }} {{c}}", {"a": 1, "b": ""})
    ['b', 'c']
    """
    names = VARIABLE.findall(text or "")
    return sorted({name for name in names if values.get(name) in (None, False, "")})


def half_written(text: str | None) -> list[str]:
    """Braces of a clause that are no variable: one of them is missing, or they come
    from another system.

    >>> half_written("US${{a}} {{b} {c}} d}} ${e} {% f %} {{g")
    ['{{b}', '{c}}', 'd}}', '${e}', '{% f %}', '{{g']
    """
    return [found["half"] for found in BRACES.finditer(text or "") if found["half"]]


def fill_or_mark(html: str | None, values: Mapping[str, Any], mark: Markup) -> Markup:
    """A clause as its author sees it while writing: with the values there are, and a
    mark around everything that stops a print.

    :param str html: escaped, as ``values`` are, too
    :param mark: a :class:`Markup` with one ``%s``

    >>> fill_or_mark("{{a}} {{b &amp; c}} {d}", {"a": "A"}, Markup("<i>%s</i>"))
    Markup('A <i>{{b &amp; c}}</i> <i>{d}</i>')
    """

    def replace(found: re.Match[str]) -> str:
        value = values.get(found[1]) if found["half"] is None else None
        if value not in (None, False, ""):
            return str(escape(value))
        return str(mark % Markup(found[0]))

    return Markup(BRACES.sub(replace, str(html or "")))


def fill(text: str | None, values: Mapping[str, Any]) -> str:
    """Put the values in place of the variables.

    :raises UnresolvedVariable: one is unknown or empty

    >>> fill("{{nobody}}", {})
    Traceback (most recent call last):
    odoo.addons.document_flow.tools.variables.UnresolvedVariable: nobody
    """
    if names := missing(text, values):
        raise UnresolvedVariable(names)
    return VARIABLE.sub(lambda found: str(values[found[1]]), text or "")


def fill_html(text: str | None, values: Mapping[str, Any]) -> Markup:
    """The same in HTML: values are text, never markup.

    >>> fill_html("<p>{{name}}</p>", {"name": "R&D <b>Ltd</b>"})
    Markup('<p>R&amp;D &lt;b&gt;Ltd&lt;/b&gt;</p>')
    """
    escaped = {
        name: str(escape(value)).replace("\n", "<br/>")
        for name, value in values.items()
        if value not in (None, False, "")
    }
    return Markup(fill(str(text or ""), escaped))


def left_over(text: str | None) -> list[str]:
    """What a template engine should have replaced and did not.

    >>> left_over("Dear {{ object.name }}, {{ a }, 50 % of {x}")
    ['{{ object.name }}', '{{ a }']
    >>> left_over("all is well")
    []
    """
    return LEFT_OVER.findall(text or "")


class Empty(str):
    """Stands in a mail for a variable that has no value here, so that people see it.

    >>> empties(f"Dear {Empty('contact_name')},")
    ['contact_name']
    """

    def __new__(cls, name: str) -> "Empty":
        return super().__new__(cls, f"⟦{name}⟧")


class Unset(Empty):
    """The same, false: a template's ``t-if`` can ask for it."""

    def __bool__(self) -> bool:
        return False


def empties(text: str | None) -> list[str]:
    """Names of the variables that had no value when a text was filled.

    >>> empties("all is well")
    []
    """
    return sorted(set(EMPTY.findall(text or "")))


def fill_known(text: str | None, values: Mapping[str, Any]) -> Markup:
    """Put values into a rendered mail; what is not known stays, to be complained about.

    >>> fill_known("<p>{{a}} {{ x }}</p>", {"a": "R&D"})
    Markup('<p>R&amp;D {{ x }}</p>')
    """
    return Markup(
        VARIABLE.sub(
            lambda found: (
                str(escape(values[found[1]])) if found[1] in values else found[0]
            ),
            str(text or ""),
        )
    )
