"""The memory of a running Odoo: of all its processes, with those that print."""

import psutil

from tools.errors import SetupError
from tools.settings import ROOT
from tools.stack import Stack

SERVER = str(ROOT / "tools" / "serve.py")  # what tools.start becomes


def resident(stack: Stack) -> int:
    """What they have in memory now. What several share counts for each of them.

    :param tools.stack.Stack stack: whose Odoo runs, whoever has started it
    :returns: bytes
    :raises SetupError: it does not run
    """
    processes = _family(stack.environment["ODOO_RC"])
    sizes = []
    for process in processes:
        try:
            sizes.append(process.memory_info().rss)
        except psutil.NoSuchProcess:  # a child that prints has ended
            continue
    if not sizes:
        raise SetupError("Odoo is gone", f"Read {stack.state / 'log' / 'odoo.log'}.")
    return sum(sizes)


def _family(configuration: str) -> list[psutil.Process]:
    """Odoo's processes with that configuration, and their children."""
    found = set()
    for process in psutil.process_iter(["cmdline"]):
        if SERVER not in (process.info["cmdline"] or ()):
            continue
        try:
            if process.environ().get("ODOO_RC") == configuration:
                found |= {process, *process.children(recursive=True)}
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return list(found)
