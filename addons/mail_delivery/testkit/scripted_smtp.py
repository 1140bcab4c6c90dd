"""An SMTP server on a real socket that answers as a test tells it to.

::

    with ScriptedSMTP(users={"nikki": "secret"}) as server:
        server.reply("RCPT", to="gone@example.com", with_=(550, "5.1.1 no such user"))
        server.drop("BODY", to="far@example.com", times=1)
        ...                                     # send through 127.0.0.1:server.port
        assert server.copies() == {"a@example.com": 1}

Stages, in the order of a session: ``CONNECT`` (the greeting), ``EHLO``, ``STARTTLS``,
``AUTH``, ``MAIL``, ``RCPT``, ``DATA`` (the command, normally 354), ``BODY`` (after the
final dot), ``RSET``, ``QUIT``. The first instruction that fits a moment and is not used
up is followed. A message counts as received when the server answers the body with a
2xx, or when it keeps it and drops the line before answering.
"""

import base64
import contextlib
import email
import email.policy
import itertools
import socket
import socketserver
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

DEFAULTS = {
    "CONNECT": (220, "scripted.test ESMTP"),
    "STARTTLS": (220, "2.0.0 go ahead"),
    "AUTH": (235, "2.7.0 accepted"),
    "MAIL": (250, "2.1.0 sender ok"),
    "RCPT": (250, "2.1.5 recipient ok"),
    "DATA": (354, "go ahead"),
    "BODY": (250, "2.0.0 queued"),
    "RSET": (250, "2.0.0 reset"),
    "QUIT": (221, "2.0.0 bye"),
}
READ_TIMEOUT = 30  # seconds; a test that hangs must end


@dataclass
class Received:
    """One message as the server took it."""

    sender: str
    recipients: list[str]
    content: bytes
    login: str = ""
    tls: bool = False
    session: int = 0
    message: Any = field(init=False)

    def __post_init__(self) -> None:
        self.message = email.message_from_bytes(
            self.content, policy=email.policy.default
        )

    @property
    def attachments(self) -> dict[str, bytes]:
        """``{file name: bytes}``"""
        return {
            part.get_filename(): part.get_payload(decode=True)
            for part in self.message.iter_attachments()
        }


@dataclass
class Instruction:
    """What to do at one stage, for whom, and how often."""

    stage: str
    to: str | None = None
    sender: str | None = None
    times: int | None = None
    code: int | None = None
    text: str = ""
    delay: float = 0
    drop: bool = False
    keep: bool = False
    raw: bytes | None = None
    call: "Callable[[Session], object] | None" = None

    def fits(self, stage: str, session: "Session") -> bool:
        if stage != self.stage or self.times == 0:
            return False
        if self.sender and self.sender != session.sender:
            return False
        return not self.to or self.to in session.recipients


class Dropped(Exception):
    """The session ends here, without an answer."""


class ScriptedSMTP:
    """See the module.

    :param dict users: ``{login: password}``; AUTH is required when given
    :param str tls: None, "starttls" or "implicit"
    :param Certificates certificates: needed with ``tls``
    """

    def __init__(
        self,
        users: dict[str, str] | None = None,
        tls: str | None = None,
        certificates: Any = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.users = dict(users or {})
        self.tls = tls
        self.certificates = certificates
        self.host = host
        self.messages: list[Received] = []
        self.logins: Counter[str] = Counter()
        self.log: list[tuple[str, int, list[str]]] = []
        self._instructions: list[Instruction] = []
        self._lock = threading.RLock()
        self._sessions = itertools.count(1)
        self._live: set[socket.socket] = set()
        self._server: Any = None

    # ------------------------------------------------------------
    # LIFE
    # ------------------------------------------------------------

    def start(self) -> "ScriptedSMTP":
        """Listen on a free port of ``host``."""
        script = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = READ_TIMEOUT

            def handle(self) -> None:
                Session(script, self).run()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                # a client that went away is part of the game
                pass

        self._server = Server((self.host, 0), Handler)
        thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        thread.start()
        return self

    def stop(self) -> None:
        """Stop listening and end all sessions."""
        self._server.shutdown()
        self._server.server_close()
        with self._lock:
            live = list(self._live)
        for connection in live:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> "ScriptedSMTP":
        return self.start()

    def __exit__(self, *exc: Any) -> None:
        self.stop()

    @property
    def port(self) -> int:
        port: int = self._server.server_address[1]
        return port

    @property
    def sessions(self) -> int:
        """How many connections were made."""
        return self.log_of("CONNECT")

    def log_of(self, stage: str) -> int:
        """How often a client got to this stage."""
        with self._lock:
            return sum(1 for entry in self.log if entry[0] == stage)

    def tls_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(
            self.certificates.certificate_file, self.certificates.key_file
        )
        return context

    # ------------------------------------------------------------
    # SCRIPT
    # ------------------------------------------------------------

    def reply(self, stage: str, with_: tuple[int, str], **when: Any) -> Instruction:
        """Answer ``with_`` = ``(code, text)`` at this stage.

        :param when: ``to``: only when this address is among the recipients so far;
            ``sender``; ``times``: only so often, then as usual. So for all instructions
        """
        code, text = with_
        return self._add(stage, code=code, text=text, **when)

    def drop(self, stage: str, keep: bool = False, **when: Any) -> Instruction:
        """Close the connection instead of answering.

        :param bool keep: at BODY: keep the message all the same, as a server that
            dies between taking a message and saying so
        """
        return self._add(stage, drop=True, keep=keep, **when)

    def delay(self, stage: str, seconds: float, **when: Any) -> Instruction:
        """Answer as usual, but late."""
        return self._add(stage, delay=seconds, **when)

    def say(
        self, stage: str, raw: bytes, drop: bool = False, **when: Any
    ) -> Instruction:
        """Send these bytes instead of an answer: nonsense, half a line, two lines.

        :param bytes raw: empty: say nothing and keep the line open
        :param bool drop: close the connection then
        """
        return self._add(stage, raw=raw, drop=drop, **when)

    def on(
        self, stage: str, call: "Callable[[Session], object]", **when: Any
    ) -> Instruction:
        """Call ``call(session)`` in the server's thread before the usual answer."""
        return self._add(stage, call=call, **when)

    def forget(self) -> None:
        """Drop the script, keep what was received."""
        with self._lock:
            self._instructions.clear()

    def _add(self, stage: str, **what: Any) -> Instruction:
        instruction = Instruction(stage, **what)
        with self._lock:
            self._instructions.append(instruction)
        return instruction

    def instruction(self, stage: str, session: "Session") -> Instruction:
        """The instruction for this moment, used up by one."""
        with self._lock:
            self.log.append((stage, session.number, list(session.recipients)))
            for instruction in self._instructions:
                if instruction.fits(stage, session):
                    if instruction.times is not None:
                        instruction.times -= 1
                    return instruction
        return Instruction(stage)

    # ------------------------------------------------------------
    # WHAT ARRIVED
    # ------------------------------------------------------------

    def keep(self, session: "Session") -> None:
        """Count the message of a session as received."""
        with self._lock:
            self.messages.append(
                Received(
                    sender=session.sender,
                    recipients=list(session.recipients),
                    content=session.content,
                    login=session.login,
                    tls=session.secured,
                    session=session.number,
                )
            )

    def copies(self) -> dict[str, int]:
        """How many copies each address got: ``{address: number}``."""
        with self._lock:
            return dict(Counter(to for m in self.messages for to in m.recipients))

    def message_to(self, address: str) -> Received:
        """The only message that this address got."""
        with self._lock:
            (found,) = [m for m in self.messages if address in m.recipients]
        return found

    def wait_for(
        self, condition: "Callable[[ScriptedSMTP], object]", seconds: float = 10
    ) -> None:
        """Wait until ``condition(server)`` holds; raise if it never does."""
        end = time.monotonic() + seconds
        while not condition(self):
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s; log: {self.log}")
            time.sleep(0.02)


class Session:
    """One connection."""

    def __init__(self, script: ScriptedSMTP, handler: Any) -> None:
        self.script = script
        self.connection: Any = handler.connection
        self.reader: Any = handler.rfile
        self.number = next(script._sessions)
        self.sender = ""
        self.recipients: list[str] = []
        self.content = b""
        self.login = ""
        self.secured = False

    def _converse(self) -> None:
        if self.script.tls == "implicit":
            self._secure()
        self._answer("CONNECT")
        while line := self.reader.readline():
            if not self._handle(line.decode("utf-8", "replace").strip()):
                break

    def run(self) -> None:
        with self.script._lock:
            self.script._live.add(self.connection)
        try:
            # a client that goes away is what many tests are about
            with contextlib.suppress(Dropped, OSError):
                self._converse()
        finally:
            with self.script._lock:
                self.script._live.discard(self.connection)
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            self.connection.close()

    def _secure(self) -> None:
        context = self.script.tls_context()
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.reader = self.connection.makefile("rb")
        self.secured = True

    def _handle(self, line: str) -> bool:
        verb = line.partition(" ")[0].upper()
        method = getattr(self, f"_on_{verb.lower()}", None)
        if method is None:
            self._write(502, "5.5.2 what?")
            return True
        return method(line) is not False

    def _answer(self, stage: str) -> bool:
        """Follow the script.

        :returns: whether the answer was a yes
        """
        todo = self.script.instruction(stage, self)
        if todo.call:
            todo.call(self)
        if todo.delay:
            time.sleep(todo.delay)
        if todo.raw is not None:
            self.connection.sendall(todo.raw)
            if not todo.drop:
                # 354 and the like: what follows is what the client makes of it
                return todo.raw[:1] in b"23"
        if todo.drop:
            if todo.keep:
                self.script.keep(self)
            raise Dropped()
        return self._reply(stage, todo)

    def _reply(self, stage: str, todo: Instruction) -> bool:
        code, text = DEFAULTS[stage]
        if todo.code is not None:
            code, text = todo.code, todo.text
        if stage == "BODY" and 200 <= code < 300:
            self.script.keep(self)
        self._write(code, text)
        if code == 421:
            raise Dropped()
        return 200 <= code < 400

    def _write(self, code: int, *lines: str) -> None:
        out = [
            f"{code}{' ' if number == len(lines) - 1 else '-'}{line}\r\n"
            for number, line in enumerate(lines)
        ]
        self.connection.sendall("".join(out).encode())

    def _on_ehlo(self, _line: str) -> None:
        todo = self.script.instruction("EHLO", self)
        if todo.raw is not None:
            self.connection.sendall(todo.raw)
            return
        if todo.drop:
            raise Dropped()
        if todo.code is not None:
            self._write(todo.code, todo.text)
            return
        offers = ["scripted.test", "SIZE 30000000", "8BITMIME"]
        if self.script.tls == "starttls" and not self.secured:
            offers.append("STARTTLS")
        if self.script.users:
            offers.append("AUTH PLAIN LOGIN")
        self._write(250, *offers)

    _on_helo = _on_ehlo

    def _on_starttls(self, _line: str) -> None:
        if self._answer("STARTTLS"):
            self._secure()

    def _on_auth(self, line: str) -> None:
        parts = line.split()
        if parts[1].upper() == "PLAIN":
            token = parts[2] if len(parts) > 2 else self._prompt("")
            _zone, login, password = self._decode(token).split("\0")
        else:
            token = parts[2] if len(parts) > 2 else self._prompt("VXNlcm5hbWU6")
            login = self._decode(token)
            password = self._decode(self._prompt("UGFzc3dvcmQ6"))
        if self.script.users.get(login) != password:
            self._write(535, "5.7.8 wrong login or password")
        elif self._answer("AUTH"):
            self.login = login
            with self.script._lock:
                self.script.logins[login] += 1

    def _prompt(self, text: str) -> str:
        self._write(334, text)
        line: bytes = self.reader.readline()
        return line.decode().strip()

    def _decode(self, token: str) -> str:
        return base64.b64decode(token).decode()

    def _on_mail(self, line: str) -> None:
        if self.script.users and not self.login:
            self._write(530, "5.7.0 authentication required")
            return
        self.sender, self.recipients = self._address(line), []
        self._answer("MAIL")

    def _on_rcpt(self, line: str) -> None:
        self.recipients.append(self._address(line))
        if not self._answer("RCPT"):
            self.recipients.pop()

    def _address(self, line: str) -> str:
        return line.partition("<")[2].partition(">")[0]

    def _on_data(self, _line: str) -> None:
        if not self._answer("DATA"):
            return
        lines = []
        while (line := self.reader.readline()) != b".\r\n":
            if not line:
                raise Dropped()
            lines.append(line[1:] if line.startswith(b".") else line)
        self.content = b"".join(lines)
        self._answer("BODY")

    def _on_rset(self, _line: str) -> None:
        self.sender, self.recipients = "", []
        self._answer("RSET")

    def _on_noop(self, _line: str) -> None:
        self._write(250, "2.0.0 ok")

    def _on_quit(self, _line: str) -> bool:
        self._answer("QUIT")
        return False
