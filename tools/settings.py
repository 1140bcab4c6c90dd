"""Where things are and which ports they listen on: read once from the environment."""

import os
import random
import socket
from dataclasses import dataclass, replace
from pathlib import Path

from tools.errors import SetupError

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# Below the ports of outgoing connections, above those of well-known servers.
SERVER_PORTS = range(20000, 32000)
# One socket for each port that this process chose, see _reserve.
_reserved: list[socket.socket] = []
# Addons that show how one is made; only tests install them.
EXAMPLES = ROOT / "tests" / "addons"
# what the demo installs: our addons, and Odoo's own parts that a bare --init leaves out
MODULES = (
    "bmasia_crm",
    "bmasia_rest",
    "bmasia_portal",
    "bmasia_health",
    "document_sign",
    "api_doc",
    "auth_totp",
    "base_import",
    "google_gmail",
    "microsoft_outlook",
)
# Ours that go with an addon which the demo does not install, with what they and their
# tests need.
FURTHER_MODULES = ("bmasia_payment", "payment_custom", "queue_job", "bmasia_queue")
# where the tests of the CRM and of what goes with it are
OF_THE_CRM = (
    "bmasia_crm",
    "addons/bmasia_health",
    "addons/bmasia_portal",
    "addons/bmasia_rest",
)
OF_FURTHER_MODULES = ("addons/bmasia_payment", "addons/bmasia_queue")
GENERIC_ADDONS = (
    "document_flow",
    "document_sign",
    "encrypted_field",
    "mail_delivery",
    "mail_user_smtp",
    "mail_user_smtp_gmail",
    "mail_user_smtp_outlook",
    "report_weasyprint",
)


@dataclass(frozen=True)
class Settings:
    """One installation: its folder, database and ports (all on 127.0.0.1).

    :param extra_addons: folders with addons of somebody else
    :param workers: processes that answer requests; 0: all in one process
    :param gevent_port: of live updates, where there are workers
    """

    state: Path
    database: str = "bmasia"
    odoo_port: int = 8069
    inbox_port: int = 8025
    smtp_port: int = 1025
    smtps_port: int = 1465
    extra_addons: tuple[Path, ...] = ()
    workers: int = 0
    gevent_port: int = 8072

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the settings that ``./run`` documents.

        :rtype: Settings
        :raises SetupError: a port that is no number between 1 and 65535, a folder
            without addons
        """
        ports = {}
        for field in ("odoo_port", "inbox_port", "smtp_port", "smtps_port"):
            text = os.environ.get(field.upper())
            if not text:
                continue
            if not (text.isdigit() and 0 < int(text) < 65536):
                raise SetupError(
                    f"{field.upper()}={text} is no port number",
                    f"Set {field.upper()} to a number between 1 and 65535.",
                )
            ports[field] = int(text)
        state = Path(os.environ.get("BMASIA_STATE") or ROOT / ".local")
        database = os.environ.get("BMASIA_DATABASE", cls.database)
        return cls(state, database, **ports, extra_addons=_extra_addons())

    def apart(self, name: str) -> "Settings":
        """The same machine, but a folder, a database and ports of its own.

        :param str name: of the sub-folder and the database's suffix
        :rtype: Settings
        """
        ports = free_ports(5)
        return replace(
            self,
            state=self.state / name,
            database=f"bmasia_{name}",
            odoo_port=ports[0],
            inbox_port=ports[1],
            smtp_port=ports[2],
            smtps_port=ports[3],
            gevent_port=ports[4],
            extra_addons=(),
        )

    @property
    def odoo_url(self) -> str:
        return f"http://{HOST}:{self.odoo_port}"

    @property
    def inbox_url(self) -> str:
        return f"http://{HOST}:{self.inbox_port}"


def _extra_addons() -> tuple[Path, ...]:
    """The folders that ``EXTRA_ADDONS`` names.

    :raises SetupError: one of them has no addon in it
    """
    names = os.environ.get("EXTRA_ADDONS", "").split(",")
    folders = [Path(name.strip()).resolve() for name in names if name.strip()]
    for folder in folders:
        if not any(folder.glob("*/__manifest__.py")):
            raise SetupError(
                f"EXTRA_ADDONS: no addon lies in {folder}",
                "Name the folder that the addon's own lies in.",
            )
    return tuple(folders)


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on now, kept for this process until it ends.

    They lie below the range from which Linux gives a port to each outgoing connection
    (``net.ipv4.ip_local_port_range``): a port from that range can be gone again before
    the server that it was chosen for has started.

    :param int count: how many
    :rtype: list[int]
    :raises SetupError: fewer are left
    """
    ports: list[int] = []
    for port in random.sample(SERVER_PORTS, len(SERVER_PORTS)):
        if len(ports) == count:
            break
        if _is_free(port) and _reserve(port):
            ports.append(port)
    if len(ports) < count:
        raise SetupError(
            f"no {count} ports are free between {SERVER_PORTS.start} and "
            f"{SERVER_PORTS.stop - 1}",
            "Stop programs that listen there: ss -ltnp lists them.",
        )
    return ports


def _is_free(port: int) -> bool:
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True


def _reserve(port: int) -> bool:
    """Whether no other process of ours has chosen this port; it is ours from now on.

    The mark is a socket with an abstract name: Linux removes it with the process.
    """
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0bmasia-port-{port}")
    except OSError:
        mark.close()
        return False
    _reserved.append(mark)
    return True


def require_free(port: int, variable: str) -> None:
    """Refuse to start on a port that somebody else has.

    :raises SetupError: naming the variable that moves us elsewhere
    """
    try:
        socket.create_server((HOST, port)).close()
    except OSError as error:
        raise SetupError(
            f"port {port} is taken ({error.strerror})",
            f"Stop what listens there (./run down, if it is an earlier ./run), or "
            f"choose another: {variable}={port + 1} ./run",
        ) from error
