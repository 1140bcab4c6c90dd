from odoo import api, models
from odoo.exceptions import UserError

from ..tools.roles import MANAGER


class BmasiaClosedMixin(models.AbstractModel):
    """Something that counts on a day, and stays as it is once that day is closed.

    Gives: nothing is booked on a day up to its entity's ``lock_date``, nor moved there
    or away from it, by whichever way, also as superuser; ``_check_may_undo`` for what
    takes something back that counts on such a day. What counts is never deleted: its
    models see to that.

    A model has ``company_id`` and names its day in ``_booked_day_field``. It says with
    ``_is_booked`` when it counts, and with ``_may_book_in_closed`` which of its records
    are the exception.

    Example: a payment of October is refused once October is closed::

        class Payment(models.Model):
            _inherit = ["bmasia.closed.mixin"]
            _booked_day_field = "date"

    How it works: ``create`` and ``write`` look at the day of what counts, or starts to
    count. What gets its day only later, as a draft, asks ``_check_day_open`` then.
    """

    _name = "bmasia.closed.mixin"
    _description = "Counts on a Day"

    # Set by the model: the field of the day on which it counts.
    _booked_day_field = "date"

    def _is_booked(self):
        """Whether this counts already."""
        self.ensure_one()
        return True

    def _booked_day(self):
        """The day on which this counts, or will."""
        self.ensure_one()
        return self[self._booked_day_field]

    def _may_book_in_closed(self):
        """Whether this may have a day that is closed: it changes no sum of that day."""
        return False

    def _check_day_open(self):
        """
        :raises UserError: the day of one of these is closed
        """
        counted = self.filtered(lambda record: not record._may_book_in_closed())
        counted.company_id.sudo()._hold_lock_date()
        for record in counted:
            record.company_id.sudo()._check_open(record._booked_day())

    def _check_may_undo(self):
        """Whether the user may take back what counts: in a closed month, which was
        reported, a manager decides.

        :raises UserError: the day is closed, and the user is no manager
        """
        for record in self.filtered(lambda record: record._is_booked()):
            company = record.company_id.sudo()
            is_manager = self.env.su or self.env.user.has_group(MANAGER)
            if not is_manager and company._is_closed(record._booked_day()):
                raise UserError(
                    self.env._(
                        "%(record)s counts in a month that is closed: %(closed)s. A "
                        "manager takes it back, and it is reported afterwards.",
                        record=record.display_name,
                        closed=company._closed_words(),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.filtered(lambda record: record._is_booked())._check_day_open()
        return records

    def write(self, vals):
        if not {self._booked_day_field, "state"} & vals.keys():
            return super().write(vals)
        booked = self.filtered(lambda record: record._is_booked())
        before = {record.id: record._booked_day() for record in self}
        if self._booked_day_field in vals:
            booked._check_day_open()
        result = super().write(vals)
        moved = self.filtered(lambda record: record._booked_day() != before[record.id])
        started = (self - booked).filtered(lambda record: record._is_booked())
        # also of a draft: it could not be issued on that day
        (moved | started)._check_day_open()
        return result
