"""Each command of the administrator's manual is run by a test, or said not to be."""

import configparser
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet
from lxml import etree

from tests.test_database_role import CONTENT
from tools.cli import COMMANDS
from tools.postgres import Cluster, bin_folder
from tools.released import addon_folders
from tools.settings import HOST, ROOT

MANUAL = (ROOT / "docs" / "administrator.md").read_text()
UNTRIED = "\n## Commands that no test runs\n"
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.M | re.S)
SPAN = re.compile(r"`([^`]+)`")
PROGRAMS = re.compile(
    r"(?:\./run|chmod|cp|createdb|curl|docker|odoo|pg_\w+|pip|psql|python3?|sh|umask"
    r"|systemd-analyze|(?:ALTER|ANALYZE|CREATE|DROP|REINDEX|UPDATE)\b)(?: |$)"
)
ALONE = {"./run", "pg_upgrade"}  # commands without an argument; others are mentions
MENTIONED = {"odoo db", "pg_dump -Fc"}  # no command as they stand
SELF = "tests/test_manual.py::"
MOVES = f"{SELF}test_databases_move_as_the_manual_says"
KEY = f"{SELF}test_the_key_ring_is_made_as_the_manual_says"
BACKUP = "tests/test_backup.py::"
WATCH = "tests/test_watching.py::test_each_command_of_the_guide_works"
COPY = "tests/test_neutralize.py::test_nothing_leaves_a_neutralized_copy"
FOLDER = "/var/backups/crm/yourdb-20261130T020000Z"
TRIED = {
    "./run": "tests/test_first_start.py::test_from_nothing_to_the_receipt_until_ctrl_c",
    "./run clean": "tests/test_first_start.py::test_clean_leaves_nothing_behind",
    "chmod 400 secret-keys": KEY,
    "cp config/.env.example .env": f"{SELF}test_the_sample_of_settings_is_there",
    "odoo db duplicate --neutralize": COPY,
    "odoo db load --neutralize": COPY,
    "odoo document verify quote.pdf contract.pdf": "addons/document_sign/tests/"
    "test_command.py::test_ours_and_unchanged_is_zero",
    "odoo neutralize": COPY,
    "odoo secrets rotate": "addons/encrypted_field/tests/test_command.py::"
    "test_rotate_says_what_it_did",
    "odoo secrets status": f"{BACKUP}test_the_key_ring_opens_what_is_sealed",
    "python -m tools.backup make /var/backups/crm": f"{BACKUP}test_everything_is_there",
    "python -m tools.backup make /var/backups/crm --keep 14": f"{BACKUP}"
    "test_only_the_newest_are_kept",
    f"python -m tools.backup restore {FOLDER} --as newdb": f"{BACKUP}"
    "test_everything_is_there",
    "python -m tools.backup release newdb --send-waiting": f"{BACKUP}"
    "test_nothing_leaves_until_it_is_released_and_then_each_once",
    f"python -m tools.backup staging {FOLDER} --as staging": f"{BACKUP}"
    "test_a_staging_copy_is_neutralized",
    f"python -m tools.backup verify {FOLDER}": f"{BACKUP}"
    "test_a_foreign_key_ring_is_named",
    "python -m tools.command crm doctor": "tests/test_start.py::"
    "test_commands_of_odoo_take_the_servers_settings",
    "python -m tools.start": "tests/test_start.py::"
    "test_a_whole_installation_has_no_mark",
    "sh config/secrets.sh": "tests/test_docker.py::"
    "test_secrets_are_made_once_and_are_usable",
    "umask 077": KEY,
}


def fences(language):
    """The blocks of a language, or without one."""
    return [body for _i, named, body in FENCE.findall(MANUAL) if named == language]


def commands():
    """Every command that the manual shows, in blocks or in a sentence."""
    lines = [
        line for body in (*fences("sh"), *fences("sql")) for line in body.split("\n")
    ]
    spans = [
        span
        for span in map(
            one_line, SPAN.findall(FENCE.sub("", MANUAL.partition(UNTRIED)[0]))
        )
        if PROGRAMS.match(span)
        and (" " in span or span in ALONE)
        and span not in MENTIONED
    ]
    lines = [re.sub(r"\s+#.*", "", line) for line in lines]
    return list(
        dict.fromkeys([one_line(line) for line in lines if line.strip()] + spans)
    )


def one_line(text):
    return " ".join(text.split())


def untried():
    """How the commands begin of which the manual says that no test runs them."""
    return re.findall(r"^\| `([^`]+)` \| \S", MANUAL.partition(UNTRIED)[2], re.M)


def is_untried(command):
    return any(f"{command} ".startswith(f"{start} ") for start in untried())


def is_of_postgresql(command):
    return bool(re.match(r"pg_(dump|restore)|psql|createdb|[A-Z]{5,} ", command))


def tried_by(command):
    """The test that runs a command, or nothing."""
    if re.match(r"curl|systemd-analyze|odoo crm", command):
        return WATCH
    if command.startswith("python3 -c "):
        return KEY
    if is_of_postgresql(command):
        return MOVES
    return TRIED.get(command)


def test_the_manual_shows_commands():
    assert len(commands()) > 45
    assert "psql -d yourdb -c 'CREATE EXTENSION pg_trgm'" in commands()
    assert "docker compose run --rm backup verify /backups/…" in commands()
    assert len(untried()) == 5


@pytest.mark.parametrize("command", commands())
def test_each_command_is_run_by_a_test_or_said_not_to_be(command):
    if is_untried(command):
        assert not tried_by(command)
        return
    test = tried_by(command)
    assert test, f"{command}: run it in a test, or say in the manual that none does."
    path, _colons, name = test.partition("::")
    assert re.search(rf"def {name}\(", (ROOT / path).read_text()), test


def test_what_is_listed_is_in_the_manual():
    known = commands()
    assert [command for command in TRIED if command not in known] == []
    unused = [
        s for s in untried() if not any(f"{c} ".startswith(f"{s} ") for c in known)
    ]
    assert unused == []


# ------------------------------------------------------------
# WHAT IS NOT RUN NAMES WHAT THERE IS
# ------------------------------------------------------------


def test_commands_of_compose_name_its_services_and_volumes():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    asked = [c for c in commands() if c.startswith("docker ")]
    words = r"(?:run --rm|stop|exec(?: -T)?|--wait) (\w+)"
    services = re.findall(words, "\n".join(asked))
    assert {"odoo", "database", "backup"} <= set(services) <= set(compose["services"])
    volumes = re.findall(r"volume rm (\S+)", "\n".join(asked))
    assert volumes == [f"{compose['name']}_database"]
    assert "database" in compose["volumes"]


def test_commands_of_run_are_known():
    words = [c.split()[1] for c in commands() if c.startswith("./run ")]
    assert words and set(words) <= set(COMMANDS)


def test_the_sample_of_settings_is_there():
    assert "SITE_URL=" in (ROOT / "config" / ".env.example").read_text()


def test_what_pip_is_asked_for_is_locked():
    [name] = re.findall(r"`pip install ([\w-]+)`", MANUAL)
    lock = (ROOT / "requirements-dev.lock").read_text()
    assert re.search(rf"^{name}==", lock, re.M)


def test_settings_of_jobs_name_our_channels():
    [block] = [body for body in fences("") if "[queue_job]" in body]
    settings = configparser.ConfigParser()
    settings.read_string(block)
    assert "queue_job" in settings["options"]["server_wide_modules"].split(",")
    assert int(settings["options"]["workers"]) > 0
    pairs = [c.split(":") for c in settings["queue_job"]["channels"].split(",")]
    channels = {name: int(number) for name, number in pairs}
    data = etree.parse(ROOT / "addons" / "bmasia_queue" / "data" / "queue_job.xml")
    ours = data.findall(".//record[@model='queue.job.channel']/field[@name='name']")
    assert channels.keys() == {"root", *(f"root.{field.text}" for field in ours)}
    assert (
        max(channels.values())
        == channels["root"]
        <= int(settings["options"]["workers"])
    )


def test_settings_of_prometheus_are_understood():
    [block] = fences("yaml")
    settings = yaml.safe_load(block)
    assert all((ROOT / "config" / name).is_file() for name in settings["rule_files"])
    [job] = settings["scrape_configs"]
    assert job["metrics_path"] in MANUAL.replace(block, "")


def sources():
    """The text of all that runs, tests left out."""
    listing = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    names = (Path(name) for name in listing.split("\0") if name)
    left_out = {"docs", "tests", "i18n", "README.md", "CHANGELOG.md"}
    paths = [ROOT / name for name in names if not left_out & set(name.parts)]
    return "\n".join(
        path.read_text(errors="ignore") for path in paths if path.is_file()
    )


def test_variables_and_system_parameters_are_read_by_something():
    text = sources()
    words = set(re.findall(r"\w+", text))
    spans = set(SPAN.findall(FENCE.sub("", MANUAL)))
    variables = {span for span in spans if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", span)}
    assert len(variables) > 15
    assert variables <= words
    parameters = {
        span
        for span in spans
        if re.fullmatch(r"\w+\.\w+", span) and span.split(".")[0] in addon_folders()
    }
    assert len(parameters) > 5
    # that of bmasia_health are read by what follows the addon
    assert {
        p for p in parameters if p not in text and p.split(".")[1] not in words
    } == set()


# ------------------------------------------------------------
# THE KEY RING
# ------------------------------------------------------------


def test_the_key_ring_is_made_as_the_manual_says(tmp_path):
    [block] = [
        body for body in fences("sh") if "secret-keys" in body and "-c '" in body
    ]
    subprocess.run(["sh", "-e", "-c", block], cwd=tmp_path, check=True)
    path = tmp_path / "secret-keys"
    assert path.stat().st_mode & 0o777 == 0o400
    Fernet(path.read_text().strip())


# ------------------------------------------------------------
# DATABASES
# ------------------------------------------------------------


class Server:
    """A server of PostgreSQL, and a shell on which its programs are."""

    def __init__(self, folder):
        self.cluster = Cluster(folder, durable=False)
        self.cluster.start()

    def run(self, command, folder, user="postgres", **names):
        """Run a line of the manual.

        :param names: which servers its hosts are
        """
        command = command.replace("'…'", "'of-odoo'")
        for name, server in names.items():
            port = server.cluster.port
            command = command.replace(f"-h {name}-server", f"-h {HOST} -p {port}")
        environment = {
            **self.cluster.environment,
            "PATH": f"{bin_folder()}:{os.environ['PATH']}",
            "PGUSER": user,
            "PGPASSFILE": str(folder / "passwords"),
            "LC_ALL": "C.UTF-8",
        }
        del environment["PGPASSWORD"]
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return done.stdout.strip()

    def ask(self, database, statement, folder):
        return self.run(f'psql -At -d {database} -c "{statement}"', folder)


@pytest.fixture
def servers(tmp_path):
    """Two servers, old and new, and the passwords of both."""
    made = [Server(tmp_path / name) for name in ("old", "new")]
    lines = [
        line
        for server in made
        for line in (
            f"{HOST}:{server.cluster.port}:*:odoo:of-odoo",
            f"{HOST}:{server.cluster.port}:*:postgres:{server.cluster.superuser_password}",
        )
    ]
    passwords = tmp_path / "passwords"
    passwords.write_text("\n".join(lines))
    passwords.chmod(0o600)
    yield made
    for server in made:
        server.cluster.remove()


def is_moved(server, database, folder):
    """Everything is there, and is the role's own."""
    assert (
        server.ask(database, "SELECT name FROM customers", folder) == "Hilton Pattaya"
    )
    foreign = (
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relowner <> 'odoo'::regrole"
    )
    assert server.ask(database, foreign, folder) == "0"
    powers = "SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = 'odoo'"
    assert server.ask(database, powers, folder) == "f|f"


def test_databases_move_as_the_manual_says(servers, tmp_path):
    """All statements and programs of PostgreSQL in the manual, in their order."""
    old, new = servers
    left = [command for command in commands() if tried_by(command) == MOVES]

    def take(*starts):
        """The next commands that begin so."""
        found = []
        for start in starts:
            found.append(next(c for c in left if c.startswith(start)))
            left.remove(found[-1])
        return found

    for statement in take("CREATE ROLE", "CREATE DATABASE"):
        old.run(f'psql -c "{statement}"', tmp_path)
    for command in take("psql -d yourdb -c 'CREATE EXTENSION pg_trgm'"):
        old.run(command, tmp_path)
    content = CONTENT.replace("CREATE EXTENSION pg_trgm;", "").replace("\n", " ")
    old.run(f'psql -d yourdb -c "{content}"', tmp_path, user="odoo")

    for command in take("pg_dump -Fc", "createdb", "pg_restore --no-owner"):
        old.run(command, tmp_path)
    is_moved(old, "newdb", tmp_path)

    hosts = {"old": old, "new": new}
    moving = ("pg_dump -h old", "psql -h new", "psql -h new", "pg_restore -h new")
    for command in take(*moving, "psql -h new"):
        new.run(command, tmp_path, **hosts)
    is_moved(new, "yourdb", tmp_path)
    analysed = "SELECT count(*) FROM pg_stat_user_tables WHERE last_analyze IS NULL"
    assert new.ask("yourdb", analysed, tmp_path) == "0"
    for statement in take("REINDEX DATABASE", "ALTER DATABASE"):
        new.run(f'psql -d yourdb -c "{statement}"', tmp_path, user="odoo")
    assert left == [], "the manual has more"
