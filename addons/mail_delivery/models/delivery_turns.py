"""Which account is served next: each in turn, for a slice of time."""

from collections import deque

MAILS_AHEAD = 25  # mails that are put together before the first of them is offered
BYTES_AHEAD = 8 * 1024 * 1024  # of attachments; the letters of one mail at least


class Turn:
    """The mails that wait for one account."""

    def __init__(self, account, mail_ids):
        self.account = account
        self.mail_ids = list(mail_ids)


class Turns:
    """The accounts that have something to send, in the order in which they are served.

    Each gets a slice and goes to the end of the line, so that neither a long batch nor
    a slow server keeps others waiting for longer than that. Who failed last time comes
    last, so that a failing server does not delay the others.
    """

    def __init__(self):
        self.line = deque()
        self._waiting = {}
        self._looked_at = set()

    def add(self, account, mail_ids):
        """Have these mails wait for their account, unless they do already."""
        if turn := self._waiting.get(account.key):
            turn.mail_ids += sorted(set(mail_ids) - set(turn.mail_ids))
            return
        turn = self._waiting[account.key] = Turn(account, mail_ids)
        if account.failures:
            self.line.append(turn)
        else:
            failing = sum(bool(turn.account.failures) for turn in self.line)
            self.line.insert(len(self.line) - failing, turn)

    def next(self):
        """The turn that is served now; then :meth:`put_back` or :meth:`end` it."""
        return self.line.popleft()

    def put_back(self, turn):
        self.line.append(turn)

    def end(self, turn):
        """Nothing of this turn can be sent now; its mails are not looked at again."""
        self._looked_at.update(turn.mail_ids)
        del self._waiting[turn.account.key]

    def unknown(self, mail_ids):
        """Those mails that neither wait here nor were looked at."""
        known = self._looked_at.union(*(t.mail_ids for t in self._waiting.values()))
        return [mail_id for mail_id in mail_ids if mail_id not in known]

    def __bool__(self):
        return bool(self.line)


def portions(mails, most):
    """Cut mails into portions that are put together at once.

    :param mails: ``mail.mail`` records
    :param int most: mails of a portion
    """
    portion, size = [], 0
    for mail in mails:
        weight = sum(mail.sudo().attachment_ids.mapped("file_size"))
        if portion and (len(portion) >= most or size + weight > BYTES_AHEAD):
            yield portion
            portion, size = [], 0
        portion.append(mail.id)
        size += weight
    if portion:
        yield portion
