"""The benchmarks in turn, each with a table of its own."""

import sys
import timeit
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from tools.bench import contracts, documents, peers, printing, reports, scale, sending
from tools.progress import step
from tools.settings import MODULES, Settings
from tools.stack import Stack


def run_bench(settings: Settings, wanted: Collection[str] = ()) -> int:
    """Measure and print; nothing is judged here, the ratios are for reading.

    :param tools.settings.Settings settings: of the normal installation
    :param wanted: names of measurements; default all but the long ones
    :returns: 0
    :rtype: int
    """
    own = settings.apart("bench")
    for name, measure in MEASUREMENTS.items():
        if name in wanted or not (wanted or name in LONG):
            sys.stdout.write("\n".join(measure(own)) + "\n")
            sys.stdout.flush()
    return 0


@contextmanager
def _running(
    own: Settings, **databases: Iterable[str]
) -> Iterator[tuple[Stack, dict[str, str]]]:
    """PostgreSQL, the mail server and databases with some addons, while it lasts.

    :param databases: the modules of each, by a name
    :returns: the stack, and the databases' names in PostgreSQL by their name here
    """
    stack = Stack(own)
    stack.prepare_folder()
    names = {}
    try:
        with step("PostgreSQL and the mail server"):
            stack.cluster.start()
            stack.write_configuration()
            stack.start_mail_server()
        for name, modules in databases.items():
            other = Stack(replace(own, database=f"{own.database}_{name}"))
            other.cluster.port = stack.cluster.port
            names[name] = other.settings.database
            with step(f"Database {name}: {', '.join(modules)[:30]}"):
                other.drop_database()
                other.install(modules)
        yield stack, names
    finally:
        stack.stop()


def _sending(own: Settings) -> Iterable[str]:
    with _running(own, ours=["mail_delivery"], core=["mail"]) as (stack, names):
        with step(f"Sending {sending.MAILS} mails, {sending.ROUNDS} rounds"):
            return sending.table(*sending.measure(stack, names))


def _contracts(own: Settings) -> Iterable[str]:
    with _running(own, crm=MODULES, oca=["contract"]) as (stack, names):
        with step(
            f"Invoicing {contracts.CONTRACTS:,} contracts, then {contracts.MANY:,}"
        ):
            return contracts.table(contracts.measure(stack, names["crm"], names["oca"]))


def _documents(own: Settings) -> Iterable[str]:
    with _running(own, documents=MODULES) as (stack, names):
        with step(f"Lists at {documents.DOCUMENTS:,} and {documents.MANY:,} documents"):
            return documents.table(documents.measure(stack, names["documents"]))


def _scale(own: Settings) -> Iterable[str]:
    with _running(own, scale=MODULES) as (stack, names):
        with step(f"Lists at {scale.FEW:,} and {scale.MANY:,} documents"):
            return scale.table(*scale.measure(stack, names["scale"]))


def _reports(own: Settings) -> Iterable[str]:
    with _running(own, reports=MODULES) as (stack, names):
        with step(f"Reports over {reports.INVOICES:,} invoices"):
            return reports.table(reports.measure(stack, names["reports"]))


def _printing(own: Settings) -> Iterable[str]:
    with _running(replace(own, database=f"{own.database}_printing")) as (stack, _names):
        with step("Documents, ours and Odoo's"):
            return printing.lines(printing.measure(stack))


def _peers(own: Settings) -> Iterable[str]:
    stack = Stack(replace(own, database=f"{own.database}_peers"), durable=False)
    with peers.serving(stack), step("A list beside slow mail servers, prints, exports"):
        return peers.table(peers.Bench(stack).measure())


def _sealing(_own: Settings) -> Iterable[str]:
    from cryptography.fernet import Fernet, MultiFernet

    ring = MultiFernet([Fernet(Fernet.generate_key())])
    sealed = ring.encrypt(b"an app password")
    count = 2000
    seconds = timeit.timeit(lambda: ring.decrypt(sealed), number=count) / count
    return [f"\nOpening one password: {seconds * 1000:.3f} ms per send"]


LONG = ("scale",)  # half an hour
MEASUREMENTS = {
    "sending": _sending,
    "contracts": _contracts,
    "documents": _documents,
    "scale": _scale,
    "reports": _reports,
    "printing": _printing,
    "peers": _peers,
    "sealing": _sealing,
}
