"""Lines of a quote that its customer may choose."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools import options


class BmasiaQuoteOptionsMixin(models.AbstractModel):
    """Optional lines: offered beside the total, which counts those that are chosen.

    Gives: the totals without what is not chosen, the quote in memory as a choice would
    make it (``_with_choice``), the choice that comes with an acceptance (``_choose``),
    and the lines as they are printed (``_line_groups``, ``_printed_options``).

    The model provides ``line_ids`` of ``bmasia.quote.line``, which knows of each line
    whether it counts.

    How it works: a line is chosen when the quote is accepted, and never before: what
    was sent says the total without options. It is printed so for good
    (``_as_offered``), whatever was chosen. An optional line takes nothing off, so that
    no choice gets the quote below zero.
    """

    _name = "bmasia.quote.options.mixin"
    _description = "Optional Lines of a Quote"

    has_options = fields.Boolean(compute="_compute_has_options")

    @api.depends("line_ids.is_optional")
    def _compute_has_options(self):
        for quote in self:
            quote.has_options = bool(quote._optional_lines())

    @api.depends("line_ids.is_optional", "line_ids.is_chosen")
    def _compute_amounts(self):
        return super()._compute_amounts()

    @api.depends("line_ids.is_optional", "line_ids.is_chosen")
    def _compute_term_value(self):
        return super()._compute_term_value()

    @api.depends("line_ids.is_optional", "line_ids.is_chosen")
    def _compute_has_recurring(self):
        return super()._compute_has_recurring()

    def _optional_lines(self):
        """What the customer may choose, in the order of print.

        :rtype: bmasia.quote.line
        """
        return self.line_ids.filtered("is_optional")

    def _check_can_leave_draft(self):
        """Something is offered whatever is chosen."""
        result = super()._check_can_leave_draft()
        if not self._counted_lines():
            raise UserError(
                self.env._(
                    "All lines of %s are optional. Offer at least one that is not: "
                    "it is what the customer accepts in any case.",
                    self.display_name,
                )
            )
        return result

    # ------------------------------------------------------------
    # A CHOICE
    # ------------------------------------------------------------

    def _with_choice(self, lines):
        """This quote in memory, as it would be with a choice; nothing is written.

        :param lines: those of its optional lines that are chosen
        """
        self.ensure_one()
        if lines == self._optional_lines().filtered("is_chosen"):
            return self
        # named, lines know that they are of the one in memory: what each is taxed
        # depends on which of them count
        quote = self.new({"line_ids": [Command.set(self.line_ids.ids)]}, origin=self)
        for line in quote._optional_lines():
            line.is_chosen = line._origin in lines
        return quote

    def _as_offered(self):
        """This quote as its customer got it: nothing is chosen yet."""
        return self._with_choice(self.line_ids.browse())

    def _read_options(self, option_ids):
        """The optional lines of these quotes that have these ids.

        :param option_ids: of lines; None: none of them
        :raises UserError: one is no optional line of these quotes
        :rtype: bmasia.quote.line
        """
        self._check_argument("option_ids", option_ids, "ids")
        wanted = set(option_ids or ())
        lines = self._optional_lines().filtered(lambda line: line.id in wanted)
        if wanted - set(lines.ids):
            raise UserError(
                self.env._(
                    "%s has no such optional line.",
                    ", ".join(self.mapped("display_name")),
                )
            )
        return lines

    def _choose(self, lines):
        """Note what the customer chose.

        :param lines: those of the optional lines that are chosen
        """
        for quote in self:
            for line in quote._optional_lines():
                if line.is_chosen != (line in lines):
                    line._note_choice(line in lines)

    def _reopen(self, reason):
        """The choice is taken back with the answer that it came with."""
        result = super()._reopen(reason)
        self._choose(self.line_ids.browse())
        return result

    # ------------------------------------------------------------
    # IN PRINT
    # ------------------------------------------------------------

    def _line_groups(self):
        """The lines above the total: what is optional stands apart from them."""
        if not self._optional_lines():
            return super()._line_groups()
        return [{"lines": self._printed_apart()[0]}]

    def _printed_options(self):
        """The optional lines as they are printed, with their sections and notes; empty
        if there are none.

        :rtype: bmasia.quote.line
        """
        return self._printed_apart()[1]

    def _printed_apart(self):
        """The rows above the total, and those of the options.

        :rtype: tuple
        """
        lines = list(self.line_ids)
        none = self.line_ids.browse()
        both = options.apart([line._printed_kind() for line in lines])
        return tuple(none.concat(*(lines[n] for n in numbers)) for numbers in both)

    def _options_tax_words(self):
        """How the amounts of the options are meant where they are taxed."""
        if not any(self._optional_lines().mapped("tax_rate")):
            return ""
        return self.env._("Amounts are before %s.", self._tax_name())
