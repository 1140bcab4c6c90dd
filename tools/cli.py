"""What ``./run`` does once Python is there."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from tools.errors import SetupError
from tools.postgres import Cluster
from tools.progress import step
from tools.settings import ROOT, Settings
from tools.stack import STOP_LIMIT, Stack

PID, READY = "run.pid", "run.ready"  # files in the state folder
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ADDRESSES = """
  Odoo    {odoo}        nikki.h@bmasiamusic.com / demo   (sales)
                                       pom@bmasiamusic.com / demo       (finance)
                                       norbert@bmasiamusic.com / demo   (manager)
                                       admin@bmasiamusic.com / demo     (administrator)
  Inbox   {inbox}        every mail that leaves, and which login sent it
  API     {odoo}/doc    keys in {keys}
"""
HISTORY = """\
In the background, for a minute or two, the demo's sent documents get their PDFs and
deliveries; if stopped, this goes on at the next start. Log: {log}
"""


def start(settings: Settings) -> int:
    """Everything up, the main job once, then stay until Ctrl-C.

    :returns: the exit code
    """
    stack = Stack(settings)
    stack.require_ports()
    with only_one(settings):
        return _start(settings, stack)


def _start(settings: Settings, stack: Stack) -> int:
    # Ctrl-C (also where a script's "&" took it away), kill, and closing the terminal
    # (unless nohup says otherwise) end the same way: in order
    for number in ENDINGS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda *_: sys.exit(0))
    ready = settings.state / READY
    try:
        stack.start()
        check(settings)
        sys.stdout.write(
            ADDRESSES.format(
                odoo=settings.odoo_url,
                inbox=settings.inbox_url,
                keys=stack.api_keys_file,
            )
        )
        if stack.start_history():
            sys.stdout.write(HISTORY.format(log=settings.state / "log" / "history.log"))
        sys.stdout.write("Ctrl-C here, or ./run down elsewhere, stops everything.\n")
        sys.stdout.flush()
        ready.touch()
        while all(p.poll() is None for p in stack.processes.values()):
            time.sleep(0.5)
            if news := stack.follow_history():
                sys.stdout.write(f"{news}\n")
                sys.stdout.flush()
        gone = [n for n, p in stack.processes.items() if p.poll() is not None]
        raise SetupError(
            f"{', '.join(gone)} ended by itself",
            f"Read {settings.state / 'log'}, then run this again.",
        )
    finally:
        for number in ENDINGS:  # an impatient second Ctrl-C must not leave half of it
            signal.signal(number, signal.SIG_IGN)
        sys.stdout.write("\nStopping ...\n")
        ready.unlink(missing_ok=True)
        stack.stop()


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the state folder for this process; the lock ends with it, however it ends.

    :raises SetupError: another process works there
    """
    with open(settings.state / PID, "a+") as file:
        if not _lock(file):
            raise SetupError(
                f"it is running already in {settings.state}",
                "Stop it with ./run down, or set BMASIA_STATE to another folder.",
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def up(settings: Settings) -> int:
    """Like start, in the background; returns when the main job is done."""
    log = settings.state / "log" / "run.log"
    (settings.state / READY).unlink(missing_ok=True)
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.cli", "start"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    while process.poll() is None and not (settings.state / READY).exists():
        time.sleep(0.3)
    sys.stdout.write(log.read_text())
    return process.poll() or 0


def down(settings: Settings) -> int:
    """Stop what ``up`` or another terminal started."""
    with open(settings.state / PID, "a+") as file:
        if _lock(file):
            sys.stdout.write("Nothing is running.\n")
            return 0
        file.seek(0)
        os.kill(int(file.read()), signal.SIGTERM)
        deadline = time.monotonic() + 3 * STOP_LIMIT
        while time.monotonic() < deadline:
            if _lock(file):
                return 0
            time.sleep(0.2)
    return 1


def check(settings: Settings) -> int:
    """Do the main job on the running system and print the receipt."""
    from tools.main_job import do_main_job

    stack = Stack(settings)
    if not stack.api_keys_file.exists():
        raise SetupError("the demo is not set up", "Start it with: ./run")
    with step("Main job: Nikki sends a quote"):
        receipt = do_main_job(settings, stack.api_keys_file)
    sys.stdout.write("\n  " + "\n  ".join(receipt.lines()) + "\n")
    sys.stdout.flush()
    return 0


def shell(settings: Settings) -> int:
    """Odoo's shell on the demo database, which must be running."""
    stack = Stack(settings)
    if not stack.cluster.is_running():
        raise SetupError("nothing is running", "Start it in another terminal: ./run")
    stack.cluster.start()
    command = [sys.executable, "-m", "odoo", "shell", "--no-http"]
    return subprocess.call(
        command, cwd=ROOT, env={**os.environ, **stack.environment}, stdin=sys.stdin
    )


def clean(settings: Settings) -> int:
    """Remove the state folder and the clusters: its own, and those of test runs."""
    down(settings)
    Cluster(settings.state).remove()
    for secrets in settings.state.glob("*/secrets"):
        Cluster(secrets.parent).remove()
    shutil.rmtree(settings.state)
    sys.stdout.write(f"Removed {settings.state}.\n")
    return 0


def test(settings: Settings) -> int:
    """Run every test."""
    from tools.suites import run_tests

    return run_tests(settings, sys.argv[2:])


def soak(settings: Settings) -> int:
    """Kill workers at every point, many times, and let four share a long queue."""
    from tools.suites import run_soak

    return run_soak(settings)


def image(settings: Settings) -> int:
    """Take the steps of the Docker image in a bare root, and start it there."""
    from tools.image import run_image

    return run_image(settings)


def mutate(settings: Settings) -> int:
    """Take each rule away and change each engine: a test must fall."""
    from tools.mutate.run import run_mutate

    return run_mutate(settings, sys.argv[2:])


def bench(settings: Settings) -> int:
    """Measure against the peers."""
    from tools.bench.run import run_bench

    return run_bench(settings, sys.argv[2:])


def load(settings: Settings) -> int:
    """Have many people work on a demo of its own for a while."""
    from tools.load.run import run_load

    return run_load(settings, sys.argv[2:])


def prove_core(settings: Settings) -> int:
    """Run the tests of core defects on plain Odoo."""
    from tools import prove_core

    return prove_core.prove_core(settings)


def lint(settings: Settings) -> int:
    """Run the linters."""
    from tools.lint import run_lint

    return run_lint(settings, sys.argv[2:])


def structure(settings: Settings) -> int:
    """Count how the code lies in its files."""
    from tools.structure import run_structure

    return run_structure(settings, sys.argv[2:])


def translations(settings: Settings) -> int:
    """Renew the templates and the Thai of the addons."""
    from tools.translations import run_translations

    return run_translations(settings)


def pictures(settings: Settings) -> int:
    """Take the README's screenshots."""
    from tools.pictures import take_pictures

    return take_pictures(settings)


def sbom(settings: Settings) -> int:
    """List what the installation consists of."""
    from tools.supply.sbom import run_sbom

    return run_sbom(settings, sys.argv[2:])


def licences(settings: Settings) -> int:
    """List the licences of the locked packages."""
    from tools.supply.licences import run_licences

    return run_licences(settings)


def audit(settings: Settings) -> int:
    """Ask for published weaknesses of the locked packages."""
    from tools.supply.audit import run_audit

    return run_audit(settings, sys.argv[2:])


def lock(settings: Settings) -> int:
    """Make the lock files anew."""
    from tools.supply.locks import run_lock

    return run_lock(settings, sys.argv[2:])


def release(settings: Settings) -> int:
    """Check a version and write its notes."""
    from tools.supply.release import run_release

    return run_release(settings, sys.argv[2:])


COMMANDS = {
    function.__name__.replace("_", "-"): function
    for function in (
        *(start, up, down, check, shell, clean),
        *(test, soak, image, mutate, bench, load, prove_core, lint),
        *(structure, translations, pictures),
        *(sbom, licences, audit, lock, release),
    )
}


def main() -> int:
    """Run the command of the command line; a failed step ends with code 1."""
    try:
        name = sys.argv[1] if len(sys.argv) > 1 else "start"
        return COMMANDS[name](Settings.from_environment())
    except SetupError as error:
        sys.stderr.write(f"\nFAILED: {error.what}\n{error.remedy}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
