"""What a template of documents may say: names from a closed list, and little more.

Core evaluates a template's expressions as Python, with records, the environment and the
database within reach of a dot. Here the parsed expression is walked: names of the list,
literals, comparisons, ``and``, ``or``, ``not`` and ``a if b else c``; nothing else.

>>> refused_in_text("Quote {{ number }} for {{ name or 'you' }}", {"number", "name"})
[]
>>> refused_in_text("{{ number.env }} {{ nobody }}", {"number"})
['number.env', 'nobody']
>>> refused_in_html('<t t-if="name" t-out="name"/>', {"name"})
[]
>>> refused_in_html('<t t-foreach="name" t-as="x" t-out="x"/>', {"name"})
['t-foreach="name"', 't-as="x"', 'x']
"""

import ast
import re
from collections.abc import Collection

from lxml import etree, html

from odoo.tools.rendering_tools import parse_inline_template

MAX_LENGTH = 500  # characters of an expression; a longer one is a program

# Functions that may be called, by name and with values of the list only.
FUNCTIONS = frozenset({"is_html_empty"})
LITERALS = (str, int, float, type(None))  # a bool is an int

NODES = (
    *(ast.Expression, ast.Load, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.IfExp),
)

# Directives whose value is an expression, and those without one.
EVALUATED = frozenset({"t-if", "t-elif", "t-out", "t-esc"})
PLAIN = frozenset({"t-else"})
FORMATTED = re.compile(r"#\{(.+?)\}|\{\{(.+?)\}\}", re.S)
INLINE = re.compile(r"\{\{(.+?)\}\}", re.S)


def is_allowed(expression: str, names: Collection[str]) -> bool:
    """Whether an expression is made of what templates may use.

    :param str expression: Python, as the template's author wrote it
    :param names: the closed list
    :rtype: bool

    >>> is_allowed("not a and b == 'x'", {"a", "b"})
    True
    >>> [is_allowed(text, {"a"}) for text in ("a.b", "a[0]", "a()", "[a]", "f'{a}'")]
    [False, False, False, False, False]
    """
    expression = expression.strip()
    if not expression or len(expression) > MAX_LENGTH:
        return False
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    called: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            # its name is met later: the walk goes from the outside to the inside
            called.add(node.func)
        if not _is_allowed_node(node, names, called):
            return False
    return True


def _is_allowed_node(
    node: ast.AST, names: Collection[str], called: set[ast.AST]
) -> bool:
    if isinstance(node, ast.Name):
        return node.id in (FUNCTIONS if node in called else names)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and not node.keywords
    if isinstance(node, ast.Constant):
        return isinstance(node.value, LITERALS)
    return isinstance(node, NODES)


def refused_in_text(text: str | None, names: Collection[str]) -> list[str]:
    """The expressions of a subject, an address or a language that are not allowed.

    :param str text: with ``{{ expressions }}``, as core reads them
    :param names: the closed list
    :returns: list of what is refused, as written
    """
    found = parse_inline_template(str(text or ""))
    asked = [expression for _before, expression, _default in found if expression]
    return [each for each in asked if not is_allowed(each, names)]


def refused_in_html(source: str | None, names: Collection[str]) -> list[str]:
    """The directives and expressions of a body that are not allowed.

    Parsed as core parses it, so that both see the same attributes. In the text itself,
    ``{{ name }}`` stands for a value, and nothing is evaluated.

    :param str source: QWeb
    :param names: the closed list
    :returns: list of what is refused, as written
    """
    if not source:
        return []
    try:
        root = html.fragment_fromstring(str(source), create_parent="div")
    except (etree.ParserError, ValueError):
        return [str(source)[:80]]
    refused = []
    for element in root.iter():
        if isinstance(element.tag, str):
            for attribute, value in element.attrib.items():
                refused += _refused_in_attribute(attribute, value, names)
            refused += _refused_words(element.text, names)
        refused += _refused_words(element.tail, names)
    return refused


def _refused_in_attribute(
    attribute: str, value: str, names: Collection[str]
) -> list[str]:
    if attribute in EVALUATED or attribute.startswith("t-att-"):
        return [] if is_allowed(value, names) else [value]
    if attribute.startswith("t-attf-"):
        asked = [one or other for one, other in FORMATTED.findall(value)]
        return [each for each in asked if not is_allowed(each, names)]
    if attribute.startswith("t-") and attribute not in PLAIN:
        return [f'{attribute}="{value}"']
    return _refused_words(value, names)


def _refused_words(text: str | None, names: Collection[str]) -> list[str]:
    """``{{ words }}`` that stand for no value."""
    asked = (found.strip() for found in INLINE.findall(text or ""))
    return [each for each in asked if each not in names]
