"""The queue through Odoo's cron: healthy accounts, first alone, then with a dead one.

``python -m tools.bench.cron_job '{}'`` prints what it saw. The dead account's server
takes the line and never says a word; its mails are the oldest.
"""

import socketserver
import sys
import threading
import time
from typing import Any

from tools.bench.database import environment

HEALTHY = 3  # accounts
EACH = 20  # mails of each
DEAD = 5  # mails of the dead one


class Counting(socketserver.ThreadingTCPServer):
    """A mail server on a free port; ``taken`` says when it took each mail."""

    daemon_threads = True

    def __init__(self, handler: type[socketserver.StreamRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.taken: list[float] = []


class Healthy(socketserver.StreamRequestHandler):
    """The shortest mail server that takes everything; notes when."""

    server: Counting

    def handle(self) -> None:
        self.wfile.write(b"220 bench\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go ahead\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.server.taken.append(time.monotonic())
            self.wfile.write(b"250 fine\r\n")
            if verb == b"QUIT":
                return


class Silent(socketserver.StreamRequestHandler):
    """Takes the line and never says a word."""

    def handle(self) -> None:
        self.rfile.read()


def serve(handler: type[socketserver.StreamRequestHandler]) -> Counting:
    """A mail server on a free port of its own."""
    server = Counting(handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> None:
    """Run both, print the delay."""
    healthy, silent = serve(Healthy), serve(Silent)
    with environment() as env:
        alone, _whole = _run(env, healthy, [])
        beside, whole = _run(env, healthy, [silent])
    sys.stdout.write(
        f"{HEALTHY} accounts with {EACH} mails each: all left after {alone:.2f} s\n"
        f"with {DEAD} older mails of a dead account: {beside:.2f} s, "
        f"{beside - alone:+.2f} s; that run ended after {whole:.1f} s\n"
    )


def _run(env: Any, healthy: Counting, dead: list[Counting]) -> tuple[float, float]:
    env["mail.mail"].search([]).unlink()
    env["ir.mail_server"].search([]).unlink()
    for server in dead:
        _make_account(env, "dead", server, DEAD)
    for number in range(HEALTHY):
        _make_account(env, f"healthy{number}", healthy, EACH)
    env.cr.commit()
    healthy.taken.clear()
    start = time.monotonic()
    env.ref("mail_delivery.ir_cron_deliver").method_direct_trigger()
    whole = time.monotonic() - start
    env.cr.commit()
    if len(healthy.taken) != HEALTHY * EACH:
        sys.exit(f"{len(healthy.taken)} of {HEALTHY * EACH} mails left")
    return max(healthy.taken) - start, whole


def _make_account(env: Any, name: str, server: Counting, count: int) -> None:
    sender = f"{name}@example.com"
    env["ir.mail_server"].create(
        {
            "name": name,
            "smtp_host": "127.0.0.1",
            "smtp_port": server.server_address[1],
            "from_filter": sender,
        }
    )
    env["mail.mail"].create(
        [
            {
                "subject": f"Quote {i}",
                "body_html": "<p>Dear customer</p>",
                "email_from": sender,
                "email_to": f"guest{i}@example.com",
            }
            for i in range(count)
        ]
    )


if __name__ == "__main__":
    main()
