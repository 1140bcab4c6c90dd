"""The benchmarks in turn, and their table."""

import sys
import timeit
from dataclasses import replace

from tools.bench import contracts, documents, sending
from tools.progress import step
from tools.settings import MODULES
from tools.stack import Stack

# databases besides the one that sends, and what is installed in each
OTHERS = {
    "plain": ["mail"],
    "crm": MODULES,
    "documents": MODULES,
    "oca": ["contract"],
}


def run_bench(settings):
    """Measure and print; nothing is judged here, the ratios are for reading.

    :param tools.settings.Settings settings: of the normal installation
    :returns: 0
    :rtype: int
    """
    own = settings.apart("bench")
    stack = Stack(own, durable=True)
    others = {
        name: Stack(replace(own, database=f"{own.database}_{name}")) for name in OTHERS
    }
    names = {name: other.settings.database for name, other in others.items()}
    stack.prepare_folder()
    try:
        with step("PostgreSQL and the mail server"):
            stack.cluster.start()
            stack.write_configuration()
            stack.start_mail_server()
        for name, other in others.items():
            other.cluster.port = stack.cluster.port
            with step(f"Database {name}: {', '.join(OTHERS[name])[:30]}"):
                other.drop_database()
                other.install(OTHERS[name])
        with step("Database for sending"):
            stack.drop_database()
            stack.install(["mail_delivery"])
        with step(f"Sending {sending.MAILS} mails, {sending.ROUNDS} rounds"):
            databases = {"ours": own.database, "core": names["plain"]}
            seconds = sending.measure(stack, databases)
        with step(
            f"Invoicing {contracts.CONTRACTS:,} contracts, then {contracts.MANY:,}"
        ):
            invoicing = contracts.measure(stack, names["crm"], names["oca"])
        with step(f"Lists at {documents.DOCUMENTS:,} and {documents.MANY:,} documents"):
            taken = documents.measure(stack, names["documents"])
    finally:
        stack.stop()
    _print_sending(seconds)
    _print_sealing()
    sys.stdout.write("\n".join(contracts.table(invoicing)) + "\n")
    sys.stdout.write("\n".join(documents.table(taken)) + "\n")
    return 0


def _print_sending(seconds):
    lines = [f"\nSending {sending.MAILS} mails with a 30 kB PDF over one account"]
    labels = {
        "ours": "mail_delivery",
        "core": "Odoo core's queue",
        "loop": "a bare smtplib loop",
    }
    for name, label in labels.items():
        ratio = seconds[name] / seconds["core"]
        lines.append(f"  {label:<22}{seconds[name]:7.2f} s   {ratio:5.2f} × core")
    share = seconds["loop"] / seconds["ours"]
    lines.append(f"  the loop's time is {share:.0%} of ours")
    sys.stdout.write("\n".join(lines) + "\n")


def _print_sealing():
    from cryptography.fernet import Fernet, MultiFernet

    ring = MultiFernet([Fernet(Fernet.generate_key())])
    sealed = ring.encrypt(b"an app password")
    count = 2000
    seconds = timeit.timeit(lambda: ring.decrypt(sealed), number=count) / count
    sys.stdout.write(f"\nOpening one password: {seconds * 1000:.3f} ms per send\n")
