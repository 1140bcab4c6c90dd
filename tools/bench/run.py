"""The benchmarks in turn, and their table."""

import sys
import timeit
from dataclasses import replace

from tools.bench import papers, sending
from tools.progress import step
from tools.stack import Stack


def run_bench(settings, wanted=()):
    """Measure and print; nothing is judged here, the ratios are for reading.

    :param tools.settings.Settings settings: of the normal installation
    :param wanted: names of measurements; default all
    :returns: 0
    :rtype: int
    """
    for name, measure in MEASUREMENTS.items():
        if not wanted or name in wanted:
            measure(settings.apart("bench"))
    return 0


def _sending(own):
    stack = Stack(own, durable=True)
    plain = Stack(replace(own, database=f"{own.database}_plain"))
    stack.prepare_folder()
    try:
        with step("PostgreSQL and the mail server"):
            stack.cluster.start()
            stack.write_configuration()
            stack.start_mail_server()
        plain.cluster.port = stack.cluster.port
        with step("Two databases: ours, plain Odoo"):
            for each, modules in ((stack, ["mail_delivery"]), (plain, ["mail"])):
                each.drop_database()
                each.install(modules)
        with step(f"Sending {sending.MAILS} mails, {sending.ROUNDS} rounds"):
            databases = {"ours": own.database, "core": plain.settings.database}
            seconds = sending.measure(stack, databases)
    finally:
        stack.stop()
    _print_sending(seconds)


def _papers(own):
    stack = Stack(replace(own, database=f"{own.database}_papers"), durable=True)
    stack.prepare_folder()
    try:
        with step("PostgreSQL and the mail server"):
            stack.cluster.start()
            stack.write_configuration()
            stack.start_mail_server()
        with step("Papers, ours and Odoo's"):
            result = papers.measure(stack)
    finally:
        stack.stop()
    sys.stdout.write("\n".join(papers.lines(result)) + "\n")


def _sealing(_own):
    _print_sealing()


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


MEASUREMENTS = {"sending": _sending, "papers": _papers, "sealing": _sealing}
