"""Texts with ``{{variables}}`` from a closed list.

>>> fill("Dear {{contact_name}}", {"contact_name": "Khun Somchai"})
'Dear Khun Somchai'
"""

import re

from markupsafe import Markup, escape

VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
LEFT_OVER = re.compile(r"\{\{.*?\}\}|\$\{.*?\}|\{%.*?%\}|<t\s[^>]*\bt-\w+=", re.S)


class UnresolvedVariable(ValueError):
    """A text asks for what is unknown or empty. Carries the names."""

    def __init__(self, names):
        self.names = sorted(set(names))
        super().__init__(", ".join(self.names))


def missing(text, values):
    """Names of the variables of a text that have no value.

    >>> missing("{{a}} {{ b }} {{c}}", {"a": 1, "b": ""})
    ['b', 'c']
    """
    names = VARIABLE.findall(text or "")
    return sorted({name for name in names if values.get(name) in (None, False, "")})


def fill(text, values):
    """Put the values in place of the variables.

    :raises UnresolvedVariable: one is unknown or empty

    >>> fill("{{nobody}}", {})
    Traceback (most recent call last):
    odoo.addons.bmasia_crm.tools.variables.UnresolvedVariable: nobody
    """
    if names := missing(text, values):
        raise UnresolvedVariable(names)
    return VARIABLE.sub(lambda found: str(values[found[1]]), text or "")


def fill_html(text, values):
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


def left_over(text):
    """What a template engine should have replaced and did not.

    >>> left_over("Dear {{ object.name }}, 50 % of {x}")
    ['{{ object.name }}']
    >>> left_over("all is well")
    []
    """
    return LEFT_OVER.findall(text or "")
