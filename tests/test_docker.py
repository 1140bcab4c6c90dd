"""docker-compose.yml, checked as far as that goes without Docker."""

import re
import subprocess
import sys

import yaml

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


def test_no_password_has_a_default():
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.search(r"PASSWORD:-", text)
    values = re.findall(r"^POSTGRES_PASSWORD=(.*)$", env_example(), re.M)
    assert values == [""]


def env_example():
    return (ROOT / "config" / ".env.example").read_text()
