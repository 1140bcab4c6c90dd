"""The mark of a database that was restored from a backup. No ORM."""

from datetime import UTC, datetime

# System parameter: when the backup was made. tools/backup writes it.
HOLD = "mail_delivery.hold"


def time_of_backup(text: str) -> datetime:
    """The time in the parameter, in UTC and without a zone, as Odoo has it. A database
    stays held whatever somebody writes there.

    >>> time_of_backup("2026-11-30T02:00:00+00:00")
    datetime.datetime(2026, 11, 30, 2, 0)
    >>> time_of_backup("2026-11-30 09:00:00+07:00")
    datetime.datetime(2026, 11, 30, 2, 0)
    >>> time_of_backup("2026-11-30T02:00")
    datetime.datetime(2026, 11, 30, 2, 0)
    >>> time_of_backup("yes") > datetime(2026, 1, 1)
    True
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = datetime.now(UTC)
    if when.tzinfo:
        when = when.astimezone(UTC).replace(tzinfo=None)
    return when.replace(microsecond=0)
