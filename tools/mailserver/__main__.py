"""``python -m tools.mailserver``: serve until SIGTERM."""

import argparse
import asyncio
import json
import signal
import ssl
import sys
import threading
from pathlib import Path

from tools.mailserver.certificates import ensure_certificates
from tools.mailserver.inbox import InboxServer
from tools.mailserver.smtp import smtp_factory
from tools.mailserver.store import Store

HOST = "127.0.0.1"
NAMES = ["localhost", HOST]


class PortTaken(Exception):
    """Another program listens on a port of ours."""


async def serve(options: argparse.Namespace) -> None:
    """Listen on the three ports until told to stop.

    :param argparse.Namespace options: of the command line
    :raises PortTaken: naming the port and the variable that changes it
    """
    certificates = options.state / "certificates"
    ensure_certificates(certificates, NAMES)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(
        certificates / "server.pem", certificates / "server-key.pem"
    )
    passwords = {
        login.lower(): password
        for login, password in json.loads(options.users.read_text()).items()
    }
    store = Store(options.state / "mail")
    loop = asyncio.get_running_loop()
    servers = []
    for port, variable, starttls, tls in (
        (options.smtp_port, "SMTP_PORT", context, None),
        (options.smtps_port, "SMTPS_PORT", None, context),
    ):
        factory = smtp_factory(store, passwords, NAMES[0], starttls)
        try:
            servers.append(await loop.create_server(factory, HOST, port, ssl=tls))
        except OSError as error:
            raise PortTaken(_taken(port, variable)) from error
    try:
        inbox = InboxServer((HOST, options.inbox_port), store)
    except OSError as error:
        raise PortTaken(_taken(options.inbox_port, "INBOX_PORT")) from error
    threading.Thread(target=inbox.serve_forever, daemon=True).start()

    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    ports = [s.sockets[0].getsockname()[1] for s in servers]
    sys.stdout.write(
        f"ready: SMTP {ports[0]} (STARTTLS), {ports[1]} (TLS), "
        f"inbox http://{HOST}:{inbox.server_port}\n"
    )
    sys.stdout.flush()
    await stopped.wait()
    inbox.shutdown()
    for server in servers:
        server.close()


def _taken(port: int, variable: str) -> str:
    return f"port {port} is taken: stop what listens there, or set {variable}"


def main() -> int:
    """Parse the command line and serve.

    :returns: the exit code
    """
    parser = argparse.ArgumentParser(prog="python -m tools.mailserver")
    parser.add_argument("--state", type=Path, required=True, help="folder")
    parser.add_argument("--users", type=Path, required=True, help="{login: password}")
    parser.add_argument("--smtp-port", type=int, default=1025, help="STARTTLS")
    parser.add_argument("--smtps-port", type=int, default=1465, help="implicit TLS")
    parser.add_argument("--inbox-port", type=int, default=8025, help="page and API")
    try:
        asyncio.run(serve(parser.parse_args()))
    except PortTaken as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
