import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is done and how long it took, in ``./run``'s own columns."""
    sys.stdout.write(f"  {text:<46} ")
    sys.stdout.flush()
    start = time.monotonic()
    try:
        yield
    except BaseException:
        sys.stdout.write("failed\n")
        raise
    sys.stdout.write(f"{time.monotonic() - start:.0f} s\n")
    sys.stdout.flush()
