"""A mail that has been checked and can go out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from markupsafe import Markup

BASE64_LINE = 57  # bytes in a line of 76 characters and its end
HEADERS = 4096  # bytes; heads and boundaries
TEXT_SHARE = 4  # the text travels twice, and letters that are not Latin as three each
NUMBER_TO_COME = "[number]"  # stands in drafts of mails until the number is assigned


@dataclass(frozen=True)
class Letter:
    """Addresses, words, attachments and, if not at once, when it is sent.

    >>> letter = Letter(("a@example.com",), (), "Quote [number]", Markup(""))
    >>> letter.numbered("Q-1").subject
    'Quote Q-1'
    """

    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    body: Markup
    attachment_ids: tuple[int, ...] = ()
    send_at: object = None

    def numbered(self, number: str) -> "Letter":
        """The same, with the number that it was waiting for."""
        return replace(
            self,
            subject=self.subject.replace(NUMBER_TO_COME, number),
            body=self.body.replace(NUMBER_TO_COME, number),
        )


def encoded_size(sizes: Iterable[int | None], body: str | None = "") -> int:
    """How large a mail is as it travels: files grow by more than a third.

    :param sizes: of its files, in bytes
    :param body: its HTML

    >>> encoded_size([57, 58])
    4330
    """
    files = sum(78 * -(-(size or 0) // BASE64_LINE) for size in sizes)
    return files + HEADERS + TEXT_SHARE * len(str(body or "").encode())
