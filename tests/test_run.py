"""``./run`` itself: what it refuses, in which words."""

import contextlib
import fcntl
import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

import odoo.release

from tools.cli import COMMANDS
from tools.errors import SetupError
from tools.settings import EXAMPLES, HOST, ROOT, Settings, free_ports
from tools.stack import Stack


def run(*arguments, **changes):
    environment = {**os.environ, **changes}
    for name in ("ODOO_PORT", "INBOX_PORT", "SMTP_PORT", "SMTPS_PORT"):
        if name not in changes:
            environment.pop(name, None)
    return subprocess.run(
        [str(ROOT / "run"), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def machine(tmp_path):
    """A PATH on which some commands are replaced by a few lines of shell."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def replace(**commands):
        for name, script in commands.items():
            path = folder / name.replace("_", "-")
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
        return f"{folder}:{os.environ['PATH']}"

    return replace


def test_help_names_every_command():
    text = run("help").stdout
    for command in set(COMMANDS) - {"start"}:
        assert f"./run {command}" in text


@pytest.mark.parametrize("command", ["check", "down", "shell", "clean"])
def test_a_set_up_that_stopped_half_way_is_named(command, tmp_path):
    environment = tmp_path / "venv"
    environment.mkdir()
    (environment / "place").write_text(str(tmp_path))
    done = run(command, BMASIA_STATE=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr == (
        f"\nFAILED: the set-up in {tmp_path} was not finished\nFinish it with: ./run\n"
    )


def test_unknown_command_is_a_usage_error():
    done = run("dance")
    assert done.returncode == 2
    assert "./run check" in done.stderr


def test_taken_port_names_the_variable_that_moves_us(settings):
    with socket.create_server((HOST, 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("start", BMASIA_STATE=str(settings.state.parent), ODOO_PORT=port)
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
    assert "ODOO_PORT=" in done.stderr


def test_port_that_is_no_number(settings):
    done = run("check", BMASIA_STATE=str(settings.state.parent), SMTP_PORT="smtp")
    assert done.returncode == 1
    assert "SMTP_PORT=smtp is no port number" in done.stderr


def test_folder_without_addons_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("EXTRA_ADDONS", f"{EXAMPLES}, {tmp_path}")
    with pytest.raises(SetupError) as refused:
        Settings.from_environment()
    assert str(refused.value).startswith(f"EXTRA_ADDONS: no addon lies in {tmp_path}")
    monkeypatch.setenv("EXTRA_ADDONS", f"{EXAMPLES}, ")
    assert Settings.from_environment().extra_addons == (EXAMPLES,)


def test_folders_with_other_addons_are_on_the_path(tmp_path):
    stack = Stack(Settings(tmp_path, extra_addons=(EXAMPLES,)))
    stack.prepare_folder()
    stack.write_configuration()
    (paths,) = re.findall("addons_path = (.*)", (tmp_path / "odoo.conf").read_text())
    assert paths.split(",")[-1] == str(EXAMPLES)


def test_missing_packages_without_root_name_the_command_to_run(machine, tmp_path):
    path = machine(dpkg_query="exit 1", sudo="exit 1", id="echo 1000", apt_get="exit 1")
    done = run("start", PATH=path, BMASIA_STATE=str(tmp_path / "state"))
    assert done.returncode == 1
    assert "need root" in done.stderr
    assert "apt-get install --no-install-recommends" in done.stderr


def test_sudo_that_refuses_is_told_from_a_mirror_that_does(machine, tmp_path):
    sudo = '[ "$1" = -n ] && exit 0; exit 1'
    path = machine(dpkg_query="exit 1", sudo=sudo, id="echo 1000", apt_get="exit 1")
    done = run("start", PATH=path, BMASIA_STATE=str(tmp_path / "state"))
    assert done.returncode == 1
    assert "sudo refuses you" in done.stderr
    assert "Run as root once: apt-get install" in done.stderr


def test_packages_that_do_not_install_name_the_repair(machine, tmp_path):
    path = machine(dpkg_query="exit 1", apt_get='[ "$1" = update ]')
    done = run("start", PATH=path, BMASIA_STATE=str(tmp_path / "state"))
    assert done.returncode == 1
    assert "apt-get install failed for: ca-certificates" in done.stderr
    assert "dpkg --configure -a" in done.stderr


def test_folder_with_other_things_is_neither_taken_nor_deleted(tmp_path):
    letter = tmp_path / "letter.txt"
    letter.write_text("to my mother")
    tmp_path.chmod(0o755)
    for command in ("start", "clean"):
        done = run(command, BMASIA_STATE=str(tmp_path))
        assert done.returncode == 1, command
    assert letter.read_text() == "to my mother"
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert "has other things in it" in run("start", BMASIA_STATE=str(tmp_path)).stderr


def test_folder_that_cannot_be_made_is_named():
    done = run("start", BMASIA_STATE="/dev/null/state")
    assert done.returncode == 1
    assert "FAILED: the state folder /dev/null/state cannot be written" in done.stderr


def test_unreachable_mirror_is_named(machine, tmp_path):
    path = machine(dpkg_query="exit 1", apt_get="echo 'E: no route' ; exit 100")
    done = run("start", PATH=path, BMASIA_STATE=str(tmp_path / "state"))
    assert done.returncode == 1
    assert "did not reach the package mirror" in done.stderr
    assert "sources.list" in done.stderr


def test_machine_without_apt_is_pointed_to_docker(tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "mkdir", "chmod", "rm", "date", "id", "sed", "tr"):
        (tools / name).symlink_to(shutil.which(name))
    done = run("start", PATH=str(tools), BMASIA_STATE=str(tmp_path / "state"))
    assert done.returncode == 1
    assert "docker compose up" in done.stderr


def test_odoo_dir_of_another_series_is_refused(machine, tmp_path):
    release = tmp_path / "odoo" / "odoo" / "release.py"
    release.parent.mkdir(parents=True)
    release.write_text("version_info = (18, 0, 0, 'final', 0, '')\n")
    done = run(
        "start",
        PATH=machine(dpkg_query="echo installed"),
        BMASIA_STATE=str(tmp_path / "state"),
        ODOO_DIR=str(tmp_path / "odoo"),
    )
    assert done.returncode == 1
    assert "is not a checkout of Odoo 19.0" in done.stderr


MIRROR = 'case "$*" in indextargets*) echo "Debian http://mirror trixie" ;; esac'


def test_mirror_without_odoo_19_names_the_copy_to_use(machine, tmp_path):
    path = machine(
        dpkg_query="echo installed",
        apt_get=MIRROR,
        apt_cache="echo '  Candidate: 20.0.0-1'",
    )
    done = run("start", PATH=path, BMASIA_STATE=str(tmp_path / "state"))
    assert done.returncode == 1
    digest, name = (ROOT / "config" / "odoo-19.sha256").read_text().split()
    for words in ("'20.0.0-1', not 19.0", f"ODOO_DEB to a copy of {name}", digest):
        assert words in done.stderr
    assert "ODOO_DIR" in done.stderr


@pytest.mark.parametrize("content", [None, b"another package"])
def test_copy_of_odoo_that_is_not_the_recorded_one_is_refused(
    machine, tmp_path, content
):
    copy = tmp_path / "odoo-19.deb"
    if content:
        copy.write_bytes(content)
    path = machine(dpkg_query="echo installed", apt_get=MIRROR)
    state = tmp_path / "state"
    done = run("start", PATH=path, BMASIA_STATE=str(state), ODOO_DEB=str(copy))
    assert done.returncode == 1
    assert f"ODOO_DEB={copy} is not odoo-19_" in done.stderr


def test_copy_of_odoo_is_unpacked_where_the_mirror_has_none(machine, tmp_path):
    """The mirror has the fonts; the copy is a package made here."""
    deb = 'for name; do :; done; mkdir -p "$3/usr/lib"; echo "$2" >>"$3/usr/lib/names"'
    path = machine(
        dpkg_query="echo installed",
        apt_get=f"{MIRROR}\ncase $1 in download) touch $2.deb; echo $@ >>names ;; esac",
        apt_cache="echo '  Candidate: (none)'",
        sha256sum='[ "$1" != --check ] || exit 0',
        dpkg_deb=deb,
    )
    copy, state = tmp_path / "copy.deb", tmp_path / "state"
    copy.write_bytes(b"as recorded, says sha256sum")
    done = run(
        "start",
        PATH=path,
        BMASIA_STATE=str(state),
        ODOO_DEB=str(copy),
        PIP_INDEX_URL=f"file://{tmp_path}",
        PIP_CONFIG_FILE=os.devnull,
        PIP_FIND_LINKS="",
    )
    assert "Odoo 19 (Debian's package, unpacked)" in done.stdout, done.stderr
    assert "FAILED: the package index" in done.stderr  # so far it came
    unpacked = (state / "odoo" / "usr" / "lib" / "names").read_text()
    assert "odoo-19_19.0" in unpacked and "fonts-" in unpacked
    (kept,) = (state / "odoo").glob("odoo-19_*.deb")
    assert kept.read_bytes() == copy.read_bytes()


def test_check_before_the_first_start_says_what_to_do(tmp_path):
    done = run("check", BMASIA_STATE=str(tmp_path / "state"))
    assert done.returncode == 1
    assert "Start with: ./run" in done.stderr


def test_a_second_start_in_the_same_folder_leaves_the_first_alone(settings):
    state = settings.state.parent
    ports = free_ports(4)
    names = ("ODOO_PORT", "INBOX_PORT", "SMTP_PORT", "SMTPS_PORT")
    others = {name: str(port) for name, port in zip(names, ports, strict=True)}
    with open(state / "run.pid", "a+") as file:
        # this test stands for the first one, unless ./run itself is up meanwhile
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        done = run("start", BMASIA_STATE=str(state), **others)
    assert done.returncode == 1
    assert "running already" in done.stderr
    assert "./run down" in done.stderr


@pytest.fixture
def start_with_pip(machine, tmp_path):
    """``./run`` up to pip, in a new folder, with what pip says or the index to use."""

    def start(says=None, **environment):
        state = tmp_path / "state"
        if says:
            program = state / "venv" / "bin" / "python"
            program.parent.mkdir(parents=True)
            program.write_text(f"#!/bin/sh\ncat <<'PIP' >&2\n{says}\nPIP\nexit 1\n")
            program.chmod(0o755)
            (state / "venv" / "place").write_text(str(state))
        return run(
            "start",
            PATH=machine(dpkg_query="echo installed"),
            BMASIA_STATE=str(state),
            ODOO_DIR=str(Path(odoo.release.__file__).parent.parent),
            PIP_FIND_LINKS="",
            PIP_RETRIES="1",
            **environment,
        )

    return start


def test_package_index_that_is_not_reached_is_the_network(start_with_pip):
    index = f"http://{HOST}:{free_ports(1)[0]}/simple"
    done = start_with_pip(PIP_INDEX_URL=index, PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 1
    assert "pip did not reach the package index" in done.stderr
    assert "Check the network" in done.stderr


def test_package_that_the_index_lacks_for_this_python_is_named(
    start_with_pip, tmp_path
):
    (tmp_path / "simple").mkdir()
    index = f"file://{tmp_path}/simple"
    done = start_with_pip(PIP_INDEX_URL=index, PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 1
    assert re.search(r"has no \S+==\S+ for Python 3\.", done.stderr), done.stderr
    assert "network" not in done.stderr


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (
            "Collecting rl-renderPM==4.0.3\n  error: subprocess-exited-with-error\n"
            "ERROR: Failed to build 'rl-renderPM' when getting requirements",
            "rl-renderPM==4.0.3 could not be built",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] "
            "No space left on device",
            "the disk is full",
        ),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by "
            "'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]"
            "'))': /simple/lxml/\n"
            "ERROR: No matching distribution found for lxml==6.1.0",
            "PIP_CERT",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
            "another file than requirements.lock names",
        ),
        ("Killed", "pip could not install requirements.lock"),
    ],
)
def test_pip_that_fails_is_understood(start_with_pip, says, words):
    done = start_with_pip(says)
    assert done.returncode == 1
    assert words in done.stderr and "pip.log" in done.stderr
    assert "Check the network" not in done.stderr
