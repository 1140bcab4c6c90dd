"""How long something may take. Monotonic: no clock jump can stretch it. No ORM."""

import time
from dataclasses import dataclass


@dataclass
class Deadline:
    """When this has to end.

    :param float seconds: from now
    :param bool hurried: the time is so short that a server that does not answer within
        it is not to blame

    >>> Deadline(60).over(), Deadline(0).over()
    (False, True)
    """

    seconds: float
    hurried: bool = False

    def __post_init__(self) -> None:
        self.end = time.monotonic() + self.seconds

    def left(self) -> float:
        return self.end - time.monotonic()

    def over(self) -> bool:
        return self.left() <= 0
