"""A mail that has been checked and can go out."""

from dataclasses import dataclass, replace

from markupsafe import Markup

NUMBER_TO_COME = "[number]"  # stands in drafts of mails until the number is assigned


@dataclass(frozen=True)
class Letter:
    """Addresses, words, further files and, if not at once, when it leaves.

    >>> letter = Letter(("a@example.com",), (), "Quote [number]", Markup(""))
    >>> letter.numbered("Q-1").subject
    'Quote Q-1'
    """

    to: tuple
    cc: tuple
    subject: str
    body: Markup
    attachment_ids: tuple = ()
    send_at: object = None

    def numbered(self, number):
        """The same, with the number that it was waiting for."""
        return replace(
            self,
            subject=self.subject.replace(NUMBER_TO_COME, number),
            body=self.body.replace(NUMBER_TO_COME, number),
        )
