from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import numbering
from ..tools.numbering import Codes

# States in which a document that has a number counts no more.
ENDS = frozenset({"cancelled", "rejected", "voided", "credited"})


class DocumentNumberedMixin(models.AbstractModel):
    """A document that gets a number once, without gaps, and keeps it.

    Gives: ``name``, which is the number, empty until it is assigned;
    ``_assign_number``. Nobody types a number, changes one, or deletes a document that
    has one.

    A model names its codes by kind (``_number_codes``) and, where it has several kinds
    of numbers, says which one a record gets (``_number_kind``).

    Example::

        _number_codes = {"offer": Codes("OF", "OF")}

    makes ``OF-2026-1006-001`` or, counted per entity and year, ``TH-OF26001``. With
    ``Codes("OF", "OF", per_entity=True)`` the first is ``OF-TH-2026-1006-001``.

    How it works: the register (``document.number``) holds every number that was given.
    A number that comes from elsewhere, as by an import, is registered as well, so that
    its series goes on behind it. Lists that are ordered by number use ``number_key``.
    """

    _name = "document.numbered.mixin"
    _description = "Numbered Document"
    _inherit = ["document.addressed.mixin"]

    # Set by the model: Codes by kind of number.
    _number_codes: dict[str, Codes] = {}

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    number_key = fields.Char(
        "Number, for Sorting", compute="_compute_number_key", store=True, copy=False
    )
    _number = models.UniqueIndex(
        "(name) WHERE name IS NOT NULL", "A document with this number exists already."
    )
    _number_order = models.Index("(number_key)")

    @api.depends("name")
    def _compute_number_key(self):
        known = self._all_number_codes().values()
        for document in self:
            number = document.name
            document.number_key = number and numbering.sort_key(number, known)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Numbers are in order as people count, not letter by letter."""
        if field_name == "name":
            field_name = "number_key"
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _number_kind(self):
        """Which numbers this document gets: a key of ``_number_codes``."""
        return next(iter(self._number_codes))

    @api.model
    def _all_number_codes(self):
        """The codes of every kind of number that is installed.

        :rtype: dict[str, Codes]
        """
        names = self.env.registry.descendants(["document.numbered.mixin"], "_inherit")
        found = {}
        for name in sorted(names):
            found.update(self.env[name]._number_codes)
        return found

    @api.model
    def _words_of_numbers(self):
        """What no other kind has: its kinds of numbers, and the letters in them.

        :rtype: set[str]
        """
        letters = (codes[:2] for codes in self._number_codes.values())
        return set(self._number_codes).union(*letters)

    def _assign_number(self):
        """Give this document its number, once."""
        self.ensure_one()
        if not self.name:
            day = self._number_day()
            number = self.env["document.number"]._next_number(
                self, self._number_kind(), day
            )
            self._write_number(number)

    def _write_number(self, number):
        """Past this class's own ``write``, which is for numbers that come from
        elsewhere; as superuser, for numbers are the system's.
        """
        return super(DocumentNumberedMixin, self.sudo()).write({"name": number})

    def _number_day(self):
        """The day that stands in the number: the day of issue."""
        return self._today()

    def _is_draft(self):
        """Whether the document is still being written."""
        self.ensure_one()
        return not self.name

    @api.depends("name", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for document in self:
            document.display_name = document.name or document._draft_name()

    def _draft_name(self):
        parts = [self.env._("Draft %s", self._kind_label()), self._addressee()]
        return " · ".join(filter(None, parts))

    # ------------------------------------------------------------
    # A NUMBER STAYS
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        for document in documents:
            if document.name:
                self.env["document.number"]._register_number(
                    document, document._number_kind()
                )
        return documents

    def write(self, vals):
        if vals.get("name"):
            self._check_first_number(vals["name"])
        result = super().write(vals)
        if vals.get("name"):
            for document in self:
                self.env["document.number"]._register_number(
                    document, document._number_kind()
                )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_numbered(self):
        if numbered := self.filtered("name"):
            raise UserError(numbered[0]._kept_sentence())

    def _kept_sentence(self):
        """Why it is not deleted, and what to do instead."""
        instead = self._instead_of_deleting()
        words = {"number": self.name, "instead": instead and self.env._(instead)}
        if not instead:
            return self.env._(
                "%(number)s has a number and is kept, so that no number is missing.",
                **words,
            )
        return self.env._(
            "%(number)s has a number and is kept, so that no number is missing. "
            "Choose “%(instead)s” on its form instead.",
            **words,
        )

    def _instead_of_deleting(self):
        """What the button says that ends it; of a document with states."""
        for (old, new), transition in getattr(self, "_transitions", {}).items():
            if old == self.state and new in ENDS and transition.asks:
                return transition.asks.title
        return ""

    @api.depends("name")
    def _compute_is_kept(self):
        for document in self:
            document.is_kept = bool(document.name)

    def _typed_sentence(self, names):
        if "name" in names:
            return self.env._(
                "Numbers are assigned by the system when a document is sent."
            )
        return super()._typed_sentence(names)

    def _check_first_number(self, number):
        """A number stays for good, also for superusers."""
        if any(document.name and document.name != number for document in self):
            raise UserError(self.env._("A number that was given is never changed."))
