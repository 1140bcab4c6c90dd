from odoo import api, fields, models
from odoo.exceptions import UserError

FIRST_YEAR, LAST_YEAR = 1970, 2200
LARGEST = 1e12  # of any figure that is typed; what a model allows is less


class BmasiaInputMixin(models.AbstractModel):
    """Days and figures that nobody can mean end in a sentence, before anything is
    reckoned with them.
    """

    _name = "bmasia.input.mixin"
    _description = "Plausible Days and Figures"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_input(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_input(vals)
        return super().write(vals)

    def _check_input(self, vals):
        for name, value in vals.items():
            field = self._fields.get(name)
            if value and field is not None and field.type == "date":
                self._read_day(value)
            elif isinstance(value, float | int) and field is not None:
                is_figure = field.type in ("float", "monetary")
                # written so that "not a number" is refused as well
                if is_figure and not -LARGEST <= value <= LARGEST:
                    label = field._description_string(self.env)
                    raise UserError(self.env._("%s is too large to be meant.", label))

    @api.model
    def _read_day(self, value):
        """A day that a program or a person gives.

        :param value: a date, ``YYYY-MM-DD`` or nothing
        :returns: the date, or None
        :raises UserError: it is no day, or none of these centuries
        """
        try:
            day = fields.Date.to_date(value)
        except (TypeError, ValueError):
            day = None
        if value and not (day and FIRST_YEAR <= day.year <= LAST_YEAR):
            raise UserError(
                self.env._(
                    "“%s” is no day: write it as 2026-12-31.", str(value).strip()[:40]
                )
            )
        return day
