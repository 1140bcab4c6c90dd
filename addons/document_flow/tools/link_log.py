"""Keys of links stay out of the server's log.

>>> masked("GET /d/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4/pdf HTTP/1.1")
'GET /d/…/pdf HTTP/1.1'
>>> masked("/my/quotes/7?access_token=0d1f&x=1")
'/my/quotes/7?access_token=…&x=1'
>>> masked("GET /th/%64%2Fsecret/x HTTP/1.1"), masked("GET /d//secret HTTP/1.1")
('GET /th/%64%2F…/x HTTP/1.1', 'GET /d//… HTTP/1.1')
"""

import logging
import re

# Slashes and the letter may come encoded, and more than one slash: it opens all the
# same.
KEYS = re.compile(
    r"((?:/|%2f)(?:d|%64)(?:/|%2f)+|access_token=)[^/?&\s\"']+", re.IGNORECASE
)
# Each request, in Odoo's threaded and multi-process servers; what fails; and the
# threads of a server that is asked what it does.
LOGGERS = ("werkzeug", "odoo.http", "odoo.tools.misc")


def masked(text: str) -> str:
    """A line of a log without keys."""
    return KEYS.sub(r"\1…", text)


def has_key(text: str) -> bool:
    """Whether an address opens a page by its key.

    >>> has_key("/d/x"), has_key("/my/quotes/7?access_token=x"), has_key("/my/d")
    (True, True, False)
    """
    return bool(KEYS.search(text))


class KeyFilter(logging.Filter):
    """Takes the keys out of each record that passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Masks the text and what is filled into it; lets every record pass."""
        if isinstance(record.msg, str):
            record.msg = masked(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(
                masked(arg) if isinstance(arg, str) else arg for arg in record.args
            )
        return True


FILTER = KeyFilter()


def install() -> None:
    """Filter the loggers that write addresses; a second call changes nothing."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(FILTER)
