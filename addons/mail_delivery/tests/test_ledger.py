"""What each statement of the ledger changes, and what it leaves alone.

In the test's transaction, where a commit is a savepoint; what two workers do at once is
in ``test_claims.py``. A worker that lives has its lock on a connection of its own.
"""

from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.sql_db import db_connect
from odoo.tests import tagged

from odoo.addons.mail_delivery.testkit import DeliveryCase, reading, rows_read

from ..tools import ledger as engine
from ..tools.ledger import CLAIM_LOCKS, Ledger
from ..tools.replies import RCPT, Outcome, Reply, Verdict, classify

MINE, DEAD, LIVE = 77, 78, 79
SENT = classify(Reply(250, "2.0.0 ok"))


class LedgerCase(DeliveryCase):
    def setUp(self):
        super().setUp()
        self.env.cr.execute("DELETE FROM mail_delivery")
        self.cr = self.enterContext(self.registry.cursor())
        self.ledger = self.worker(MINE)

    def worker(self, key):
        ledger = Ledger(self.cr)
        ledger.claim_key = key
        return ledger

    @contextmanager
    def other_connection(self, *keys):
        """A connection of another process, which holds the locks of these claims."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            for key in keys:
                cr.execute("SELECT pg_advisory_lock(%s, %s)", (CLAIM_LOCKS, key))
            try:
                yield cr
            finally:
                cr.execute("SELECT pg_advisory_unlock_all()")

    def is_free(self, cr, key):
        cr.execute("SELECT pg_try_advisory_lock(%s, %s)", (CLAIM_LOCKS, key))
        return cr.fetchone()[0]

    def mails(self, *recipients, **values):
        """A mail for each recipient; their ids."""
        ids = [self.make_mail(to, **values).id for to in recipients]
        self.env.flush_all()
        return ids

    def claimed(self, *recipients, worker=None):
        """Rows that a worker has claimed, in this order."""
        return (worker or self.ledger).claim(self.mails(*recipients), len(recipients))

    def update(self, values, recipient):
        self.cr.execute(
            f"UPDATE mail_delivery SET {values} WHERE recipient = %s", (recipient,)
        )

    def rows(self, *columns):
        """``{recipient: (column, …)}``"""
        self.cr.execute(
            f"SELECT recipient, {', '.join(columns)} FROM mail_delivery ORDER BY id"
        )
        return {row[0]: row[1:] for row in self.cr.fetchall()}

    def waits(self):
        """``{recipient: seconds}`` until the next attempt."""
        column = (
            "EXTRACT(EPOCH FROM next_attempt - clock_timestamp() AT TIME ZONE 'UTC')"
        )
        return {to: float(wait) for to, (wait,) in self.rows(column).items()}


@tagged("post_install", "-at_install")
class TestLock(LedgerCase):
    def test_workers_of_every_release_share_their_locks(self):
        self.assertEqual(CLAIM_LOCKS, int.from_bytes(b"mail", "big"))

    def test_an_open_ledger_holds_a_lock_and_gives_back_what_it_has_claimed(self):
        mail_ids = self.mails("a@example.com")
        with self.other_connection() as other:
            with Ledger(self.cr).open() as ledger:
                self.assertFalse(self.is_free(other, ledger.claim_key))
                ledger.claim(mail_ids, 1)
                self.assertEqual(
                    self.rows("state", "claim"),
                    {"a@example.com": ("sending", ledger.claim_key)},
                )
            self.assertTrue(self.is_free(other, ledger.claim_key))
        self.assertEqual(
            self.rows("state", "claim"), {"a@example.com": ("queued", None)}
        )

    def test_its_key_is_one_that_no_other_worker_has(self):
        with (
            self.other_connection(LIVE),
            patch.object(engine.random, "randint", side_effect=[LIVE, MINE]) as dice,
            Ledger(self.cr).open() as ledger,
        ):
            self.assertEqual(ledger.claim_key, MINE)
        # a positive integer of PostgreSQL: 0 is the lock of rows without a claim
        self.assertEqual(dice.call_args.args, (1, 2_147_483_647))


@tagged("post_install", "-at_install")
class TestQueue(LedgerCase):
    def test_senders_take_turns(self):
        first = self.mails("a@example.com", "b@example.com", email_from="one@x.io")
        second = self.mails("c@example.com", "d@example.com", email_from="two@x.io")
        turns = [first[0], second[0], first[1], second[1]]
        self.assertEqual(self.ledger.due_mail_ids(), turns)
        self.assertEqual(self.ledger.due_mail_ids(limit=3), turns[:3])
        self.assertEqual(self.ledger.due_mail_ids(first), first)
        self.assertEqual(self.ledger.due_mail_ids([]), [])

    def test_when_a_recipient_is_due(self):
        [mail_id] = self.mails("a@example.com")
        for wait, due in (
            (-1, True),
            (60, False),
            # no wait is longer than 25 hours: the clock was put back since
            (89_990, False),
            (90_010, True),
        ):
            self.update(
                "next_attempt = clock_timestamp() AT TIME ZONE 'UTC'"
                f" + {wait} * INTERVAL '1 second'",
                "a@example.com",
            )
            with self.subTest(wait=wait):
                found = self.ledger.due_mail_ids([mail_id])
                self.assertEqual(found, [mail_id] if due else [])

    def test_length_and_age_of_the_queue(self):
        self.assertEqual(self.ledger.standing(), (0, 0))
        self.mails("a@example.com", "b@example.com", "c@example.com")
        age = "queued_at = clock_timestamp() AT TIME ZONE 'UTC' + INTERVAL"
        for recipient in ("a@example.com", "b@example.com", "c@example.com"):
            self.update(f"{age} '100 seconds'", recipient)
        # the clock was put back since
        self.assertEqual(self.ledger.standing(), (3, 0))
        self.update(f"{age} '-1000 seconds'", "b@example.com")
        self.update("next_attempt = now() + INTERVAL '1 hour'", "c@example.com")
        due, oldest = self.ledger.standing()
        self.assertEqual(due, 2)
        self.assertAlmostEqual(oldest, 1000, delta=60)


@tagged("post_install", "-at_install")
class TestClaim(LedgerCase):
    def test_a_claim_counts_an_attempt_through_a_server(self):
        for server in (None, 0, self.mail_server.id):
            self.env.cr.execute("DELETE FROM mail_delivery")
            mail_ids = self.mails("a@example.com")
            [row] = self.ledger.claim(mail_ids, 5, server)
            with self.subTest(server=server):
                self.assertEqual((row.recipient, row.attempts), ("a@example.com", 1))
                self.assertEqual(
                    self.rows("state", "claim", "attempts", "mail_server_id"),
                    {"a@example.com": ("sending", MINE, 1, server or None)},
                )

    def test_begin_keeps_what_was_typed_for_the_same_mailbox(self):
        typed, wire = "a@MÜNCHEN.example", "a@xn--mnchen-3ya.example"
        for sent_to, kept in (
            (None, typed),
            (wire, typed),
            ("b@example.com", "b@example.com"),
        ):
            self.env.cr.execute("DELETE FROM mail_delivery")
            [row] = self.claimed(typed)
            with self.subTest(sent_to=sent_to):
                row.recipient = typed
                self.assertTrue(self.ledger.begin(row, sent_to))
                self.assertEqual(self.rows("handed_at IS NULL"), {kept: (False,)})

    def test_begin_says_when_a_row_is_another_worker_s(self):
        [row] = self.claimed("a@example.com", worker=self.worker(LIVE))
        self.assertFalse(self.ledger.begin(row))

    def test_what_was_recorded_survives_a_conflict_of_the_next_begin(self):
        first, second = self.claimed("a@example.com", "b@example.com")
        self.ledger.begin(first)
        self.ledger.record(first, SENT, commit=False)
        begin, conflicts = self.ledger._begin, [SerializationFailure()]

        def conflicting(*arguments):
            if conflicts:
                raise conflicts.pop()
            return begin(*arguments)

        with patch.object(self.ledger, "_begin", conflicting):
            self.assertTrue(self.ledger.begin(second))
        self.assertEqual(
            self.rows("state", "handed_at IS NULL"),
            {"a@example.com": ("sent", False), "b@example.com": ("sending", False)},
        )


@tagged("post_install", "-at_install")
class TestRecord(LedgerCase):
    def test_what_is_kept_of_an_answer(self):
        columns = ("state", "reason", "smtp_code", "smtp_enhanced_code", "error")
        for verdict, kept in (
            (SENT, ("sent", None, 250, "2.0.0", None, "2.0.0 ok")),
            (Verdict(Outcome.SENT), ("sent", None, 0, None, None, None)),
            (
                classify(Reply(550, "5.1.1 no such user", RCPT)),
                ("refused", "no_such_user", 550, "5.1.1")
                + ("5.1.1 no such user", "5.1.1 no such user"),
            ),
            (
                Verdict(Outcome.UNKNOWN, "line", text="broken"),
                ("unknown", "line", 0, None, "broken", "broken"),
            ),
            (Verdict(Outcome.REFUSED, "size"), ("refused", "size", 0) + (None,) * 3),
        ):
            self.env.cr.execute("DELETE FROM mail_delivery")
            [row] = self.claimed("a@example.com")
            self.ledger.begin(row)
            with self.subTest(verdict=verdict):
                self.assertEqual(self.ledger.record(row, verdict), (kept[0], None))
                self.assertEqual(
                    self.rows(*columns, "smtp_reply", "claim"),
                    {"a@example.com": (*kept, None)},
                )

    def test_a_deferral_says_when_it_is_tried_again(self):
        [row] = self.claimed("a@example.com")
        state, wait = self.ledger.record(row, classify(Reply(451, "later", RCPT)))
        self.assertEqual(state, "deferred")
        self.assertAlmostEqual(wait, 60, delta=12)
        self.assertAlmostEqual(self.waits()["a@example.com"], wait, delta=10)

    def test_a_row_of_another_worker_is_not_recorded(self):
        [row] = self.claimed("a@example.com", worker=self.worker(LIVE))
        self.assertEqual(self.ledger.record(row, SENT), (None, None))
        self.assertEqual(self.rows("state"), {"a@example.com": ("sending",)})

    def test_it_is_committed_at_once_unless_that_is_left_to_the_next_begin(self):
        for options, state in (({}, "sent"), ({"commit": False}, "sending")):
            self.env.cr.execute("DELETE FROM mail_delivery")
            [row] = self.claimed("a@example.com")
            self.ledger.record(row, SENT, **options)
            self.cr.rollback()
            with self.subTest(options):
                self.assertEqual(self.rows("state"), {"a@example.com": (state,)})

    def test_a_later_commit_keeps_it_as_well(self):
        [row] = self.claimed("a@example.com")
        self.ledger.record(row, SENT, commit=False)
        self.ledger.commit()
        self.cr.rollback()
        self.assertEqual(self.rows("state"), {"a@example.com": ("sent",)})


@tagged("post_install", "-at_install")
class TestRoom(LedgerCase):
    def offered(self, count, seconds, state="sent"):
        """Rows that were offered to the mail server so long ago."""
        self.cr.execute(
            "INSERT INTO mail_delivery"
            " (recipient, kind, state, queued_at, mail_server_id, handed_at)"
            " SELECT 'a' || n || '@example.com', 'to', %s, now(), %s,"
            " (clock_timestamp() AT TIME ZONE 'UTC') - %s * interval '1 second'"
            " FROM generate_series(1, %s) n",
            [state, self.mail_server.id, seconds, count],
        )

    def room(self, limit, window=3600):
        return self.ledger.seconds_until_room(self.mail_server.id, limit, window)

    def test_what_was_offered_in_the_window_counts_once(self):
        self.offered(2, 60)
        self.offered(3, 7200)  # before it
        self.offered(1, -60)  # the clock was put back since
        self.offered(1, 30, "sending")
        self.offered(1, 7200, "sending")  # of a mail server that is slow
        self.assertEqual(self.room(10), (5, 0))
        room, seconds = self.room(3)
        self.assertEqual(room, 0)
        self.assertAlmostEqual(seconds, 3540, delta=25)

    def test_what_is_claimed_and_not_offered_yet_counts(self):
        self.ledger.claim(self.mails("a@example.com"), 1, self.mail_server.id)
        self.assertEqual(self.room(10), (9, 0))

    def test_what_an_account_sent_in_former_months_is_not_read(self):
        self.offered(20_000, 40 * 24 * 3600)
        self.offered(10, 60)
        self.cr.execute("ANALYZE mail_delivery")
        with reading("mail_delivery") as statements:
            self.assertEqual(self.room(500, 24 * 3600), (490, 0))
        [statement] = statements
        self.assertLessEqual(rows_read(self.cr, statement, "mail_delivery"), 100)


@tagged("post_install", "-at_install")
class TestPostpone(LedgerCase):
    def test_each_window_has_room_for_so_many(self):
        to = [f"{letter}@example.com" for letter in "abcde"]
        mail_ids = self.mails(*to)
        for limit, expected in (
            (None, [1000] * 5),
            ((2, 600), [1000, 1000, 1600, 1600, 2200]),
            ((1, 60), [1000, 1060, 1120, 1180, 1240]),
            ((4, 40_000), [1000, 1000, 1000, 1000, 41_000]),
            # never longer than 25 hours
            ((4, 100_000), [1000, 1000, 1000, 1000, 90_000]),
        ):
            self.cr.execute("UPDATE mail_delivery SET next_attempt = NULL")
            self.ledger.postpone(mail_ids, 1000, limit)
            with self.subTest(limit=limit):
                for found, wait in zip(self.waits().values(), expected, strict=True):
                    self.assertAlmostEqual(found, wait, delta=25)
        self.assertEqual(
            {row[0] for row in self.rows("reason").values()}, {"minute_limit"}
        )

    def test_without_a_limit_all_wait_equally_long(self):
        mail_ids = self.mails("a@example.com", "b@example.com", "c@example.com")
        self.ledger.postpone(mail_ids, 1000)
        self.cr.execute(
            "SELECT EXTRACT(EPOCH FROM max(next_attempt) - min(next_attempt))"
            " FROM mail_delivery"
        )
        self.assertLess(abs(self.cr.fetchone()[0]), 0.5)

    def test_whom_they_wait_for_is_noted_where_it_is_known(self):
        mail_ids = self.mails("a@example.com")
        for server in (self.mail_server.id, None, 0):
            self.cr.execute("UPDATE mail_delivery SET next_attempt = NULL")
            self.ledger.postpone(mail_ids, 60, reason="login", server_id=server)
            with self.subTest(server=server):
                self.assertEqual(
                    self.rows("mail_server_id", "reason"),
                    {"a@example.com": (self.mail_server.id, "login")},
                )


@tagged("post_install", "-at_install")
class TestDeadWorkers(LedgerCase):
    def setUp(self):
        super().setUp()
        self.said = self.enterContext(patch.object(engine._logger, "warning"))

    def test_rows_of_the_dead_are_freed_and_those_of_the_living_are_not(self):
        [begun, _waiting] = self.claimed(
            "begun@example.com", "waiting@example.com", worker=self.worker(DEAD)
        )
        self.worker(DEAD).begin(begun)
        self.claimed("lost@example.com", worker=self.worker(None))
        self.claimed("live@example.com", worker=self.worker(LIVE))
        self.claimed("mine@example.com")
        # locks that are not of rows without a claim
        with self.other_connection(LIVE, 1, -1) as other:
            self.assertEqual(self.ledger.reap(), 3)
            self.assertEqual(
                self.rows("state", "claim", "attempts"),
                {
                    "begun@example.com": ("unknown", DEAD, 1),
                    "waiting@example.com": ("queued", None, 0),
                    "lost@example.com": ("queued", None, 0),
                    "live@example.com": ("sending", LIVE, 1),
                    "mine@example.com": ("sending", MINE, 1),
                },
            )
            # nothing stays locked
            self.assertTrue(self.is_free(other, DEAD))
            self.assertTrue(self.is_free(other, 0))
        lines = [call.args[0] % call.args[1:] for call in self.said.call_args_list]
        self.assertEqual(
            sorted(lines),
            [
                f"mail delivery: event=unknown delivery={begun.id} "
                f"mail={begun.mail_id} reason=worker",
                "mail delivery: freed 1 rows of a dead worker",
                "mail delivery: freed 2 rows of a dead worker",
            ],
        )

    def test_where_all_live_nothing_is_freed_and_nothing_said(self):
        self.claimed("live@example.com", worker=self.worker(LIVE))
        with self.other_connection(LIVE):
            self.assertEqual(self.ledger.reap(), 0)
        with patch.object(self.ledger, "_free_claim", return_value=0):
            self.assertEqual(self.ledger.reap(), 0)
        self.said.assert_not_called()

    def test_what_waits_is_given_back_for_another_worker(self):
        begun, _waiting = self.claimed(
            "begun@example.com", "waiting@example.com", worker=self.worker(LIVE)
        )
        self.worker(LIVE).begin(begun)
        sending = {
            "begun@example.com": ("sending", LIVE, 1),
            "waiting@example.com": ("sending", LIVE, 1),
        }
        for key in (None, 0, DEAD):
            Ledger.release_waiting(self.cr, key)
            self.assertEqual(self.rows("state", "claim", "attempts"), sending)
        Ledger.release_waiting(self.cr, LIVE)
        self.assertEqual(
            self.rows("state", "claim", "attempts"),
            {**sending, "waiting@example.com": ("queued", None, 0)},
        )
