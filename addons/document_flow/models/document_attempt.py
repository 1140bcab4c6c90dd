import hashlib
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KEPT_HOURS = 24  # the longest time that anybody counts


@contextmanager
def _one_at_a_time(cr, who):
    """Let one transaction at a time count somebody's tries, and see all before it.

    The lock is of the session, and taken before the snapshot that counts: who waits for
    a lock of the transaction counts what was there before the wait.

    :param cr: a cursor of its own
    :param str who: the digest that is counted by
    """
    # pylint: disable=invalid-commit
    cr.execute(SQL("SELECT pg_advisory_lock(hashtext(%s))", who))
    cr.commit()
    try:
        yield
        cr.commit()
    except Exception:
        # in a failed transaction nothing could be unlocked
        cr.rollback()
        raise
    finally:
        cr.execute(SQL("SELECT pg_advisory_unlock(hashtext(%s))", who))
        cr.commit()


class DocumentAttempt(models.Model):
    """How often somebody outside has tried something: addresses that are open to all
    ask here first.

    Gives: ``_allows``, true until a limit is reached.

    How it works: each try is a row, written by a transaction of its own, so that a
    request that ends with an error counts, too. Two at once wait for each other. Who
    tries is kept as a digest only.
    """

    _name = "document.attempt"
    _description = "Try From Outside"
    _inherit = ["document.entity.mixin"]
    _entity_path = ""
    _rec_name = "what"

    what = fields.Char(required=True, readonly=True)
    who = fields.Char(required=True, readonly=True)

    _by_who = models.Index("(what, who, create_date)")

    @api.model
    def _allows(self, what, who, most, minutes):
        """Whether this may be tried once more; if so, it counts.

        :param str what: is tried
        :param str who: an address, a key; anything that tells two of them apart
        :param int most: tries within that time
        :param int minutes: how long each one counts, at most a day
        :rtype: bool
        """
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        who = hashlib.sha256(f"{secret}\n{what}\n{who}".encode()).hexdigest()
        now = fields.Datetime.now()
        with self.env.registry.cursor() as cr, _one_at_a_time(cr, who):
            # a try that a crash of the server forgets is no loss; waiting for the disk
            # at each one would be
            cr.execute(SQL("SET LOCAL synchronous_commit TO off"))
            cr.execute(
                SQL(
                    "SELECT count(*) FROM document_attempt WHERE what = %s AND who = %s"
                    " AND create_date > %s",
                    what,
                    who,
                    now - timedelta(minutes=minutes),
                )
            )
            if cr.fetchone()[0] >= most:
                return False
            cr.execute(
                SQL(
                    "INSERT INTO document_attempt (what, who, create_date)"
                    " VALUES (%s, %s, %s)",
                    what,
                    who,
                    now,
                )
            )
        return True

    @api.autovacuum
    def _gc_attempts(self):
        """Forget what no limit counts any more."""
        before = fields.Datetime.now() - timedelta(hours=KEPT_HOURS)
        # a flood leaves more rows than the ORM should load
        self.env.cr.execute(
            SQL("DELETE FROM document_attempt WHERE create_date < %s", before)
        )
        self.invalidate_model()
