"""Past access rights only with a reason: every ``sudo()`` of the addons is judged."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
JUDGED = Path(__file__).with_name("sudo.toml")
ADDONS = ("bmasia_crm", "addons")
APART = {"tests", "testkit", "migrations"}  # no request reaches these


def test_every_sudo_is_judged():
    new = _found() - _judged()
    assert not new, (
        f"{sorted(new)}: what could a user of another billing entity, or of fewer "
        "rights, read or do through this? If nothing, say why in tests/sudo.toml; else "
        "check access first, or do without."
    )


def test_no_reason_outlives_its_sudo():
    gone = _judged() - _found()
    assert not gone, f"{sorted(gone)}: take it out of tests/sudo.toml."


def test_each_reason_is_a_sentence():
    for methods in tomllib.loads(JUDGED.read_text()).values():
        for method, reason in methods.items():
            assert len(reason.split()) > 1 and reason.endswith("."), method


def test_all_ways_to_superuser_are_recognised():
    source = (
        "class A:\n"
        "    def one(self): return self.sudo()\n"
        "    def two(self): return self.sudo(self.env.su)\n"
        "    def three(self): return self.env(su=True)\n"
        "    def four(self): return Environment(cr, SUPERUSER_ID, {})\n"
        "    def five(self): return self.with_user(1)\n"
        "    def six(self): return self.env(user=1)\n"
        "    def less(self): return self.sudo(False)\n"
        "async def seven(x): return x.sudo()\n"
    )
    found = {name for name, _node in _gains(ast.parse(source))}
    ways = "A.one A.two A.three A.four A.five A.six seven"
    assert found == set(ways.split())


def _judged():
    content = tomllib.loads(JUDGED.read_text())
    return {(path, method) for path, methods in content.items() for method in methods}


def _found():
    paths = (path for addon in ADDONS for path in (ROOT / addon).rglob("*.py"))
    return {
        (str(path.relative_to(ROOT)), name)
        for path in paths
        if not APART & set(path.relative_to(ROOT).parts)
        for name, _node in _gains(ast.parse(path.read_text()))
    }


def _gains(node, scope=()):
    """Where code gets past access rights, by the name of the function around it."""
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        inner = (*scope, child.name) if named else scope
        if _is_gain(child):
            yield ".".join(inner), child
        yield from _gains(child, inner)


def _is_gain(node):
    if isinstance(node, ast.Name | ast.Attribute):
        return getattr(node, "id", getattr(node, "attr", "")) == "SUPERUSER_ID"
    if not isinstance(node, ast.Call):
        return False
    first = (
        node.args[0].value
        if node.args and isinstance(node.args[0], ast.Constant)
        else 0
    )
    name = getattr(node.func, "attr", "")
    if name == "sudo":
        return first is not False
    if name == "with_user" and first == 1:
        return True
    options = {
        option.arg: getattr(option.value, "value", None) for option in node.keywords
    }
    return bool(options.get("su")) or (name == "env" and options.get("user") == 1)
