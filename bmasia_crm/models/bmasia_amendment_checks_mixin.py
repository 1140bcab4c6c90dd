from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .bmasia_term_mixin import MAX_TERM


class BmasiaAmendmentChecksMixin(models.AbstractModel):
    """When a contract can be amended, and an amendment be taken back.

    Gives the guards of sending, signing and taking back, each in the words of who reads
    it. They are asked with the contract's row locked, so that of two amendments at once
    the second one sees what the first one did.

    The model inherits ``bmasia.amendment.effects.mixin`` after this one.
    """

    _name = "bmasia.amendment.checks.mixin"
    _description = "Guards of an Amendment"

    @api.constrains("contract_id", "start_date", "term_months")
    def _check_day(self):
        for amendment in self:
            if not 0 <= amendment.term_months <= MAX_TERM:
                raise ValidationError(
                    self.env._("The term must be between 1 and %s months.", MAX_TERM)
                )
            amendment._check_contract_runs()

    @api.constrains("contract_id", "customer_id", "company_id", "currency_id")
    def _check_contract(self):
        for amendment in self:
            contract = amendment.contract_id
            names = ("customer_id", "company_id", "currency_id")
            if any(amendment[name] != contract[name] for name in names):
                raise ValidationError(
                    self.env._(
                        "An amendment has customer, billing entity and currency of "
                        "its contract %s.",
                        contract.display_name,
                    )
                )
            amendment.line_ids._check_action()

    def _check_contract_runs(self):
        contract, day = self.contract_id, self.start_date
        if contract.state != "active":
            raise UserError(
                self.env._(
                    "%s is not active: only a signed contract that runs is amended.",
                    contract.display_name,
                )
            )
        if day < contract.start_date:
            raise UserError(
                self.env._(
                    "%(contract)s begins on %(day)s. Choose that day or a later one.",
                    contract=contract.display_name,
                    day=contract._say_day(contract.start_date),
                )
            )
        if day > self._new_end():
            raise UserError(
                self.env._(
                    "%(contract)s ends on %(day)s, before this amendment begins. "
                    "Choose an earlier day, or make the term longer.",
                    contract=contract.display_name,
                    day=contract._say_day(self._new_end()),
                )
            )

    def _check_can_leave_draft(self):
        self._check_can_follow()
        return super()._check_can_leave_draft()

    def _check_can_activate(self):
        if not self.signed_date:
            raise UserError(self.env._("Say on which day the amendment was signed."))
        self._check_can_follow()

    def _check_can_follow(self):
        """Whether the contract can be as this amendment says.

        :raises UserError: it cannot, or nothing would change
        """
        self._check_contract_runs()
        if not self.line_ids and not self._changes_term():
            raise UserError(
                self.env._(
                    "%s changes nothing yet. Add a line, or a new term.",
                    self.display_name,
                )
            )
        self.line_ids._check_can_follow()
        self._check_not_closed()
        self._check_renewal_fits()

    def _changes_term(self):
        return bool(self.term_months) and self._new_end() != self.contract_id.end_date

    def _check_not_closed(self):
        """What was billed for a closed month, and reported, stays."""
        company, day = self.company_id.sudo(), self.start_date
        if not company._is_closed(day):
            return
        billed = self.contract_id._issued_rows().filtered(
            lambda row: row.period_end >= day
            and company._is_closed(row.invoice_id.issue_date)
        )
        if billed:
            raise UserError(
                self.env._(
                    "%(day)s was billed by %(invoice)s and is closed (%(closed)s). "
                    "Choose a later day, or ask a manager to reopen the month.",
                    day=self.contract_id._say_day(day),
                    invoice=billed[0].invoice_id.display_name,
                    closed=company._closed_words(),
                )
            )

    def _check_renewal_fits(self):
        if self._changes_term():
            self.contract_id._check_term_may_change()

    # ------------------------------------------------------------
    # TAKING BACK
    # ------------------------------------------------------------

    def _check_can_withdraw(self):
        """Before its day, unless something of it was billed or built upon."""
        if self.start_date <= self._today():
            raise UserError(
                self.env._(
                    "%(amendment)s holds since %(day)s. Amend the contract again.",
                    amendment=self.display_name,
                    day=self._say_day(self.start_date),
                )
            )
        self._check_not_built_upon()
        self._check_not_billed()

    def _check_can_reopen(self):
        """On any day, unless something of it was billed or built upon."""
        self.contract_id._check_runs()
        self._check_not_built_upon()
        self._check_not_billed()
        return super()._check_can_reopen()

    def _followers(self):
        renewal = self.contract_id.sudo().renewal_id
        written_since = renewal.filtered(
            lambda each: self.active_since and each.create_date >= self.active_since
        )
        return [*super()._followers(), *written_since]

    def _check_not_built_upon(self):
        brought = self.line_ids.brought_ids
        later = self.contract_id.amendment_ids.filtered(
            lambda other: other.state in ("sent", "active")
            and other.line_ids.contract_line_id & brought
        )
        if later:
            raise UserError(
                self.env._(
                    "%(later)s changes what %(amendment)s brought. Cancel that one "
                    "first.",
                    later=later[0].display_name,
                    amendment=self.display_name,
                )
            )

    def _check_not_billed(self):
        for row in self.contract_id._issued_rows():
            if self._is_billed_by(row):
                raise UserError(
                    self.env._(
                        "%(invoice)s has billed %(amendment)s. Amend the contract "
                        "again instead.",
                        invoice=row.invoice_id.display_name,
                        amendment=self.display_name,
                    )
                )

    def _is_billed_by(self, row):
        changes = self.line_ids
        lines = row._parts().keys()
        if lines & set(changes.brought_ids):
            return True
        since = row.invoice_id.create_date >= self.active_since
        return row.kind == "credit" and since and lines & set(changes.contract_line_id)
