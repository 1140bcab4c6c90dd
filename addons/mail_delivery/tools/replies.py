"""What a mail server's answer means for one recipient. No ORM, no sockets.

>>> classify(Reply(250, "2.0.0 OK queued as 4D2")).outcome
<Outcome.SENT: 'sent'>
>>> classify(Reply(452, "4.2.2 mailbox full")).outcome
<Outcome.DEFERRED: 'deferred'>
>>> classify(Reply(550, "5.1.1 no such user")).reason
'no_such_user'
>>> classify(Reply(535, "5.7.8 bad credentials", AUTH)).account
True
"""

import re
from dataclasses import dataclass
from enum import Enum

# The stages of an SMTP session at which a server can answer.
CONNECT, EHLO, STARTTLS, AUTH = "CONNECT", "EHLO", "STARTTLS", "AUTH"
MAIL, RCPT, DATA, BODY = "MAIL", "RCPT", "DATA", "BODY"

LOGIN_CODES = {530, 534, 535, 538}
ENHANCED_CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# A provider that limits the sender says so in words as often as in a code.
SENDER_LIMIT = re.compile(
    r"sending (limit|quota|rate)|(limit|quota|rate) (on|for) sending|submissionquota"
    r"|too many (messages|mails|emails|recipients) (sent|per|from)"
    r"|(daily|hourly) (user )?(sending|message|mail|email) (limit|quota)"
    r"|submission (limit|quota)|outbound (limit|quota)",
    re.IGNORECASE,
)
SPAM = re.compile(r"\bspam\b|blacklist|blocklist|reputation", re.IGNORECASE)
GREYLIST = re.compile(r"gr[ea]y[ -]?list", re.IGNORECASE)

# "subject.detail" of RFC 3463 codes, for either class.
REASONS = {
    "1.0": "no_such_user",
    "1.1": "no_such_user",
    "1.2": "no_such_domain",
    "1.3": "invalid_address",
    "1.6": "no_such_user",
    "1.8": "sender_refused",
    "1.10": "no_such_domain",
    "2.0": "mailbox_disabled",
    "2.1": "mailbox_disabled",
    "2.2": "mailbox_full",
    "2.3": "too_big",
    "3.4": "too_big",
    "4.1": "unreachable",
    "4.4": "unreachable",
    "7.0": "policy",
    "7.1": "policy",
    "7.8": "login",
    "7.9": "login",
    "7.60": "sender_refused",
}


class Outcome(Enum):
    """What became of one recipient; the values are states of ``mail.delivery``."""

    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Reply:
    """One answer of a mail server, and the stage at which it came.

    >>> Reply(550, "5.4.5 Daily user sending limit exceeded").enhanced
    '5.4.5'
    >>> Reply(550, "no").enhanced
    ''
    """

    code: int
    text: str = ""
    stage: str = ""

    @property
    def enhanced(self):
        """The RFC 3463 code in the text, or an empty string."""
        found = ENHANCED_CODE.search(self.text or "")
        return found.group() if found else ""

    @property
    def detail(self):
        """The enhanced code without its class: what happened, final or not."""
        return self.enhanced.partition(".")[2]


@dataclass(frozen=True)
class Verdict:
    """The outcome for a recipient, with all that a log and a person need.

    ``reason`` is a key that ``mail.delivery`` turns into a sentence. ``account``
    says that the answer is about the sender's account: every other mail of that
    account meets the same. ``pause`` is for how many seconds to leave it alone.
    """

    outcome: Outcome
    reason: str = ""
    code: int = 0
    enhanced: str = ""
    text: str = ""
    account: bool = False
    pause: int = 0


# Gmail counts a rolling day and lets capacity return by and by; asking again
# within the hour only prolongs the block.
LIMIT_PAUSE = 3600  # seconds
# Providers lock an account that knocks with a refused password. An hour, and not for
# good: what was wrong may have been put right at the provider's.
LOGIN_PAUSE = 3600  # seconds
SENDER_QUOTA = {"4.5", "1.90"}  # Gmail's, and Microsoft 365's daily recipient limit


def classify(reply):
    """Judge one answer.

    :param Reply reply: what the server said, and when
    :rtype: Verdict

    A code that is no SMTP reply (``-1`` in smtplib) is nonsense: harmless before
    the message was handed over, undecidable after.

    >>> classify(Reply(-1, "garbage", MAIL)).outcome.value
    'deferred'
    >>> classify(Reply(-1, "garbage", BODY)).outcome.value
    'unknown'

    A yes where the message was to follow is no acceptance of it.

    >>> classify(Reply(250, "ok", DATA)).outcome.value
    'deferred'

    The same detail is a matter of patience in class 4 and of fact in class 5.

    >>> classify(Reply(550, "5.4.5 Daily user sending limit exceeded")).pause
    3600
    >>> classify(Reply(450, "4.2.0 Greylisted, come back")).reason
    'greylisted'
    >>> [classify(Reply(c, "")).outcome.value for c in (421, 451, 550, 552, 554)]
    ['deferred', 'deferred', 'refused', 'refused', 'refused']

    A refused login pauses the account, one that the server could not look up does not.

    >>> classify(Reply(535, "5.7.8 bad credentials", AUTH)).pause
    3600
    >>> classify(Reply(454, "4.7.0 temporary failure", AUTH)).pause
    0
    """
    limited = _is_sending_limit(reply)
    outcome = Outcome.DEFERRED if limited else _outcome(reply)
    reason = "sending_limit" if limited else _reason(reply, outcome)
    return Verdict(
        outcome=outcome,
        reason=reason,
        code=max(reply.code, 0),
        enhanced=reply.enhanced,
        text=reply.text,
        account=limited or reply.code in LOGIN_CODES or reply.stage in (AUTH, STARTTLS),
        pause=_pause(outcome, reason),
    )


def _pause(outcome, reason):
    if reason == "login" and outcome is Outcome.REFUSED:
        return LOGIN_PAUSE
    return LIMIT_PAUSE if reason == "sending_limit" else 0


def _is_sending_limit(reply):
    """Whether the sender, not the recipient, has used up an allowance."""
    if not 400 <= reply.code < 600:
        return False
    if reply.detail in SENDER_QUOTA or SENDER_LIMIT.search(reply.text or ""):
        return True
    # "over quota" is about the recipient's box at RCPT and after, about the
    # sender's own at MAIL.
    return reply.stage == MAIL and reply.detail == "2.2"


def _outcome(reply):
    if 200 <= reply.code < 300 and reply.stage in (BODY, ""):
        return Outcome.SENT
    if 500 <= reply.code < 600:
        return Outcome.REFUSED
    if 400 <= reply.code < 500 or reply.stage != BODY:
        return Outcome.DEFERRED
    return Outcome.UNKNOWN


def _reason(reply, outcome):
    if outcome is Outcome.SENT:
        return ""
    if reply.code in LOGIN_CODES or reply.stage == AUTH:
        return "login"
    if reply.stage == STARTTLS:
        return "tls"
    if GREYLIST.search(reply.text or ""):
        return "greylisted"
    if SPAM.search(reply.text or ""):
        return "spam"
    found = REASONS.get(reply.detail)
    if found == "policy" and reply.stage == MAIL and outcome is Outcome.REFUSED:
        # nobody has named a recipient yet
        return "sender_refused"
    if found:
        return found
    return {
        Outcome.UNKNOWN: "lost",
        Outcome.DEFERRED: "busy",
        Outcome.REFUSED: "sender_refused" if reply.stage == MAIL else "rejected",
    }[outcome]
