from base64 import b64encode

from odoo import api, models
from odoo.exceptions import AccessError, UserError

# What the form of an entity may say for a sample. Nothing else is read of it: a sample
# shows no partner, account or user that whoever asks could name.
OWN = frozenset(
    {"name", "legal_name", "vat", "phone", "email", "website", "logo"}
    | {"street", "street2", "city", "zip", "state_id", "country_id", "currency_id"}
    | {"legal_branch", "document_address", "document_accent", "document_footer"}
    | {"document_signatory", "document_signatory_title", "document_signature"}
    | {"document_stamp", "entity_code", "number_preset", "time_zone", "bank_ids"}
)
OF_PARTNER = frozenset({"street", "street2", "city", "zip", "state_id", "country_id"})
OF_ACCOUNT = frozenset({"acc_number", "acc_holder_name", "bank_id", "currency_id"})


class DocumentSampleMixin(models.AbstractModel):
    """A billing entity that shows what its documents look like while it is set up.

    Gives: ``sample_document``, the PDF of a sample with what stands in the form, saved
    or not; ``sample_kinds``, which kinds have one.

    A kind of document has a sample if its ``_sample_of`` makes one.

    How it works: entity and document are records in memory (``new``), printed by the
    report of their kind. Nothing is written.
    """

    _name = "document.sample.mixin"
    _description = "Sample Documents of a Billing Entity"

    @api.model
    def _sampled_fields(self):
        """The fields of the form that a sample shows.

        :rtype: frozenset[str]
        """
        return OWN

    @api.model
    def sample_kinds(self):
        """What samples there are, and in which languages.

        :returns: ``{"kinds": [[name, label]], "langs": [[code, name]], "lang": code}``;
            the last one is the user's
        :rtype: dict
        """
        documents = self.env["document.mixin"]
        labels = dict(documents._kind_selection())
        return {
            "kinds": [
                [name, labels[kind._name]]
                for name, kind in documents._kinds().items()
                if kind._has_sample
            ],
            "langs": self.env["res.lang"].get_installed(),
            "lang": self.env.lang or "en_US",
        }

    def sample_document(self, kind, values, lang=None):
        """A sample of a kind of document, as this entity would print it with what is
        typed. Of an entity that is not saved yet, call it on none.

        :param str kind: one of ``sample_kinds``
        :param dict values: what was changed in the form, as ``write`` takes it
        :param str lang: of the document; default: the user's
        :returns: ``{"pdf": base64}``
        :rtype: dict
        :raises AccessError: only who sets up this entity sees it
        :raises UserError: there is no such sample, or a picture cannot be printed
        """
        self._check_may_configure()
        inputs = self.env["document.input.mixin"]
        for name, value, wanted in (
            ("kind", kind, "text"),
            ("values", values, "object"),
            ("lang", lang, "text"),
        ):
            inputs._check_argument(name, value, wanted)
        if self:
            self.ensure_one()
        self.check_access("write" if self else "create")
        document = self.env["document.mixin"]._kinds().get(kind)
        if document is None or not document._has_sample:
            raise UserError(self.env._("There is no sample of this kind of document."))
        lang = dict(self.env["res.lang"].get_installed()).get(lang) and lang
        here = self.with_context(lang=lang or self.env.lang or "en_US", bin_size=False)
        sample = document.with_env(here.env)._sample_of(here._as_typed(values or {}))
        return {"pdf": b64encode(sample._print_sample()).decode()}

    def _as_typed(self, values):
        """This entity with what is typed in its form, in memory.

        :param dict values: of the form
        :rtype: res.company
        """
        known = self._sampled_fields()
        typed = {name: value for name, value in values.items() if name in known}
        self._check_input(typed)
        self._check_links_typed(self, typed)
        if "bank_ids" in typed:
            typed["bank_ids"] = self._own_accounts(typed["bank_ids"])
        if "logo" in typed:
            typed["uses_default_logo"] = not typed["logo"]
        of_partner = {name: typed[name] for name in OF_PARTNER & typed.keys()}
        partner = self.partner_id.sudo()
        typed["partner_id"] = partner.new(of_partner, origin=partner)
        company = self.new(self._with_printable_pictures(typed), origin=self)
        company._check_document_accent()
        return company

    @api.model
    def _check_links_typed(self, model, typed):
        """
        :raises UserError: a field that names one record is given something else
        """
        inputs = self.env["document.input.mixin"]
        for name, value in typed.items():
            field = model._fields.get(name)
            if field and field.type == "many2one":
                inputs._check_argument(name, value, "id")

    def _own_accounts(self, commands):
        """Commands for the accounts of this entity alone, and their printed fields.

        :raises AccessError: a command names another account
        :raises UserError: these are no commands
        """
        if not isinstance(commands, list | tuple) or not all(map(_is_row, commands)):
            raise UserError(
                self.env._(
                    "%(name)s takes %(wanted)s.",
                    name="bank_ids",
                    wanted=self.env._("a list of commands, as write takes it"),
                )
            )
        own = self.sudo().bank_ids.ids
        if any(row and row not in own for order, row, *_rest in commands if order):
            raise AccessError(self.env._("This account is of another company."))
        for order, _row, *rest in commands:
            if order in (0, 1):
                self._check_links_typed(self.env["res.partner.bank"], rest[0])
        return [
            (order, row, {k: v for k, v in rest[0].items() if k in OF_ACCOUNT})
            if order in (0, 1)
            else (order, row, *rest)
            for order, row, *rest in commands
            if order <= 4
        ]


def _is_row(command):
    """Whether a command makes, changes or names one record, or is one that does not.

    >>> [_is_row(c) for c in ([0, 0, {}], (4, 7), [1, 7, "x"], [[], 7], 5, [], [6, 0])]
    [True, True, False, False, False, False, True]
    """
    if not isinstance(command, list | tuple) or len(command) < 2:
        return False
    order, row, *rest = command
    if not isinstance(order, int) or not isinstance(row, int | str | None):
        return False
    return order not in (0, 1) or bool(rest and isinstance(rest[0], dict))
