"""Who watches over a conversation with a mail server: where it stands, and that it ends
in time. No ORM."""

import contextlib
import smtplib
import socket
import threading
from typing import Any, Self

# Where a conversation stands, in their order.
CONNECTION, GREETING, HELLO, ENCRYPTION, LOGIN, SENDER, MAIL = (
    *("connection", "greeting", "hello", "encryption"),
    *("login", "sender", "mail"),
)
# Other lines belong to the step before, as the parts of a log-in do.
BEGINS = {
    "EHLO": HELLO,
    "HELO": HELLO,
    "STARTTLS": ENCRYPTION,
    "AUTH": LOGIN,
    "MAIL": SENDER,
    "RCPT": SENDER,
    "DATA": MAIL,
}


class NoAnswer(smtplib.SMTPServerDisconnected):
    """A server that did not answer in time, and at which step."""

    def __init__(self, step: str) -> None:
        # as smtplib says it of every step
        super().__init__("Connection unexpectedly closed: timed out")
        self.step = step


class Watch:
    """Knows the step of a conversation; as a context, ends it after so many seconds,
    whatever it waits for then: a server that sends a byte now and then never exceeds
    the timeout of a socket.

    :param float seconds: for the whole

    >>> ours, theirs = socket.socketpair()
    >>> with Watch(0.05) as watch:
    ...     watch.follow(ours)
    ...     watch.note_command("auth")
    ...     ours.recv(1), watch.rang, watch.step
    (b'', True, 'login')
    >>> ours.close(), theirs.close()
    (None, None)
    """

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds
        self.step, self.rang = CONNECTION, False
        self._line: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        self._timer = threading.Timer(self.seconds, self._ring)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        if self._timer:
            self._timer.cancel()
        with self._lock:
            if self._line:
                self._line.close()

    def follow(self, line: socket.socket) -> None:
        """The connection stands.

        :raises TimeoutError: too late
        """
        self.step = GREETING
        if not self._timer:
            return  # nobody ends it
        with self._lock:
            if self.rang:
                line.close()
                raise TimeoutError("timed out")
            # of its own: TLS takes the other one over
            self._line = line.dup()

    def note_command(self, command: str) -> None:
        self.step = BEGINS.get(command.upper(), self.step)

    def cause(self, error: BaseException) -> BaseException:
        """What an error means: a line that was ended here looks like one that the
        server closed.
        """
        is_answer = isinstance(error, smtplib.SMTPResponseException)
        if self.rang and self._line and not is_answer:
            return NoAnswer(self.step)
        return error

    def _ring(self) -> None:
        with self._lock:
            self.rang = True
            if self._line:
                with contextlib.suppress(OSError):  # it has ended already
                    self._line.shutdown(socket.SHUT_RDWR)
