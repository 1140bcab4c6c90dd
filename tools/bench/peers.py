"""What a colleague waits for a list while others wait for slow things.

On two processes. Five people ask for something that takes long, each again as soon as
it is there, and a colleague opens a list every fifth of a second. The ratio is the 95th
percentile of that list meanwhile to that before, in the same run. Slow are, one after
the other: a mail server that accepts and never greets, a time-stamp service likewise,
the layout of long documents, and exports.
"""

import http.client
import json
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from tools.errors import SetupError
from tools.main_job import Client
from tools.settings import HOST
from tools.stack import Stack

SECONDS = 20  # for which the list is asked for, before and meanwhile
PAUSE = 0.2
PEOPLE = ("norbert", "pom", "nikki.h", "keith", "production")
PASSWORD = "demo"
LINES, LETTERS = 120, 150  # of a long quote: within the limits of printing
DOCUMENTS = 60  # of each person
EXPORTED = ["name", "model_id/name", "field_description", "modules", "ttype", "help"]
REPORT = "/report/pdf/bmasia_crm.report_quote/"


@dataclass
class Kind:
    """Something slow, and how it went."""

    name: str
    before: list[float] = field(default_factory=list)
    meanwhile: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def line(self) -> str:
        """A row of the table."""
        before, meanwhile = percentile(self.before), percentile(self.meanwhile)
        slow = statistics.median(self.slow or [0])
        return (
            f"  {self.name:<20}{len(self.slow):5}{slow:8.1f} s"
            f"{before * 1000:9.0f} ms{meanwhile * 1000:9.0f} ms"
            f"{max(self.meanwhile) * 1000:9.0f} ms{meanwhile / before:7.1f}"
        )


def percentile(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def table(kinds: list[Kind]) -> list[str]:
    """The lines to print."""
    return [
        f"\nA list while {len(PEOPLE)} people wait for something slow, two processes",
        f"  {'slow':<20}{'asked':>5}{'median':>10}{'before':>12}{'p95':>12}"
        f"{'longest':>12}{'ratio':>7}",
        *(kind.line() for kind in kinds),
        *(
            f"  {k.name}: {len(k.failed)} failed: {k.failed[0]}"
            for k in kinds
            if k.failed
        ),
    ]


class Bench:
    """The running demo, and who works in it.

    :param tools.stack.Stack stack: which serves
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        keys = json.loads(stack.api_keys_file.read_text())
        self.clients = {
            login.partition("@")[0]: Client(stack.settings.odoo_url, key)
            for login, key in keys.items()
        }
        self.admin = self.clients["admin"]

    def measure(self) -> list[Kind]:
        """Each kind in its turn."""
        return [
            self._kind("mail server", self._sends(), self._hung_mail_server()),
            self._kind("time-stamp service", self._seals(), self._hung_timestamps()),
            self._kind("layout", self._prints()),
            self._kind("export", self._exports()),
        ]

    def _kind(
        self,
        name: str,
        slow: list[Callable[[], object]],
        broken: AbstractContextManager[None] | None = None,
    ) -> Kind:
        kind = Kind(name)
        kind.before = self._lists()
        with broken or nullcontext(), self._busy(kind, slow):
            kind.meanwhile = self._lists()
        return kind

    @contextmanager
    def _busy(self, kind: Kind, slow: list[Callable[[], object]]) -> Iterator[None]:
        end = threading.Event()

        def work(call: Callable[[], object]) -> None:
            while not end.is_set():
                start = time.monotonic()
                try:
                    call()
                except (SetupError, OSError, StopIteration) as error:
                    kind.failed.append(str(error))
                    time.sleep(PAUSE)
                else:
                    kind.slow.append(time.monotonic() - start)

        threads = [threading.Thread(target=work, args=(call,)) for call in slow]
        for thread in threads:
            thread.start()
        time.sleep(5)  # until all of them are at it
        try:
            yield
        finally:
            end.set()
            for thread in threads:
                thread.join()

    def _lists(self) -> list[float]:
        taken, until = [], time.monotonic() + SECONDS
        while time.monotonic() < until:
            start = time.monotonic()
            self.admin.call(
                "bmasia.quote", "search_read", domain=[], fields=["name"], limit=80
            )
            taken.append(time.monotonic() - start)
            time.sleep(PAUSE)
        return taken

    # -- what is slow --------------------------------------------------------------

    def _quotes(self, login: str, count: int, lines: int = 1) -> list[int]:
        client = self.clients[login]
        [company] = client.call(
            "bmasia.company", "create", vals_list=[{"name": f"Slow {login}"}]
        )
        [read] = client.call("bmasia.company", "read", [company], fields=["partner_id"])
        contact = {
            "name": f"Slow {login}",
            "email": f"slow-{login}@example.com",
            "parent_id": read["partner_id"][0],
            "contact_type": "primary",
        }
        client.call("res.partner", "create", vals_list=[contact])
        text = ("Music for the lobby " * LETTERS)[:LETTERS] if lines > 1 else "Music"
        line = [0, 0, {"name": text, "quantity": 1, "unit_price": 1000.0}]
        quote = {"customer_id": company, "line_ids": [line] * lines}
        made: list[int] = client.call(
            "bmasia.quote", "create", vals_list=[quote] * count
        )
        return made

    def _sends(self) -> list[Callable[[], object]]:
        def sender(login: str) -> Callable[[], object]:
            quotes = iter(self._quotes(login, DOCUMENTS))
            client = self.clients[login]
            return lambda: client.call("bmasia.quote", "send_email", [next(quotes)])

        return [sender(login) for login in PEOPLE]

    def _seals(self) -> list[Callable[[], object]]:
        manager = self.clients["norbert"]
        companies = manager.call("res.company", "search", domain=[])

        def sealer(company: int) -> Callable[[], object]:
            return lambda: manager.call("res.company", "action_try_seal", [company])

        return [sealer(companies[n % len(companies)]) for n in range(len(PEOPLE))]

    def _prints(self) -> list[Callable[[], object]]:
        def reader(login: str) -> Callable[[], object]:
            [quote] = self._quotes(login, 1, lines=LINES)
            cookie = self._session(login)
            return lambda: self._get(f"{REPORT}{quote}", cookie)

        return [reader(login) for login in PEOPLE]

    def _exports(self) -> list[Callable[[], object]]:
        ids = self.admin.call("ir.model.fields", "search", domain=[])
        return [
            lambda: self.admin.call(
                "ir.model.fields", "export_data", ids, fields_to_export=EXPORTED
            )
        ] * len(PEOPLE)

    @contextmanager
    def _hung_mail_server(self) -> Iterator[None]:
        """The kernel goes on taking connections for it."""
        server = self.stack.processes["mailserver"]
        server.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            server.send_signal(signal.SIGCONT)

    @contextmanager
    def _hung_timestamps(self) -> Iterator[None]:
        self.admin.call(
            "ir.config_parameter",
            "set_param",
            key="document_sign.internal_hosts",
            value=HOST,
        )
        manager = self.clients["norbert"]
        companies = manager.call("res.company", "search", domain=[])
        with socket.create_server((HOST, 0), backlog=100) as silent:
            url = f"http://{HOST}:{silent.getsockname()[1]}/"
            for company in companies:
                manager.call("res.company", "action_make_own_seal", [company])
            values = {"timestamp_url": url}
            manager.call("res.company", "write", companies, vals=values)
            yield

    # -- pages ---------------------------------------------------------------------

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(HOST, self.stack.settings.odoo_port)

    def _session(self, login: str) -> str:
        connection = self._connection()
        parameters = {
            "db": self.stack.settings.database,
            "login": f"{login}@bmasiamusic.com",
            "password": PASSWORD,
        }
        body = json.dumps({"jsonrpc": "2.0", "params": parameters})
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/web/session/authenticate", body, headers)
        cookie = connection.getresponse().headers["Set-Cookie"]
        connection.close()
        return cookie.partition(";")[0]

    def _get(self, path: str, cookie: str) -> None:
        connection = self._connection()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status != 200 or not content.startswith(b"%PDF"):
            raise SetupError(f"{path} answered {answer.status}", "See the log.")


@contextmanager
def serving(stack: Stack) -> Iterator[Stack]:
    """The demo on two processes, while it lasts."""
    try:
        stack.start()
        stack.stop_odoo()
        file = stack.state / "odoo.conf"
        file.write_text(file.read_text().replace("workers = 0", "workers = 2"))
        stack.start_odoo()
        yield stack
    finally:
        stack.stop()
