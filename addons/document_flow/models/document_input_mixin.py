from odoo import api, fields, models
from odoo.exceptions import UserError

FIRST_YEAR, LAST_YEAR = 1970, 2200
LARGEST = 1e12  # of any figure that is typed; what a model allows is less
INFINITE = float("inf")
LARGEST_INTEGER = 2**31 - 1  # PostgreSQL's
LONGEST_LINE = 500  # letters; an index of PostgreSQL takes 2,700 bytes
NUL = "\0"  # PostgreSQL keeps none
TEXTS = ("char", "text", "html")
FIGURES = {"float": LARGEST, "monetary": LARGEST, "integer": LARGEST_INTEGER}


def is_text(value):
    """Whether this is a text that can be stored."""
    return isinstance(value, str) and NUL not in value


def _are_texts(value):
    return is_text(value) or (
        isinstance(value, list | tuple) and all(map(is_text, value))
    )


def _is_number(value):
    is_typed = isinstance(value, int | float) and not isinstance(value, bool)
    return is_typed and -LARGEST <= value <= LARGEST


def _is_too_large(value):
    is_typed = isinstance(value, int | float) and not isinstance(value, bool)
    return is_typed and LARGEST < abs(value) < INFINITE  # which is no number


def is_id(value):
    """Whether this is what a record may be stored under, or 0 for none."""
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return is_integer and 0 <= value <= LARGEST_INTEGER


def _are_ids(value):
    return isinstance(value, list | tuple) and all(map(is_id, value))


def _are_figures(value):
    if not isinstance(value, dict):
        return False
    return all(_is_written_id(key) and _is_number(value[key]) for key in value)


def _is_written_id(key):
    """Of an object in JSON, whose keys are texts.

    >>> [_is_written_id(key) for key in ("7", 7, "x", "٣", True, "9" * 5000)]
    [True, True, False, False, False, False]
    """
    if isinstance(key, str) and key.isascii() and key.isdecimal() and len(key) <= 10:
        key = int(key)
    return is_id(key)


def _is_object(value):
    return isinstance(value, dict)


def _is_flag(value):
    return isinstance(value, bool)


# What a program may give for an argument of a public method.
ARGUMENTS = {
    "text": is_text,
    "texts": _are_texts,
    "number": _is_number,
    "id": is_id,
    "ids": _are_ids,
    "figures": _are_figures,
    "flag": _is_flag,
    "object": _is_object,
}


class DocumentInputMixin(models.AbstractModel):
    """Days and figures that nobody can mean end in a sentence, before anything is
    reckoned with them.

    Gives: every date and every number that is written is checked; ``_check_argument``,
    ``_read_day`` and ``_read_reason`` for what programs give to public methods.

    A model has nothing to add.

    Example: ``self._check_argument("amount", amount, "number")``.

    How it works: the fields themselves say what is a day or a figure, so a new one is
    checked from its first day.
    """

    _name = "document.input.mixin"
    _description = "Plausible Days and Figures"
    _inherit = ["document.system.mixin"]

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
            if field is None:
                continue
            if field.type == "date":
                if not self._read_day(value) and field.required:
                    label = field._description_string(self.env)
                    raise UserError(self.env._("%s is missing.", label))
            elif not value:
                continue
            elif field.type in TEXTS:
                self._check_text(field, value)
            elif field.type in FIGURES:
                self._check_figure(field, value)
            elif field.type == "selection":
                self._check_choice(field, value)

    def _check_text(self, field, value):
        label = field._description_string(self.env)
        # a translated text may come by language
        texts = value.values() if isinstance(value, dict) else [value]
        for text in (each for each in texts if isinstance(each, str)):
            if NUL in text:
                raise UserError(
                    self.env._(
                        "%s holds a sign that cannot be stored. Type it anew.", label
                    )
                )
            # the system's own lines are as long as they are
            is_typed = field.type == "char" and not self.env.su
            if is_typed and len(text) > LONGEST_LINE:
                raise UserError(
                    self.env._(
                        "%(name)s has at most %(count)s letters. Write it shorter.",
                        name=label,
                        count=LONGEST_LINE,
                    )
                )

    def _check_figure(self, field, value):
        label = field._description_string(self.env)
        try:
            figure = float(value)  # a program may write it as a text
        except (TypeError, ValueError, OverflowError) as error:
            sentence = self.env._(
                "%(name)s takes %(wanted)s.", name=label, wanted=self.env._("a number")
            )
            raise UserError(sentence) from error
        # written so that "not a number" is refused as well
        if not -FIGURES[field.type] <= figure <= FIGURES[field.type]:
            raise UserError(self.env._("%s exceeds the maximum.", label))

    def _check_choice(self, field, value):
        choices = field.get_values(self.env)
        if value not in choices:
            raise UserError(
                self.env._(
                    "%(name)s takes one of %(choices)s.",
                    name=field._description_string(self.env),
                    choices=", ".join(map(str, choices)),
                )
            )

    @api.model
    def _check_argument(self, name, value, kind):
        """Refuse what a program gives in another type: JSON knows several.

        :param str name: of the argument
        :param value: nothing is as good as none
        :param str kind: a key of ``ARGUMENTS``
        :raises UserError: naming the argument and what it takes
        """
        if value is None or value is False or ARGUMENTS[kind](value):
            return
        if kind == "number" and _is_too_large(value):
            raise UserError(self.env._("%s exceeds the maximum.", name))
        wanted = {
            "text": self.env._("a text"),
            "texts": self.env._("a text or a list of texts"),
            "number": self.env._("a number"),
            "id": self.env._("an id"),
            "ids": self.env._("a list of ids"),
            "figures": self.env._("numbers by id"),
            "flag": self.env._("true or false"),
            "object": self.env._("an object"),
        }
        raise UserError(
            self.env._("%(name)s takes %(wanted)s.", name=name, wanted=wanted[kind])
        )

    @api.model
    def _read_reason(self, reason, sentence):
        """A reason that a person or a program gives, without blanks around it.

        :param str sentence: said where there is none
        :rtype: str
        :raises UserError: there is none, or it is no text
        """
        self._check_argument("reason", reason, "text")
        if not (reason or "").strip():
            raise UserError(sentence)
        return reason.strip()

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
                    "“%s” is not a date. Write it as 2026-12-31.",
                    str(value).strip()[:40],
                )
            )
        return day
