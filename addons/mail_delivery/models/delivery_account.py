"""The account that sends a batch of mails: its session, sending limits and pauses."""

# pylint: disable=invalid-commit  # between the steps of the promise, see tools/ledger.py

import psycopg2

from odoo.exceptions import UserError

from ..tools.failures import ConnectionLost, connection_verdict, text_of
from ..tools.limits import DAY, DAY_LIMIT, MINUTE_LIMIT
from ..tools.patience import limited
from ..tools.replies import Outcome, Verdict, classify
from ..tools.transmission import connect_patience, patience, send_at_once, transmit

CLAIM_BATCH = 50  # recipients per claim: others can help with the rest of the queue
LOSSES_IN_A_ROW = 3  # fresh sessions that break off before the server counts as down


class AccountError(Exception):
    """The account, not a recipient, was refused or cannot be reached."""

    def __init__(self, verdict):
        super().__init__(verdict.text or verdict.reason)
        self.verdict = verdict


class Account:
    """One outgoing account, as core's ``_split_by_mail_configuration`` groups mails.

    One session serves a whole batch; a server that closes it between two messages
    (many do, after so many) gets a new one.
    """

    def __init__(self, env, server_id, alias_domain_id, smtp_from):
        self.env = env
        self.key = (server_id or None, alias_domain_id, smtp_from)
        self.server_id = server_id or None
        self.server = env["ir.mail_server"].sudo().browse(self.server_id or ())
        self.alias_domain_id = alias_domain_id
        self.smtp_from = smtp_from
        self.session = None
        self.served = 0
        self.losses = 0
        self.failures = self.server.delivery_failures
        self.seconds_each = 0.0

    def __str__(self):
        return f"ir.mail_server({self.server_id or ''})"

    # ------------------------------------------------------------
    # SENDING LIMITS
    # ------------------------------------------------------------

    def claim(self, ledger, mail_ids, limit):
        """Claim as many rows as this account may send now; the others get their time.

        :rtype: list[Claimed]
        """
        server = self.server
        paused = server._seconds_paused("sending_limit")
        limits = server._delivery_limits() if server else []
        self.env.cr.commit()
        if paused:
            ledger.postpone(mail_ids, paused, reason="sending_limit")
            return []
        if not limits:
            return ledger.claim(mail_ids, limit, self.server_id)
        with ledger.counting(self.server_id):
            for allowed, window in limits:
                room, seconds = ledger.seconds_until_room(
                    self.server_id, allowed, window
                )
                if not room:
                    reason = DAY_LIMIT if window == DAY else MINUTE_LIMIT
                    ledger.postpone(
                        mail_ids, seconds, (allowed, window), reason, self.server_id
                    )
                    return []
                limit = min(limit, room)
            return ledger.claim(mail_ids, limit, self.server_id)

    def batch(self, seconds, most=CLAIM_BATCH):
        """How many recipients this account serves in that time, by its speed so far."""
        if not self.seconds_each:
            return most
        return max(min(int(seconds / self.seconds_each), most), 1)

    def count_seconds(self, seconds, served):
        """Note the speed of this account.

        :param float seconds: for all of them
        :param int served: recipients
        """
        each = seconds / max(served, 1)
        # the latest count most: a server can become slow, or quick again
        self.seconds_each = (
            (self.seconds_each + each) / 2 if self.seconds_each else each
        )

    def pause(self, verdict):
        """Pause this account; others go on."""
        if not self.server_id:
            return
        try:
            self.server._pause_delivery(verdict)
            self.env.cr.commit()
        except psycopg2.errors.OperationalError:
            # Another worker was refused too, or somebody is correcting the account.
            self.env.cr.rollback()

    def _check_login_is_worth_trying(self):
        server = self.server
        if server._seconds_paused("login"):
            response = server.delivery_pause_reason or ""
            raise AccountError(
                Verdict(Outcome.REFUSED, "login", text=response, account=True)
            )

    def _end_login_pause(self):
        if self.server.delivery_pause == "login":
            self.server._resume_delivery()
        self.env.cr.commit()

    # ------------------------------------------------------------
    # SESSION
    # ------------------------------------------------------------

    def connect(self, deadline):
        """Open a session, unless there is one.

        :raises AccountError: with the verdict on every mail of this account
        """
        if self.session is not None and self.session.sock is not None:
            return
        self._check_login_is_worth_trying()
        mail_servers = self.env["ir.mail_server"].with_context(
            mail_delivery_timeout=self._connect_patience(deadline)
        )
        try:
            with limited(lambda: self._connect_patience(deadline)):
                self.session = mail_servers._connect__(
                    mail_server_id=self.server_id, smtp_from=self.smtp_from
                )
        except (MemoryError, psycopg2.Error):
            raise
        except UserError as error:
            raise AccountError(
                Verdict(Outcome.REFUSED, "settings", text=text_of(error), account=True)
            ) from error
        except Exception as error:
            raise AccountError(connection_verdict(error)) from error
        finally:
            # Also what an override noted about a refused login.
            self.env.cr.commit()
        self._end_login_pause()
        self.served = 0
        send_at_once(self.session)

    def _connect_patience(self, deadline):
        if deadline.hurried and self.failures:
            # It failed for the queue: a user who waits waits a moment only, in case it
            # works again.
            return patience(0)
        return connect_patience(deadline.left(), self.failures)

    def offer(self, letter, address, deadline):
        """Offer one letter to one recipient.

        :rtype: Verdict
        :raises ConnectionLost: the conversation broke off
        :raises AccountError: a new session was needed and not to be had
        """
        self.connect(deadline)
        try:
            return self._offer(letter, address, deadline)
        except ConnectionLost as lost:
            if lost.handed_over or lost.is_silence or not self.served:
                raise
        # The server closed an idle session, or had enough of this one.
        self.connect(deadline)
        return self._offer(letter, address, deadline)

    def _offer(self, letter, address, deadline):
        reply = transmit(self.session, letter, address, deadline.left())
        self.served += 1
        self.losses = 0
        return classify(reply)

    def is_down(self, lost):
        """Whether this loss is one too many: a server that does not answer is not asked
        once per mail.

        :param ConnectionLost lost: the last one
        """
        self.losses += 1
        too_many = not lost.handed_over and self.losses >= LOSSES_IN_A_ROW
        return lost.is_silence or too_many

    def close(self):
        """End the session with QUIT; a failure of that has no consequence."""
        session, self.session = self.session, None
        if session is None or session.sock is None:
            return
        try:
            session.sock.settimeout(1)
            session.quit()
        except Exception:
            session.close()
