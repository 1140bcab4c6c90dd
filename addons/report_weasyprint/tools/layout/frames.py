"""What goes over the socket between a process that prints and its child.

A frame is the length of its head, the head (JSON) and its parts (bytes, whose lengths
the head names). Nothing that is read is executed: no pickle, in either direction.
"""

import json
import socket
import struct
import time
from typing import Any

LENGTH = struct.Struct("!I")
MAX_HEAD = 1024 * 1024
MAX_PARTS = 512 * 1024 * 1024
CHUNK = 1024 * 1024


class Closed(Exception):
    """The other side has gone."""


def send(
    connection: socket.socket,
    head: dict[str, Any],
    parts: tuple[bytes, ...] = (),
    until: float | None = None,
) -> None:
    """Write one frame.

    :param until: as :func:`receive` has it
    :raises TimeoutError: it was not taken in time
    :raises Closed: nobody is there to take it
    """
    text = json.dumps({**head, "parts": [len(part) for part in parts]}).encode()
    try:
        for piece in (LENGTH.pack(len(text)) + text, *parts):
            view = memoryview(piece)
            while view:
                connection.settimeout(_left(until))
                view = view[connection.send(view[:CHUNK]) :]
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Closed from error


def receive(
    connection: socket.socket, until: float | None = None
) -> tuple[dict[str, Any], list[bytes]]:
    """Read one frame.

    :param until: a point of ``time.monotonic``; None waits for ever
    :returns: the head and its parts
    :raises TimeoutError: it did not come in time
    :raises Closed: the other side went first
    :raises ValueError: this is no frame
    """
    (length,) = LENGTH.unpack(_read(connection, LENGTH.size, until))
    if length > MAX_HEAD:
        raise ValueError("no frame")
    head = json.loads(_read(connection, length, until))
    lengths = head.pop("parts")
    if sum(lengths) > MAX_PARTS:
        raise ValueError("no frame")
    return head, [_read(connection, size, until) for size in lengths]


def _read(connection: socket.socket, size: int, until: float | None) -> bytes:
    content = bytearray(size)
    view, at = memoryview(content), 0
    while at < size:
        connection.settimeout(_left(until))
        try:
            count = connection.recv_into(view[at : at + CHUNK])
        except ConnectionResetError as error:
            raise Closed from error
        if not count:
            raise Closed
        at += count
    return bytes(content)


def _left(until: float | None) -> float | None:
    if until is None:
        return None
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
