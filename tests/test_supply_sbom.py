"""The list of what an installation consists of: whole, valid, and always the same."""

import doctest
import hashlib
import json
import os
import subprocess
import sys

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tools import released
from tools.errors import SetupError
from tools.settings import ROOT, Settings
from tools.supply import debian, sbom
from tools.supply.licences import licence
from tools.supply.locks import DEVELOPMENT, SHIPPED, read_lock

ODOO, FONT = "a" * 64, "b" * 64
MAKE = "import sys; from pathlib import Path; from tools.supply.sbom import make; "
MAKE += "sys.stdout.write(make(Path(sys.argv[1])))"


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A state folder with what ``./run`` notes of the packages that it unpacked."""
    folder = tmp_path_factory.mktemp("state")
    (folder / "odoo").mkdir()
    (folder / "odoo" / "SHA256SUMS").write_text(
        f"{FONT}  ./fonts-roboto-unhinted_2%3a0~20170802-3_all.deb\n"
        f"{ODOO}  ./odoo-19_19.0.0+dfsg-1_all.deb\n"
    )
    return folder


@pytest.fixture(scope="module")
def text(state):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ODOO_DIR", raising=False)
        return sbom.make(state)


@pytest.fixture(scope="module")
def parts(text):
    """``{reference: component}``."""
    return {part["bom-ref"]: part for part in json.loads(text)["components"]}


def test_it_is_valid_by_the_schema(text):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_what_is_not_valid_is_found(text):
    broken = text.replace('"type": "framework"', '"type": "something"', 1)
    assert broken != text
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(broken)


def test_the_same_installation_gives_the_same_bytes(state, text):
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Bangkok"}
    environment.pop("ODOO_DIR", None)
    again = subprocess.check_output(
        [sys.executable, "-c", MAKE, state], cwd=ROOT, env=environment, text=True
    )
    assert again == text
    assert "timestamp" not in text and str(state) not in text and str(ROOT) not in text


def test_another_installation_has_another_serial_number(state, text, tmp_path):
    (tmp_path / "odoo").mkdir()
    sums = (state / "odoo" / "SHA256SUMS").read_text().replace(ODOO, "c" * 64)
    (tmp_path / "odoo" / "SHA256SUMS").write_text(sums)
    other = json.loads(sbom.make(tmp_path))
    assert other["serialNumber"] != json.loads(text)["serialNumber"]


def test_each_addon_has_version_and_digest(parts):
    for name, addon in released.describe(ROOT).items():
        part = parts[f"addon:{name}"]
        assert part["version"] == addon["version"]
        assert part["properties"] == [{"name": sbom.DIGEST, "value": addon["digest"]}]
        assert part["licenses"] == [{"license": {"id": "LGPL-3.0-only"}}]


def test_each_file_for_the_browser_is_there_with_its_digest(parts):
    listed = {
        f"{ref}:{file['name']}": file["hashes"][0]["content"]
        for ref, part in parts.items()
        if ref.startswith("addon:")
        for file in part.get("components", [])
    }
    wanted = {
        f"addon:{name}:{path.relative_to(folder)}": hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for name, folder in released.addon_folders().items()
        for path in (folder / "static").rglob("*")
        if path.is_file()
    }
    assert len(wanted) > 50
    assert listed == wanted


def test_each_locked_package_is_there_with_hashes_and_licence(parts):
    shipped = [package for package in read_lock(SHIPPED) if package.is_for_here]
    for package in shipped:
        part = parts[f"python:{package.name}"]
        assert part["purl"] == f"pkg:pypi/{package.name}@{package.version}"
        (files,) = part["externalReferences"]
        digests = {each["content"] for each in files["hashes"]}
        assert digests == set(package.hashes)
        (said,) = part["licenses"]
        found = said.get("expression") or said["license"]["id"]
        assert found == licence(package.name)
    names = {ref for ref in parts if ref.startswith("python:")}
    assert names == {f"python:{package.name}" for package in shipped}


def test_what_only_tests_need_is_not_there(parts):
    shipped = {package.name for package in read_lock(SHIPPED)}
    others = {package.name for package in read_lock(DEVELOPMENT)} - shipped
    assert "pytest-odoo" in others
    assert not {f"python:{name}" for name in others} & parts.keys()


def test_odoo_is_there_with_version_and_sha_256(parts):
    assert parts["odoo"]["version"] == "19.0.0+dfsg-1"
    assert parts["odoo"]["hashes"] == [{"alg": "SHA-256", "content": ODOO}]
    font = parts["unpacked:fonts-roboto-unhinted"]
    assert font["version"] == "2:0~20170802-3"
    assert font["hashes"] == [{"alg": "SHA-256", "content": FONT}]


def test_a_checkout_of_odoo_has_version_and_digest(state, tmp_path, monkeypatch):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version = '19.0-test'\n")
    monkeypatch.setenv("ODOO_DIR", str(tmp_path))
    found = []
    for content in ("a", "b"):
        (tmp_path / "odoo" / "http.py").write_text(content)
        contents = sbom.Contents()
        sbom.add_odoo(contents, state)
        (part,) = contents.parts.values()
        assert part.version == "19.0-test"
        found.append({each.value for each in part.properties}.pop())
    assert len(found[0]) == 64 and found[0] != found[1]


def test_debians_packages_are_those_of_the_machine(parts):
    wanted = {n for path in debian.LISTS for n in debian.named(ROOT / path)}
    asked = ["dpkg-query", "-W", "-f", "${Package}\t${Version}\t${db:Status-Status}\n"]
    rows = subprocess.check_output(asked, text=True).splitlines()
    installed = {
        name: version
        for name, version, status in (row.split("\t") for row in rows)
        if status == "installed"
    }
    assert wanted & installed.keys()
    for name in wanted & installed.keys():
        part = parts[f"deb:{name}"]
        assert part["version"] == installed[name]
        assert part["purl"].startswith(f"pkg:deb/debian/{name}@")
    assert "deb:libc6" in parts  # what they need, too


def test_everything_is_reached_from_the_whole(text, parts):
    needs = {
        each["ref"]: each.get("dependsOn", [])
        for each in json.loads(text)["dependencies"]
    }
    seen, rest = set(), ["bmasia-crm"]
    while rest:
        if (name := rest.pop()) not in seen:
            seen.add(name)
            rest += needs[name]
    assert seen >= parts.keys()
    assert "odoo" in needs["addon:bmasia_crm"]
    assert "addon:document_flow" in needs["addon:bmasia_crm"]
    assert "python:weasyprint" in needs["addon:report_weasyprint"]
    assert "python:markupsafe" in needs["python:jinja2"]


def test_it_is_written_where_one_says(state, text, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("ODOO_DIR", raising=False)
    path = tmp_path / "list.json"
    assert sbom.run_sbom(Settings(state), [str(path)]) == 0
    assert path.read_text() == text
    assert f"{path}: " in capsys.readouterr().out
    with pytest.raises(SetupError, match="cannot be written"):
        sbom.run_sbom(Settings(state), [str(tmp_path / "none" / "list.json")])


def test_without_odoo_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delenv("ODOO_DIR", raising=False)
    with pytest.raises(SetupError, match="Set it up: ./run"):
        sbom.make(tmp_path)


def test_the_examples_hold():
    result = doctest.testmod(debian)
    assert result.attempted and not result.failed
