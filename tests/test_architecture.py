"""Dependencies run one way: bmasia_* → bmasia_crm → document_* → the other generic
addons → Odoo; and models know no HTTP."""

import ast
import re
import subprocess
from importlib.metadata import distribution, packages_distributions

import psycopg2
import pytest

from tools.released import addon_folders
from tools.settings import ROOT

ADDONS = addon_folders()
# What the lowest addons may stand on besides Odoo's; any other on nothing of ours
GENERIC = {
    "mail_user_smtp": {"encrypted_field"},
    "mail_user_smtp_gmail": {"encrypted_field", "mail_user_smtp"},
    "mail_user_smtp_outlook": {"encrypted_field", "mail_user_smtp"},
}
HTTP = re.compile(r"odoo\.http\b|werkzeug\b|(\.|\b)controllers\b")
OURS = re.compile(r"bmasia[._]\w")
CODE = {".py", ".xml", ".js", ".css", ".csv", ".sql"}
# A column that is compared with what may change from row to row is found by no index.
VOLATILE = re.compile(
    r"(?:[<>]=?|\bBETWEEN)\s*\(?\s*clock_timestamp|^NOW = .*clock_timestamp", re.M
)


def layer(name):
    """The higher, the further down."""
    if name == "bmasia_crm":
        return 1
    for number, prefix in ((0, "bmasia_"), (2, "document_")):
        if name.startswith(prefix):
            return number
    return 3


def allowed(name):
    """The addons of ours that one may stand on."""
    if layer(name) == 3:
        return GENERIC.get(name, set())
    # within a layer, too: Odoo itself refuses a circle
    return {other for other in ADDONS if layer(other) >= layer(name)} - {name}


def code_files(name, *folders):
    """The files of an addon that are no tests, of all folders or of some."""
    for path in sorted(ADDONS[name].rglob("*")):
        parts = path.relative_to(ADDONS[name]).parts
        left_out = "tests" in parts or "migrations" in parts
        if path.suffix in CODE and not left_out:
            if not folders or parts[0] in folders:
                yield path


def short(path):
    return str(path.relative_to(ROOT))


def imported_modules(path):
    """Every module that a Python file imports anywhere, with what it takes of it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            yield from (f"{source}.{alias.name}" for alias in node.names)


def manifest(name):
    return ast.literal_eval((ADDONS[name] / "__manifest__.py").read_text())


def tracked_files():
    listing = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    return [ROOT / name for name in listing.split("\0") if name]


@pytest.mark.parametrize("name", sorted(ADDONS))
def test_manifest_depends_only_downwards(name):
    assert set(manifest(name)["depends"]) & set(ADDONS) <= allowed(name)


@pytest.mark.parametrize("name", sorted(ADDONS))
def test_code_imports_only_downwards_and_what_the_manifest_names(name):
    # tests may use another addon's test kit
    files = [path for path in code_files(name) if path.suffix == ".py"]
    imported = set()
    for path in files:
        imported.update(re.findall(r"odoo\.addons\.(\w+)", path.read_text()))
    imported &= set(ADDONS) - {name}
    assert imported <= allowed(name)
    assert imported <= depended_on(name)


def depended_on(name):
    """The addons of ours that are there wherever this one is."""
    direct = set(manifest(name)["depends"]) & set(ADDONS)
    return direct.union(*map(depended_on, direct))


def test_generic_addons_name_nothing_of_the_addons_above_them():
    found = {
        short(path)
        for name in ADDONS
        if not name.startswith("bmasia_")
        for path in code_files(name)
        if path.name != "__manifest__.py" and OURS.search(path.read_text())
    }
    assert not found


def test_models_know_no_http():
    found = {
        short(path)
        for name in ADDONS
        for path in code_files(name, "models", "wizard", "tools", "report")
        # ir.http is HTTP itself
        if path.suffix == ".py" and path.name != "ir_http.py"
        if any(HTTP.match(module) for module in imported_modules(path))
    }
    assert not found


def test_models_and_wizards_know_neither_http_nor_controllers():
    """Of documents, that is; and except ``ir.http``, a model that is HTTP itself."""
    known = re.compile(
        r"^\s*(?:from|import) (?:odoo\.http|http|werkzeug|\.+controllers"
        r"|odoo\.addons\.\w+\.controllers|odoo import (?:\w+, )*http)\b",
        re.M,
    )
    folders = [
        ADDONS[name] / part
        for name in ADDONS
        for part in ("models", "wizard", "tools", "report")
        if name.startswith(("bmasia_", "document_"))
    ]
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    assert len(paths) > 50
    found = {
        str(path.relative_to(ROOT)): known.findall(path.read_text())
        for path in paths
        if path.name != "ir_http.py"
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize("name", sorted(ADDONS))
def test_manifest_says_who_and_under_which_licence(name):
    values = manifest(name)
    assert values["license"] == "LGPL-3"
    assert values["author"] == "BMAsia CRM contributors"
    assert values["version"].startswith("19.0.")


@pytest.mark.parametrize("name", sorted(ADDONS))
def test_odoo_s_own_runner_finds_all_tests(name):
    folder = ADDONS[name] / "tests"
    files = {path.stem for path in folder.glob("test_*.py")}
    tree = ast.parse((folder / "__init__.py").read_text()) if files else ast.Module([])
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    assert files - {alias.name for node in imports for alias in node.names} == set()


def test_external_dependencies_are_named_where_they_are_used():
    named = {
        name: set(manifest(name).get("external_dependencies", {}).get("python", ()))
        for name in ADDONS
    }
    assert "cryptography" in named["encrypted_field"]
    assert "weasyprint" in named["report_weasyprint"]
    assert "pydantic" in named["bmasia_rest"]
    wanted = {"cryptography", "psycopg2-binary", "reportlab", "weasyprint"}
    assert wanted <= named["bmasia_crm"]
    project = (ROOT / "pyproject.toml").read_text()
    assert all(f'"{package}"' in project for package in {*wanted, "pydantic"})


def test_the_loaded_postgresql_driver_is_psycopg2_binary():
    assert packages_distributions()["psycopg2"] == ["psycopg2-binary"]
    files = distribution("psycopg2-binary").files
    assert psycopg2.__file__ in {str(file.locate()) for file in files}


def test_the_misspelt_address_of_the_old_system_is_nowhere():
    misspelt = "niki" + ".h@"
    hits = [p for p in tracked_files() if misspelt in p.read_text(errors="ignore")]
    assert hits == []


def test_no_generated_file_is_tracked():
    generated = re.compile(r"__pycache__|\.pyc$|node_modules/|\.local/|\.log$")
    assert [p for p in tracked_files() if generated.search(str(p))] == []


@pytest.mark.parametrize(
    ("statement", "is_found"),
    [
        ("WHERE due <= clock_timestamp() AT TIME ZONE 'UTC'", True),
        ("handed_at BETWEEN (clock_timestamp() - interval '1 hour')", True),
        ("handed_at\n    > clock_timestamp()", True),
        ("NOW = \"clock_timestamp() AT TIME ZONE 'UTC'\"", True),
        ("SET handed_at = clock_timestamp() AT TIME ZONE 'UTC'", False),
        ("EXTRACT(EPOCH FROM clock_timestamp() - min(queued_at))", False),
        ("WHERE due <= statement_timestamp() AT TIME ZONE 'UTC'", False),
    ],
)
def test_a_comparison_that_no_index_answers_is_found(statement, is_found):
    assert bool(VOLATILE.search(statement)) is is_found


@pytest.mark.parametrize("name", sorted(ADDONS))
def test_statements_compare_with_a_moment_that_an_index_finds(name):
    files = [path for path in code_files(name) if path.suffix in {".py", ".sql"}]
    assert [short(p) for p in files if VOLATILE.search(p.read_text())] == []
