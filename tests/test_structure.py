"""``./run structure`` counts right, and what it counts stays within limits."""

import doctest

import pytest

from tools import structure
from tools.released import addon_folders
from tools.settings import ROOT
from tools.structure import Code, Send, shared_lines, static_lines
from tools.structure_job import Trace

QUOTE = '''
class SampleQuote(Model):
    """A quote."""

    _name = "sample.quote"

    def action_send(self):
        return True
'''
LINES = """
class Line(Model):
    _inherit = ["sample.mixin", "sample.quote.line"]

    def unquoted(self):
        def inner():
            return 1
        return inner()
"""
VIEW = """
<odoo>
    <record id="{kind}_view" model="ir.ui.view">
        <field name="model">sample.{kind}</field>
        {fields}
    </record>
</odoo>
"""


@pytest.fixture
def code(tmp_path):
    """The code of one small addon."""

    def put(name, text):
        path = tmp_path / "sample" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    put("__manifest__.py", "{'version': '1'}")
    put("models/sample_quote.py", QUOTE)
    put("models/lines.py", LINES)
    put("tools/letter.py", '"""Of a mail."""\nKINDS = {"sample.quote": 1}\n')
    put("tests/test_quote.py", QUOTE)
    put("migrations/1/pre-quote.py", QUOTE)
    shared = "\n".join(f"<field name='f{n}'/>" for n in range(7))
    for kind in ("quote", "invoice"):
        put(f"views/{kind}.xml", VIEW.format(kind=kind, fields=shared))
    return Code(tmp_path)


def test_files_of_a_kind(code):
    about = [m.name for m in code.modules if m.is_about("quote")]
    assert about == ["sample/models/lines.py", "sample/models/sample_quote.py"]
    named = [m.name for m in code.modules if m.names("quote")]
    assert named == [*about, "sample/tools/letter.py"]
    assert not any(m.is_about("invoice") for m in code.modules)


def test_functions_are_measured_with_those_inside_them(code):
    assert [length for length, _place in code.functions] == [4, 2, 2]


def test_lines_of_views_are_shared_in_runs(code):
    ours, theirs = code.view_lines("quote"), code.view_lines("invoice")
    assert len(ours) == 10  # the record, its model, seven fields, its end
    assert shared_lines(ours, theirs) == 8
    assert shared_lines(ours, theirs[:8] + ["<x/>"] + theirs[8:]) == 6


def test_files_without_a_docstring(code):
    silent = [m.name for m in code.model_modules if not m.has_docstring]
    assert silent == ["sample/models/lines.py", "sample/models/sample_quote.py"]
    bare = [m.name for m in code.model_modules if not m.has_classes_with_docstrings]
    assert bare == ["sample/models/lines.py"]


def test_everything_is_printed(code):
    text = "\n".join(static_lines(code, ["quote", "invoice"], files=True))
    assert "* sample/tools/letter.py" in text and "quote, invoice" in text


def test_a_change_of_file_counts_once_and_directly_where_it_is():
    printed = """{"number": "INV-1", "status": "sent", "steps": [
        [["a.py", "f"], null, false],
        [["b.py", "g"], ["a.py", "f"], false],
        [["b.py", "g"], ["a.py", "f"], true],
        [["b.py", "h"], ["b.py", "g"], true],
        [["c.py", "i"], ["b.py", "h"], false]]}"""
    lines = list(Send.read(printed).lines(sequence=True))
    figures = [int(line.split()[-1]) for line in lines[1:9]]
    assert figures == [3, 2, 1, 1, 2, 2, 0, 0]
    assert lines[9:] == ["    a.py f -> b.py g", "    b.py h ~> c.py i"]


def test_calls_into_tools_and_of_overrides_are_told_apart():
    printed = """{"number": "INV-1", "status": "sent", "steps": [
        [["x/models/b.py", "B.write"], null, false],
        [["x/models/a.py", "A.write"], ["x/models/b.py", "B.write"], true],
        [["x/tools/t.py", "total"], ["x/models/a.py", "A.write"], true],
        [["x/tools/u.py", "add"], ["x/models/a.py", "A.write"], false]]}"""
    lines = list(Send.read(printed).lines(sequence=False))
    assert [int(line.split()[-1]) for line in lines[-2:]] == [1, 1]


def test_the_trace_notes_our_own_functions_only(tmp_path):
    path = tmp_path / "sample" / "engine.py"
    path.parent.mkdir()
    (path.parent / "__manifest__.py").write_text("{}")
    path.write_text("def outer():\n    return sorted([2, 1], key=lambda n: inner(n))\n")
    path.write_text(path.read_text() + "def inner(n):\n    return n\n")
    scope = {}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    with Trace(str(tmp_path)) as trace:
        shared_lines([], [])
        scope["outer"]()
    outer, inner = ("sample/engine.py", "outer"), ("sample/engine.py", "inner")
    assert trace.steps[0] == (outer, None, False)
    assert trace.steps.count((inner, outer, True)) == 2


def test_the_specification():
    result = doctest.testmod(structure)
    assert result.attempted and not result.failed


def test_no_function_is_longer_than_a_page():
    long = [place for length, place in Code(ROOT).functions if length > structure.LONG]
    assert long == []
    assert len(addon_folders()) > 5
