"""docker-compose.yml, checked as far as that goes without Docker."""

import re
import subprocess
import sys

import pytest
import yaml
from cryptography.fernet import Fernet

from tools.settings import ROOT


def packages(path):
    lines = (ROOT / path).read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_compose_file_is_valid_by_the_compose_schema():
    done = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec"),
            str(ROOT / "docker-compose.yml"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_image_has_the_packages_that_run_installs():
    dockerfile = (ROOT / "config" / "Dockerfile").read_text()
    install = re.search(r"--no-install-recommends \\\n(.*?)&&", dockerfile, re.S)
    named = set(install.group(1).replace("\\", "").split())
    assert named == packages("config/packages.txt")


def test_image_installs_the_locked_python_packages():
    dockerfile = (ROOT / "config" / "Dockerfile").read_text()
    assert "--require-hashes" in dockerfile
    assert "requirements.lock" in dockerfile


def test_every_port_is_published_on_this_machine_only():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ports = [p for service in services.values() for p in service.get("ports", [])]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "ODOO_SECRET_KEYS"])
def test_no_secret_has_a_default(name):
    text = (ROOT / "docker-compose.yml").read_text()
    uses = re.findall(rf"\$\{{{name}(.)(.)", text)
    assert uses and set(uses) == {(":", "?")}
    assert re.findall(rf"^{name}=(.*)$", env_example(), re.M) == [""]


def test_the_commands_that_make_the_secrets_make_usable_ones():
    commands = re.findall(r"python3 -c '(.*)'", env_example())
    made = [
        subprocess.run(
            [sys.executable, "-c", command], capture_output=True, text=True, check=True
        ).stdout.strip()
        for command in commands
    ]
    assert len(made) == 2 and len(made[0]) >= 32
    Fernet(made[1])


def env_example():
    return (ROOT / "config" / ".env.example").read_text()
