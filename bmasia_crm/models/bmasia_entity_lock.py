from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.document_flow.tools.days import say_day

from ..tools.roles import FINANCE, MANAGER

LOCK_FIELDS = frozenset({"lock_date", "lock_reason"})


class BmasiaEntityLockMixin(models.AbstractModel):
    """Up to which day a billing entity's books are closed.

    Finance closes a month once it is reported; nothing is dated in it from then on.
    Managers open it again, and say why. Each change stays in the log.
    """

    _name = "bmasia.entity.lock.mixin"
    _description = "Closed Months of a Billing Entity"

    lock_date = fields.Date(
        "Closed Until",
        groups="base.group_user",
        help="Invoices, credit notes, payments and receipts are dated after this day. "
        "Finance moves it on; a manager moves it back.",
    )
    lock_reason = fields.Char(
        "Reason to Reopen", store=False, help="Written along with an earlier day."
    )
    lock_log_ids = fields.One2many(
        "bmasia.lock.log",
        "company_id",
        "Closed and Reopened",
        readonly=True,
        groups=FINANCE,
    )

    def _is_closed(self, day):
        """Whether a day is closed in the books of this entity."""
        return bool(day and self.lock_date and day <= self.lock_date)

    def _closed_words(self):
        """Who is closed until when."""
        day = say_day(self.env, self.lock_date, "d MMMM")
        return self.env._("%(entity)s until %(day)s", entity=self.name, day=day)

    def _hold_lock_date(self):
        """Let nobody close a month while something is booked into it: who closes waits
        until it is committed, and what began before the month was closed is run again.
        """
        if self:
            self.flush_recordset(["lock_date"])
            ids = tuple(self.ids)
            self.env.cr.execute(
                SQL("SELECT 1 FROM res_company WHERE id IN %s FOR SHARE", ids)
            )

    def _check_open(self, day):
        """
        :raises UserError: that day is closed
        """
        if self._is_closed(day):
            raise UserError(
                self.env._(
                    "%(day)s is closed (%(closed)s). Date it later, or ask a manager "
                    "to reopen the month.",
                    day=say_day(self.env, day, "d MMMM"),
                    closed=self._closed_words(),
                )
            )

    def write(self, vals):
        if not LOCK_FIELDS & vals.keys():
            return super().write(vals)
        rest = {name: vals[name] for name in vals.keys() - LOCK_FIELDS}
        result = super().write(rest) if rest else True
        if "lock_date" in vals:
            day = self.env["document.input.mixin"]._read_day(vals["lock_date"])
            for company in self:
                company._close_until(day, vals.get("lock_reason"))
        return result

    @api.model_create_multi
    def create(self, vals_list):
        days = [vals.get("lock_date") for vals in vals_list]
        companies = super().create(
            [{n: vals[n] for n in vals.keys() - LOCK_FIELDS} for vals in vals_list]
        )
        for company, day in zip(companies, days, strict=True):
            if day:
                company.lock_date = day
        return companies

    def _close_until(self, day, reason):
        """Close the books up to a day, or open them again.

        :param day: the last day that is closed; none opens all
        :param reason: of opening
        :raises AccessError: not this user's to do
        :raises UserError: no reason, or a day that is still to come
        """
        before = self.lock_date
        if day == before or not (day or before):
            return
        reopens = before and (not day or day < before)
        self._check_may_close(reopens)
        if day and day > self._today():
            raise UserError(
                self.env._(
                    "A day that is still to come is not closed. Choose a past one."
                )
            )
        reason = (reason or "").strip()
        if reopens and not reason:
            raise UserError(
                self.env._(
                    "%s: say why it is reopened. The reason stays in the log.",
                    self._closed_words(),
                )
            )
        self.env["bmasia.lock.log"].sudo().create(
            {
                "company_id": self.id,
                "date_before": before,
                "date_after": day,
                "reason": reason,
            }
        )
        # as superuser: only managers write the rest of an entity
        super(BmasiaEntityLockMixin, self.sudo()).write({"lock_date": day})

    def _check_may_close(self, reopens):
        if self.env.su:
            return
        self.check_access("read")
        if reopens and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only managers reopen a month that is closed.")
            )
        if not self.env.user.has_group(FINANCE):
            raise AccessError(self.env._("Finance closes the months."))
