"""How many recipients well-known providers let an account serve. No ORM."""

from collections.abc import Iterable, Mapping

MINUTE = 60  # seconds
DAY = 24 * 3600  # seconds; providers count a rolling day
# Reasons of a delivery that waits for a limit.
MINUTE_LIMIT, DAY_LIMIT = "minute_limit", "day_limit"
FREE_GMAIL = ("gmail.com", "googlemail.com")
# (recipients, seconds), as the providers' own pages state them
GMAIL = ((500, DAY),)
WORKSPACE = ((2000, DAY),)
MICROSOFT = ((30, MINUTE), (10000, DAY))


def provider_limits(
    host: str | None, address: str | None
) -> tuple[tuple[int, int], ...] | None:
    """The provider's limits, or None for a server that we do not know.

    :param str host: of the mail server
    :param str address: whose account it is

    >>> provider_limits("smtp.gmail.com", "nikki@gmail.com")
    ((500, 86400),)
    >>> provider_limits("SMTP.gmail.com", "nikki@example.com")
    ((2000, 86400),)
    >>> provider_limits("smtp.office365.com", "nikki@example.com")
    ((30, 60), (10000, 86400))
    >>> provider_limits("mail.example.com", "nikki@example.com")
    """
    host = (host or "").lower().rstrip(".")
    domain = (address or "").rpartition("@")[2].lower()
    if host == "smtp.gmail.com":
        return GMAIL if domain in FREE_GMAIL else WORKSPACE
    if host in ("smtp.office365.com", "smtp-mail.outlook.com"):
        return MICROSOFT
    return None


def seconds_until_last(
    count: int, ahead: Mapping[int, int], limits: Iterable[tuple[int, int]]
) -> int:
    """Seconds until the last of so many recipients is sent.

    :param int count: recipients to serve
    :param dict ahead: by window, recipients that used it up or wait before these
    :param limits: ``[(recipients, seconds)]``

    >>> seconds_until_last(60, {60: 0}, [(30, 60)])
    60
    >>> seconds_until_last(30, {60: 0, 86400: 490}, [(30, 60), (500, 86400)])
    86400
    >>> seconds_until_last(5, {60: 0}, [(30, 60)]), seconds_until_last(9, {}, [])
    (0, 0)
    """
    return max(
        (
            (ahead[window] + count - 1) // allowed * window
            for allowed, window in limits
            if count
        ),
        default=0,
    )
