"""Streams of a PDF whose length is beyond doubt.

A stream whose last byte is a carriage return and that is followed by a line feed seems
to be one byte shorter than it says, which PDF/A forbids: one stream in 256.
"""

from typing import Any

import pydyf

END = b"\nendstream"


def _with_a_clear_end(original: property) -> property:
    def data(stream: Any) -> bytes:
        content: bytes = original.fget(stream)  # type: ignore[misc]
        if content.endswith(b"\r" + END):
            return content.removesuffix(END) + b"\r" + END
        return content

    return property(data)


def mend() -> None:
    """Have every stream that is written from now on end clearly."""
    pydyf.Stream.data = _with_a_clear_end(pydyf.Stream.data)
