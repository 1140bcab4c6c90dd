"""Dependencies run one way: bmasia_* → bmasia_crm → the generic addons → Odoo."""

import ast
import re
import subprocess
from importlib.metadata import distribution, packages_distributions

import psycopg2
import pytest

from tools.settings import GENERIC_ADDONS, ROOT

ADDONS = {
    path.parent.name: path.parent
    for path in [
        *ROOT.glob("addons/*/__manifest__.py"),
        ROOT / "bmasia_crm/__manifest__.py",
    ]
}
# What each addon may stand on; Odoo's own addons are free
ALLOWED = {
    "encrypted_field": set(),
    "mail_delivery": set(),
    "mail_user_smtp": {"encrypted_field"},
    "mail_user_smtp_gmail": {"encrypted_field", "mail_user_smtp"},
    "mail_user_smtp_outlook": {"encrypted_field", "mail_user_smtp"},
    "report_weasyprint": set(),
    "bmasia_crm": set(GENERIC_ADDONS),
}


def manifest(name):
    return ast.literal_eval((ADDONS[name] / "__manifest__.py").read_text())


def tracked_files():
    listing = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    return [ROOT / name for name in listing.split("\0") if name]


@pytest.mark.parametrize("name", sorted(ADDONS))
def test_manifest_depends_only_downwards(name):
    allowed = ALLOWED.get(name, {"bmasia_crm", *GENERIC_ADDONS})
    assert set(manifest(name)["depends"]) & set(ADDONS) <= allowed


@pytest.mark.parametrize("name", sorted(ADDONS))
def test_code_imports_only_what_the_manifest_names(name):
    # tests may use another addon's test kit
    files = [p for p in ADDONS[name].rglob("*.py") if "tests" not in p.parts]
    imported = set()
    for path in files:
        imported.update(re.findall(r"odoo\.addons\.(\w+)", path.read_text()))
    assert imported & set(ADDONS) <= set(manifest(name)["depends"]) | {name}


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
