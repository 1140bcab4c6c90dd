"""Asking a time-stamp service (RFC 3161) for a token. No ORM.

A manager types the address of the service, so it is a way to make this server connect
somewhere (SSRF): the addresses behind the name are looked at first, as for mail
servers, and the connection goes to the address that was looked at.
"""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from odoo.addons.mail_user_smtp.tools import guard
from odoo.addons.mail_user_smtp.tools.in_time import in_time

PORTS = {"http": 80, "https": 443}
TIMEOUT = 4  # seconds for one request, whatever it does: a document waits for it
LARGEST_ANSWER = 64_000  # bytes; tokens with all certificates have 8,000
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
LONGEST_URL = 500  # characters

# Why there is no time stamp.
ADDRESS, UNREACHABLE, ANSWER = "address", "unreachable", "answer"


class TimestampError(Exception):
    """No time stamp came; ``reason`` is one of the kinds above."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Service:
    """A time-stamp service.

    :param str url: http or https
    :param frozenset internal: hosts inside the network that the administrator allows
    :param float timeout: seconds
    """

    url: str
    internal: frozenset[str] = field(default=frozenset())
    timeout: float = TIMEOUT

    def ask(self, query: bytes) -> bytes:
        """Send one query.

        :param bytes query: a ``TimeStampReq``
        :returns: the body of the answer
        :raises TimestampError: no answer of the right kind came
        """
        try:
            return in_time(self.timeout, lambda: self._ask(query))
        except TimeoutError as error:
            raise TimestampError(UNREACHABLE, "timeout") from error

    def _ask(self, query: bytes) -> bytes:
        parts = split_url(self.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": QUERY, "Accept": REPLY, "Host": parts.netloc}
        try:
            with self._pool(parts) as pool:
                answer = pool.request(
                    "POST",
                    path,
                    body=query,
                    headers=headers,
                    redirect=False,
                    preload_content=False,
                )
                body = answer.read(LARGEST_ANSWER + 1)
        except (OSError, HTTPError) as error:
            raise TimestampError(UNREACHABLE, str(error)) from error
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        if answer.status != 200 or kind != REPLY or len(body) > LARGEST_ANSWER:
            raise TimestampError(ANSWER, f"{answer.status} {kind}")
        return body

    def _pool(self, parts: SplitResult) -> HTTPConnectionPool:
        """Connections to the address that was looked at."""
        port = parts.port or PORTS[parts.scheme]
        address = self._address(str(parts.hostname), port)
        if parts.scheme == "http":
            return HTTPConnectionPool(
                address, port, timeout=self.timeout, retries=False
            )
        return HTTPSConnectionPool(
            address,
            port,
            timeout=self.timeout,
            retries=False,
            cert_reqs="CERT_REQUIRED",
            # the certificate is that of the name
            server_hostname=parts.hostname,
            assert_hostname=parts.hostname,
        )

    def _address(self, host: str, port: int) -> str:
        # a port says nothing of a web server that lies on the open internet
        allowed = guard.Exceptions(self.internal, frozenset({port}))
        try:
            return guard.checked_addresses(host, port, allowed)[0]
        except guard.TargetRefused as error:
            raise TimestampError(ADDRESS, str(error.target)) from error
        except (OSError, UnicodeError) as error:
            raise TimestampError(UNREACHABLE, str(error)) from error


class Stamper(TimeStamper):
    """What the library that signs asks for a token."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service

    async def async_request_tsa_response(
        self, req: tsp.TimeStampReq
    ) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self.service.ask(req.dump()))

    async def async_timestamp(
        self, message_digest: bytes, md_algorithm: str
    ) -> cms.ContentInfo:
        """
        :raises TimestampError: what came is no token
        """
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise TimestampError(ANSWER, type(error).__name__) from error


def split_url(url: str) -> SplitResult:
    """The parts of a service's address.

    :raises TimestampError: it is none of the web's

    >>> split_url("https://tsa.example.com/tsr").hostname
    'tsa.example.com'
    >>> for url in ("ftp://a.example", "http://", "https://a:b@c.example", "http://[",
    ...             "http://a.example:0", "http://a.example:99999"):
    ...     try:
    ...         split_url(url)
    ...     except TimestampError as error:
    ...         print(error)
    address: ftp://a.example
    address: http://
    address: https://a:b@c.example
    address: http://[
    address: http://a.example:0
    address: http://a.example:99999
    """
    try:
        parts = urlsplit(url)
        is_named = parts.scheme in PORTS and parts.hostname and parts.port != 0
    except ValueError:
        raise TimestampError(ADDRESS, url) from None
    # a name and password in it would stand in the database as plain text
    is_plain = "@" not in parts.netloc and url.isascii() and url.isprintable()
    if not is_named or not is_plain or " " in url or len(url) > LONGEST_URL:
        raise TimestampError(ADDRESS, url)
    return parts
