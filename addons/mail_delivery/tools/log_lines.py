"""What happened to a mail, as one line of the log that a program can read."""


def event(name: str, **facts: str | int | None) -> str:
    """A line of pairs ``key=value``. What is empty is left out.

    Facts are ids, codes and words of our own; never an address, a subject, or the text
    of a server, which repeats addresses.

    >>> event("refused", delivery=7, account=3, reason="recipient", code=550, status="")
    'mail delivery: event=refused delivery=7 account=3 reason=recipient code=550'
    >>> event("unknown", delivery=8, account=None)
    'mail delivery: event=unknown delivery=8'

    :param str name: what happened
    :param facts: what tells one from another
    """
    pairs = [("event", name), *facts.items()]
    known = (f"{key}={value}" for key, value in pairs if value not in (None, "", 0))
    return "mail delivery: " + " ".join(known)
