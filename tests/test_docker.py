"""docker-compose.yml, checked as far as that goes without Docker."""

import configparser
import re
import subprocess
import sys

import pytest
import yaml
from cryptography.fernet import Fernet

from tools.released import addon_folders
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


# what the official image declares; Compose hands such a volume on to the new container
VOLUMES = ("/var/lib/odoo", "/mnt/extra-addons")
SECRETS = ["DATABASE_PASSWORD", "POSTGRES_PASSWORD", "ODOO_SECRET_KEYS"]


def copied():
    """``{target: source}`` of what the Dockerfile puts into the image."""
    dockerfile = (ROOT / "config" / "Dockerfile").read_text()
    copies = re.findall(r"^COPY (\S+) (\S+)$", dockerfile, re.M)
    return {target: source for source, target in copies}


def test_image_keeps_nothing_of_ours_in_a_volume():
    assert len(copied()) >= 5
    for target in copied():
        assert not target.startswith(VOLUMES), target


def test_image_looks_for_addons_where_it_puts_all_of_them():
    conf = configparser.ConfigParser()
    conf.read(ROOT / "config" / "odoo.conf")
    path = conf["options"]["addons_path"]
    assert copied()[path] == "addons"
    assert copied()["/etc/odoo/odoo.conf"] == "config/odoo.conf"
    for name, folder in addon_folders().items():
        if folder.parent == ROOT:
            assert copied()[f"{path}/{name}"] == name


def test_image_starts_as_the_user_of_the_official_one_who_can_read_it():
    lines = (ROOT / "config" / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")][-1] == "USER odoo"
    last_copy = max(i for i, line in enumerate(lines) if line.startswith("COPY"))
    readable = "RUN chmod -R a+rX /opt/bmasia /etc/odoo/odoo.conf"
    assert last_copy < lines.index(readable) < lines.index("USER odoo")


def test_odoo_and_the_superuser_have_passwords_of_their_own():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    url = services["odoo"]["environment"]["DATABASE_URL"]
    assert "${DATABASE_PASSWORD:?" in url and "POSTGRES_PASSWORD" not in url
    assert "POSTGRES_PASSWORD" not in services["odoo"]["environment"]
    assert "POSTGRES_USER" not in services["database"]["environment"]
    mounts = services["database"]["volumes"]
    script = "./config/postgres-init.sh:/docker-entrypoint-initdb.d/odoo-role.sh:ro"
    assert script in mounts


@pytest.mark.parametrize("name", SECRETS)
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
    assert len(made) == 3 and len(made[0]) >= 32 and len(made[1]) >= 32
    Fernet(made[2])


def env_example():
    return (ROOT / "config" / ".env.example").read_text()
