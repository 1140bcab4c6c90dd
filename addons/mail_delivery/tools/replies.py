"""What a mail server's answer means for one recipient. No ORM, no sockets.

>>> classify(Reply(250, "2.0.0 OK queued as 4D2")).outcome
<Outcome.SENT: 'sent'>
>>> classify(Reply(452, "4.2.2 mailbox full")).outcome
<Outcome.DEFERRED: 'deferred'>
>>> classify(Reply(550, "5.1.1 no such user")).reason
'no_such_user'
>>> classify(Reply(535, "5.7.8 bad credentials", AUTH)).account
True

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

The sender's own server is told apart from the recipient's.

>>> classify(Reply(553, "5.7.1 Sender address rejected: not owned", RCPT)).reason
'sender_refused'
>>> classify(Reply(552, "message too large", MAIL)).reason
'too_big'

>>> [classify(Reply(c, "")).outcome.value for c in (421, 451, 550, 552, 554)]
['deferred', 'deferred', 'refused', 'refused', 'refused']

A refused login pauses the account, one that the server could not look up does not.

>>> classify(Reply(535, "5.7.8 bad credentials", AUTH)).pause
3600
>>> classify(Reply(454, "4.7.0 temporary failure", AUTH)).pause
0
"""

import re
from dataclasses import dataclass
from enum import Enum

# The stages of an SMTP session at which a server can answer.
CONNECT, EHLO, STARTTLS, AUTH = "CONNECT", "EHLO", "STARTTLS", "AUTH"
MAIL, RCPT, DATA, BODY = "MAIL", "RCPT", "DATA", "BODY"

LOGIN_CODES = frozenset({530, 534, 535, 538})
ENHANCED_CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# A provider that limits the sender says so in words as often as in a code.
SENDER_LIMIT = re.compile(
    r"sending (limit|quota|rate)|(limit|quota|rate) (on|for) sending|submissionquota"
    r"|too many (messages|mails|emails|recipients) (sent|per|from)"
    r"|(daily|hourly) (user )?(sending|message|mail|email) (limit|quota)"
    r"|submission (limit|quota)|outbound (limit|quota)",
    re.IGNORECASE,
)

TOO_BIG = (
    r"message (size|length|file|is)? ?(too (large|big)|exceeds|over)"
    r"|(size|length) exceeds|exceeds? (the )?(fixed |maximum |max )(message )?size"
    r"|too (large|big) (a )?message|larger than .* allowed"
)
SENDER = (
    r"sender (address |verify )?(rejected|failed|refused|denied)|not owned by"
    r"|not (allowed|permitted|authori[sz]ed) to (send|relay|use)"
    r"( \w+)? (as|from|emails?)"
    r"|permissions? to send as|sendasdenied|from address not verified"
    r"|(sender|from) (address )?(is )?(not (allowed|verified|authori[sz]ed)|invalid)"
    r"|cannot send (e-?mails? )?(as|from)|mismatch.*(sender|from)"
)
OWN_NAME = (
    r"[he][eh]lo command rejected|fully[- ]qualified|(invalid|bad|need) [he][eh]lo"
)
RELAY = (
    r"relay(ing)? (access )?(denied|prohibited|not (permitted|allowed))|unable to relay"
)
NO_ROOM = r"insufficient (system )?(storage|disk)|system storage|out of (disk|space)"


BLOCKED = r"blacklist|blocklist|block list"


@dataclass(frozen=True)
class Rule:
    """Which answers have which reason; an empty condition fits every answer."""

    reason: str
    stages: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()
    details: tuple[str, ...] = ()
    words: str = ""

    def fits(self, reply: "Reply") -> bool:
        """
        :param Reply reply: an answer that is no acceptance
        """
        return (
            (not self.stages or reply.stage in self.stages)
            and (not self.codes or reply.code in self.codes)
            and (not self.details or reply.detail in self.details)
            and (not self.words or bool(re.search(self.words, reply.text or "", re.I)))
        )


# Whoever sends is connected to their own mail server only: its answers up to MAIL, and
# at DATA, are about them. Those at RCPT or after the text may come from the recipient's
# server, or not: only codes and words that name the mailbox count for it.
# The details are of RFC 3463 codes, for either class. The first rule that fits counts.
RULES = (
    Rule("login", codes=tuple(LOGIN_CODES)),
    Rule("login_later", stages=(AUTH,), codes=(421, 450, 451, 454)),
    Rule("login", stages=(AUTH,)),
    Rule("tls", stages=(STARTTLS,)),
    Rule("greylisted", words=r"gr[ea]y[ -]?list"),
    Rule("own_name", words=OWN_NAME),
    Rule("own_name", stages=(EHLO,), codes=(501, 504, 550, 553, 554)),
    Rule("sender_refused", details=("1.7", "1.8", "7.60", "2.252")),
    Rule("sender_refused", words=SENDER),
    Rule("relay", words=RELAY),
    Rule("too_big_there", stages=(RCPT, BODY, ""), details=("2.3",)),
    Rule("too_big", details=("2.3", "3.4")),
    Rule("too_big_there", stages=(RCPT,), words=TOO_BIG),
    Rule("too_big", words=TOO_BIG),
    Rule("too_big", stages=(MAIL,), codes=(552,)),
    Rule("no_room", details=("3.1",)),
    Rule("no_room", words=NO_ROOM),
    Rule("not_welcome", stages=(CONNECT, EHLO), words=BLOCKED),
    Rule("spam", words=rf"\bspam\b|{BLOCKED}|reputation"),
    Rule("no_such_user", details=("1.0", "1.1", "1.6")),
    Rule("no_such_domain", details=("1.2", "1.10")),
    Rule("invalid_address", details=("1.3",)),
    Rule("mailbox_disabled", details=("2.0", "2.1")),
    Rule("mailbox_full", details=("2.2",)),
    Rule("unreachable", details=("4.1", "4.4")),
    Rule("login", details=("7.8", "7.9")),
    # nobody has named a recipient yet
    Rule(
        "sender_refused", stages=(MAIL,), codes=(550, 553, 554), details=("7.0", "7.1")
    ),
    Rule("policy", codes=(550, 553, 554), details=("7.0", "7.1")),
    Rule("protocol", codes=(500, 502, 503, 504, 555)),
    Rule("protocol", stages=(MAIL, DATA), codes=(501,)),
)
# the reason of a refusal that no rule fits
REFUSALS = {
    CONNECT: "not_welcome",
    EHLO: "not_welcome",
    MAIL: "sender_refused",
    DATA: "not_taken",
}


class Outcome(Enum):
    """The result for one recipient; the values are states of ``mail.delivery``."""

    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


# States of ``mail.delivery``: not done, not claimed by a worker, for people to decide.
PENDING = ("queued", "sending", "deferred")
WAITING = ("queued", "deferred")
FAILED = ("refused", "unknown")


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
    def enhanced(self) -> str:
        """The RFC 3463 code in the text, or an empty string."""
        found = ENHANCED_CODE.search(self.text or "")
        return found.group() if found else ""

    @property
    def detail(self) -> str:
        """The enhanced code without its class: what happened, final or not."""
        return self.enhanced.partition(".")[2]


@dataclass(frozen=True)
class Verdict:
    """The outcome for a recipient, with all that a log and a person need.

    ``reason`` is a key that ``mail.delivery`` turns into a sentence. ``account``
    says that the answer is about the sender's account: every other mail of that
    account meets the same. ``pause`` is for how many seconds to pause it. ``tries`` is
    the number of attempts after which a deferral is final; 0: as many as usual.
    """

    outcome: Outcome
    reason: str = ""
    code: int = 0
    enhanced: str = ""
    text: str = ""
    account: bool = False
    pause: int = 0
    tries: int = 0


# Gmail counts a rolling day and lets capacity return by and by; asking again
# within the hour only prolongs the block.
LIMIT_PAUSE = 3600  # seconds
# Providers lock an account that knocks with a refused password. An hour, and not for
# good: what was wrong may have been put right at the provider's.
LOGIN_PAUSE = 3600  # seconds
SIZE_TRIES = 2  # a message does not get smaller by waiting
SENDER_QUOTA = {"4.5", "1.90"}  # Gmail's, and Microsoft 365's daily recipient limit


def classify(reply: Reply) -> Verdict:
    """Judge one answer; the module's docstring has the specification.

    :param Reply reply: what the server said, and when
    :rtype: Verdict
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
        tries=SIZE_TRIES if reason in ("too_big", "too_big_there") else 0,
    )


def _pause(outcome: Outcome, reason: str) -> int:
    if reason == "login" and outcome is Outcome.REFUSED:
        return LOGIN_PAUSE
    return LIMIT_PAUSE if reason == "sending_limit" else 0


def _is_sending_limit(reply: Reply) -> bool:
    """Whether the sender, not the recipient, has used up an allowance."""
    if not 400 <= reply.code < 600:
        return False
    if reply.detail in SENDER_QUOTA or SENDER_LIMIT.search(reply.text or ""):
        return True
    # "over quota" is about the recipient's box at RCPT and after, about the
    # sender's own at MAIL.
    return reply.stage == MAIL and reply.detail == "2.2"


def _outcome(reply: Reply) -> Outcome:
    if 200 <= reply.code < 300 and reply.stage in (BODY, ""):
        return Outcome.SENT
    if 500 <= reply.code < 600:
        return Outcome.REFUSED
    if 400 <= reply.code < 500 or reply.stage != BODY:
        return Outcome.DEFERRED
    return Outcome.UNKNOWN


def _reason(reply: Reply, outcome: Outcome) -> str:
    if outcome is Outcome.SENT:
        return ""
    if found := next((rule.reason for rule in RULES if rule.fits(reply)), None):
        return found
    if outcome is Outcome.REFUSED:
        return REFUSALS.get(reply.stage, "rejected")
    return {Outcome.UNKNOWN: "lost", Outcome.DEFERRED: "busy"}[outcome]
