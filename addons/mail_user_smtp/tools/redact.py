"""Keeping passwords out of the debug log of remote calls. No ORM."""

import logging
import re

SECRETS = "smtp_password|smtp_pass|password"  # the last one of fetchmail.server
# 'smtp_password': 'text' as Python writes a dictionary, whatever quotes it takes
ARGUMENT = re.compile(
    rf"""(['"](?:{SECRETS})['"]\s*:\s*)('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
)


def redact(text: str) -> str:
    """
    >>> redact("write({'smtp_password': 'it\\\\'s me', 'smtp_port': 587})")
    "write({'smtp_password': '***', 'smtp_port': 587})"
    """
    return ARGUMENT.sub(r"\1'***'", text)


class RedactCalls(logging.Filter):
    """Core logs the arguments of every remote call at level DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        return True


def install() -> None:
    """Filter the logger of remote calls, once."""
    logger = logging.getLogger("odoo.service.model")
    if not any(isinstance(known, RedactCalls) for known in logger.filters):
        logger.addFilter(RedactCalls())
