"""Who sends a mail, as the rest of the system sees it. No ORM."""

from dataclasses import dataclass

OWN, RELAY, BLOCK = "own", "relay", "block"


@dataclass(frozen=True)
class MailSender:
    """The sender of a user's mails at this moment.

    >>> MailSender(True, "ok", "Nikki", "nikki@example.com", "smtp.example.com",
    ...     OWN, "Nikki <nikki@example.com>", "Nikki <nikki@example.com>",
    ...     via="via smtp.example.com, verified").line
    'Nikki <nikki@example.com> via smtp.example.com, verified'
    >>> MailSender(False, "none", "Nikki", "nikki@example.com", "", BLOCK,
    ...     reason="Set up your mailbox first.").line
    'Set up your mailbox first.'
    """

    ready: bool  # their own account works
    state: str  # none, untested, ok or error
    name: str
    email: str  # the address in From
    host: str  # of the server that sends; empty when the relay comes from elsewhere
    policy: str  # own: their account · relay: the company's server · block: nothing
    from_header: str = ""
    reply_to: str = ""
    reason: str = ""  # when not ready: a sentence for that user
    via: str = ""  # when somebody sends: the way it takes, in that user's language

    @property
    def line(self) -> str:
        """One line with the sender, for a wizard."""
        if self.policy == BLOCK:
            return self.reason
        return f"{self.name} <{self.email}> {self.via}"
