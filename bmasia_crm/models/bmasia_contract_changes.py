"""What happens to a contract that runs: a pause, a month skipped."""

from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools.rows import serialize

DAY = timedelta(days=1)


class BmasiaContractChangesMixin(models.AbstractModel):
    """Changes of a contract that runs, which its billing follows at once.

    Gives pauses and skipped periods, the draft credit notes of what was billed and is
    served no more, and what a change would do, before it is made.

    The model inherits ``bmasia.contract.service.mixin`` and
    ``bmasia.contract.billing.mixin`` after this one.

    How it works: a change is written, then the schedule is planned anew
    (``_follow_change``): what was billed stays, the difference becomes rows to bill and
    to credit. All of it is one transaction: nothing is half done.
    """

    _name = "bmasia.contract.changes.mixin"
    _description = "Changes of a Running Contract"

    def _follow_change(self):
        """Plan anew after a change, and make the drafts of what is to be credited."""
        for contract in self:
            contract._plan()
            contract._propose_credits()

    def _propose_credits(self):
        """A draft credit note for each row of the schedule that is to be credited."""
        for row in self.sudo().schedule_ids:
            if row.kind == "credit" and not row.invoice_id:
                row.credits_id._credit_of_contract(row)

    def _credit_reason(self, row):
        """Why a row of the schedule is credited. Printed."""
        env = self.with_context(lang=self._get_print_lang()).env
        if self.last_day and row.period_end > self.last_day:
            last = self.with_env(env)._format_day(self.last_day)
            return env._("The service ends on %s.", last)
        if pauses := row._pauses():
            return pauses[-1].with_env(env)._printed_words()
        return env._("The service has changed.")

    def _credit_ground(self):
        """On which ground of the law less is charged than was billed: the service ended
        before all of it was provided, or less of it is provided.
        """
        return "ended" if self.last_day else "short"

    def action_ask_change(self):
        """Ask for the days of a pause, the period to skip or the last day.

        :returns: the action that opens the dialog
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause or End Contract"),
            "res_model": "bmasia.change.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    # ------------------------------------------------------------
    # PAUSE AND SKIP
    # ------------------------------------------------------------

    def action_pause(self, date_from, date_to, reason, extend=False, said_by=None):
        """Serve and charge nothing on some days.

        What was billed of them gets the draft of a credit note.

        :param date_from: first day, a date or ``YYYY-MM-DD``
        :param date_to: last day
        :param str reason: for the record
        :param bool extend: the term ends as many days later
        :param str said_by: who said so
        :returns: True
        :raises UserError: not running, no such days, a reason is missing, some of the
            days are paused or credited already, or the next term is written already
        """
        self.ensure_one()
        self.check_access("write")
        reason = self._read_reason(reason, self.env._("Say why nothing is served."))
        first, last = self._read_day(date_from), self._read_day(date_to)
        self._check_argument("extend", extend, "flag")
        self._check_argument("said_by", said_by, "text")
        serialize(self)
        self._check_can_pause(first, last)
        if extend:
            self._check_term_may_change()
        pause = self.env["bmasia.contract.pause"].sudo()
        days = self._pause_values(first, last, extend)
        pause = pause.create(
            {**days, "contract_id": self.id, "reason": reason, "said_by": said_by}
        )
        self._follow_change()
        self.message_post(body=pause._words())
        return True

    def action_skip(self, period_start, reason, extend=False, said_by=None):
        """Serve and charge nothing in one billing period.

        :param period_start: its first day, a date or ``YYYY-MM-DD``
        :param str reason: for the record
        :param bool extend: the term ends as many days later
        :param str said_by: who said so
        :returns: True
        :raises UserError: there is no such period, and as :meth:`action_pause`
        """
        self.ensure_one()
        day = self._read_day(period_start)
        periods = [period for stretch in self._stretches() for period in stretch]
        found = [period for period in periods if period.start == day]
        if not found:
            raise UserError(
                self.env._("No billing period of %s begins then.", self.display_name)
            )
        last = min(found[0].end, self.end_date)
        return self.action_pause(day, last, reason, extend, said_by)

    def _pause_values(self, first, last, extend):
        longer = extend and self._term_end() + (last - first + DAY)
        return {"date_from": first, "date_to": last, "term_end": longer}

    def _check_can_pause(self, first, last):
        self._check_runs()
        if not first or not last or first > last:
            raise UserError(self.env._("Give the first and the last day of the pause."))
        if first < self.start_date or last > self.end_date:
            raise UserError(
                self.env._(
                    "%(contract)s is served from %(start)s to %(end)s: choose days "
                    "within.",
                    contract=self.display_name,
                    start=self._say_day(self.start_date),
                    end=self._say_day(self.end_date),
                )
            )
        for pause in self._pauses():
            if pause.start <= last and first <= pause.end:
                raise UserError(
                    self.env._(
                        "%(start)s – %(end)s is paused already.",
                        start=self._say_day(pause.start),
                        end=self._say_day(pause.end),
                    )
                )
        self._check_not_credited(first, last)

    def _check_term_may_change(self):
        """The next term begins where this one ends, once it is written."""
        if renewal := self.sudo().renewal_id:
            raise UserError(
                self.env._(
                    "The next term is written already: %(renewal)s begins on %(day)s. "
                    "Delete or cancel it before the term of %(contract)s changes.",
                    renewal=renewal.display_name,
                    day=renewal._say_day(renewal.start_date),
                    contract=self.display_name,
                )
            )

    def _check_not_credited(self, first, last):
        """Nobody gets the same days back twice."""
        rows = self.sudo().schedule_ids.filtered(
            lambda row: row.period_start <= last and first <= row.period_end
        )
        for row in rows:
            for note in row.invoice_id._credits_by_hand(row._billed_lines()):
                raise UserError(
                    self.env._(
                        "%(note)s has credited %(invoice)s of these days already. "
                        "Choose days that were not credited.",
                        note=note.display_name,
                        invoice=row.invoice_id.display_name,
                    )
                )

    def _check_runs(self):
        if self.state != "active":
            raise UserError(self.env._("%s is not running.", self.display_name))

    # ------------------------------------------------------------
    # WHAT A CHANGE WOULD DO
    # ------------------------------------------------------------

    def _would_become(self, values):
        """This contract as it would be if these values were written."""
        would_be = self.new(origin=self)
        would_be.update(values)  # what depends on it follows
        return would_be

    def _effects_of(self, values):
        """What becomes of the schedule if these values were written.

        :returns: rows that change, in the order of days, each with the days, the net
            ``before`` and ``after``, the ``draft`` that is withdrawn and the invoice
            that is credited (``credits``)
        :rtype: list[dict]
        """
        gone, rows = self._would_become(values)._replanned()
        effects = {}
        for row in gone:
            place = (row.period_start, row.kind, row.credits_id.id)
            effects[place] = {
                "date_from": row.period_start,
                "date_to": row.period_end,
                "before": row.amount_untaxed,
                "draft": row.invoice_id.id,
            }
        for row in rows:
            place = (row["period_start"], row["kind"], row["credits_id"])
            is_credit = row["kind"] == "credit"
            effects.setdefault(place, {}).update(
                {
                    "date_from": row["period_start"],
                    "date_to": not is_credit and row["period_end"],
                    "after": row["amount_untaxed"],
                    "credits": row["credits_id"],
                }
            )
        found = [effects[place] for place in sorted(effects, key=lambda p: p[:2])]
        return [
            each
            for each in found
            if each.get("before") != each.get("after") or each.get("draft")
        ]
