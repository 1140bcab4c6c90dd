import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import terms

TERMS = [
    ("days", "Days After the Invoice"),
    ("end_of_month", "Days After the End of the Month"),
    ("on_receipt", "On Receipt"),
]
INVOICING = [
    ("contract", "One Invoice per Contract"),
    ("day", "One Invoice for All Due on the Same Day"),
]
WEEKS = [
    ("1", "First"),
    ("2", "Second"),
    ("3", "Third"),
    ("4", "Fourth"),
    ("last", "Last"),
]
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class BmasiaCompanyTermsMixin(models.AbstractModel):
    """When a customer pays: payment term, days on which it takes bills and gives
    cheques; and whether it gets one invoice for several contracts.

    Gives the term that invoices follow (``_due_date``), the next day for a billing note
    (``_billing_day``) and for its payment (``_cheque_day``), each in words as well.

    The model provides ``billing_entity_id``, whose term counts where none is chosen.

    Example: bills are taken from the 1st to the 10th, cheques given on the last Friday:
    ``billing_first=1, billing_last=10, cheque_week="last", cheque_weekday="4"``.
    """

    _name = "bmasia.company.terms.mixin"
    _description = "Payment Terms of a Company"

    payment_term = fields.Selection(TERMS, tracking=True, help="Empty: the default.")
    payment_term_days = fields.Integer("Days to Pay", tracking=True)
    invoicing = fields.Selection(
        INVOICING,
        default="contract",
        required=True,
        tracking=True,
        help="Of all contracts that this company pays, from one seller and in one "
        "currency. Companies with the same tax ID and branch are one buyer.",
    )
    wants_copies = fields.Boolean(
        "Original and Copy",
        help="Invoices and receipts are printed twice for this customer: marked as the "
        "original, and as a copy.",
    )
    billing_first = fields.Integer(
        "Bills Taken From", help="A day of the month. Empty: any day."
    )
    billing_last = fields.Integer(
        "Bills Taken Until", help="31 is the last day of every month."
    )
    billing_week = fields.Selection(WEEKS, "Week of Bills", help="Empty: every week.")
    billing_weekday = fields.Selection(WEEKDAYS, "Weekday of Bills")
    cheque_first = fields.Integer(
        "Payments From", help="A day of the month. Empty: any day."
    )
    cheque_last = fields.Integer(
        "Payments Until", help="31 is the last day of every month."
    )
    cheque_week = fields.Selection(WEEKS, "Week of Payments", help="Empty: every week.")
    cheque_weekday = fields.Selection(WEEKDAYS, "Weekday of Payments")
    billing_days = fields.Char(compute="_compute_payment_days")
    cheque_days = fields.Char(compute="_compute_payment_days")

    @api.constrains(
        *("payment_term_days", "billing_first", "billing_last"),
        *("cheque_first", "cheque_last"),
        *("billing_week", "billing_weekday", "cheque_week", "cheque_weekday"),
    )
    def _check_payment_days(self):
        for company in self:
            if not 0 <= company.payment_term_days <= terms.MAX_DAYS:
                raise ValidationError(
                    self.env._(
                        "The days to pay must be between 0 and %s.", terms.MAX_DAYS
                    )
                )
            for kind in ("billing", "cheque"):
                days = company._payment_days(kind)
                if not (0 <= days.first <= 31 and 0 <= days.last <= 31):
                    raise ValidationError(
                        self.env._("A day of the month must be between 1 and 31.")
                    )
                if not days.on_or_after(fields.Date.today()):
                    raise ValidationError(
                        self.env._(
                            "No day is both: %s. Change the days of the month or the "
                            "weekday.",
                            company._days_in_words(days),
                        )
                    )

    def _due_date(self, entity, issued):
        """The last day on which this customer pays an invoice in time.

        :param entity: the ``res.company`` that issues it
        :param issued: the invoice's day
        """
        if self.payment_term:
            return terms.due_date(self.payment_term, self.payment_term_days, issued)
        entity = entity.sudo()
        return terms.due_date(entity.payment_term, entity.payment_days, issued)

    def _buyer_key(self):
        """What tells one buyer from another on tax documents: tax ID and branch."""
        self.ensure_one()
        digits = re.sub(r"[^0-9A-Za-z]", "", self.vat or "").upper()
        branch = (self.branch or "").strip().lower()
        return (digits, branch) if digits else (False, self._origin.id)

    def _same_buyers(self):
        """These companies, and those with the same tax ID and branch that are billed in
        the same way.
        """
        found = self
        for company in self:
            for same in company._same_tax_id():
                key, way = company._buyer_key(), company.invoicing
                found |= self.search(same).filtered(
                    lambda c, key=key, way=way: c._buyer_key() == key
                    and c.invoicing == way
                )
        return found

    def _payment_days(self, kind):
        """The days of this customer's calendar.

        :param str kind: ``billing`` or ``cheque``
        """
        return terms.PaymentDays(
            first=self[f"{kind}_first"],
            last=self[f"{kind}_last"],
            week=self[f"{kind}_week"] or "",
            weekday=self[f"{kind}_weekday"] or "",
        )

    def _billing_day(self, day):
        """The first day, from this one on, on which the customer takes bills."""
        return self._payment_days("billing").on_or_after(day)

    def _cheque_day(self, day):
        """The first day, from this one on, on which the customer pays."""
        return self._payment_days("cheque").on_or_after(day)

    @api.depends(
        *("billing_first", "billing_last", "billing_week", "billing_weekday"),
        *("cheque_first", "cheque_last", "cheque_week", "cheque_weekday"),
    )
    @api.depends_context("lang")
    def _compute_payment_days(self):
        for company in self:
            for kind in ("billing", "cheque"):
                words = company._days_in_words(company._payment_days(kind))
                company[f"{kind}_days"] = words

    def _days_in_words(self, days):
        """As ``1–10``, ``last Friday``, or both."""
        words = []
        if days.first:
            upto = days.last or days.first
            words.append(
                f"{days.first}" if upto == days.first else f"{days.first}–{upto}"
            )
        if days.weekday:
            weekday = self._choice_in_words("cheque_weekday", days.weekday)
            week = self._choice_in_words("cheque_week", days.week)
            words.append(
                self.env._("%(week)s %(weekday)s", week=week, weekday=weekday)
                if week
                else self.env._("every %s", weekday)
            )
        return ", ".join(words)

    def _choice_in_words(self, name, value):
        return dict(self._fields[name]._description_selection(self.env)).get(value)
