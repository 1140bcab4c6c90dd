from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.models.document_input_mixin import is_text
from odoo.addons.document_flow.tools.ours import OURS
from odoo.addons.document_flow.tools.rows import serialize, window_of
from odoo.addons.document_flow.tools.transitions import Question

_lt = LazyTranslate(__name__)

# What of the buyer may be put right on a document that is issued anew.
PARTICULARS = ("name", "branch", "vat", "address", "contact", "phone", "email")


class BmasiaReissueMixin(models.AbstractModel):
    """A document whose mistakes are put right by another one, never by an edit.

    Gives ``action_replace``, for wrong particulars: a new document, with a number of
    its own, the day of the original and a note that names it; the original is cancelled
    and keeps its number and its file (Departmental Order Por. 86/2542 of the Revenue
    Department). And ``action_substitute``, for a lost original: a copy of the file that
    says so (section 86/12 of the Thai Revenue Code).

    A model has ``replaces_id`` and ``replaced_by_id`` of its own kind, and
    ``substitute_ids``; it names the fields that may be put right (``_replaceable``),
    and makes the new document (``_issue_anew``).

    How it works: what is fixed on the new document are today's particulars of the
    customer, with what the caller puts right; amounts, lines and payments are those of
    the original.
    """

    _name = "bmasia.reissue.mixin"
    _description = "Document That Can Be Issued Anew"

    # Set by the model: fields that a caller may give anew.
    _replaceable = frozenset()
    _further_questions = (
        Question(
            "action_replace",
            _lt("Issue anew"),
            reason=_lt("What was wrong"),
            hint=_lt("Printed on the new document."),
        ),
        Question(
            "action_substitute",
            _lt("Issue a substitute"),
            reason=_lt("Reason"),
            hint=_lt("Printed on the substitute, as: the original was lost."),
        ),
    )

    reissue_reason = fields.Text("Why It Was Issued Anew", readonly=True, copy=False)
    buyer_particulars = fields.Json(
        readonly=True, copy=False, help="As they are put right on this document."
    )

    def _replaced(self):
        """The document that this one was issued for anew, or none."""
        return self.replaces_id

    def _customer_values(self):
        values = super()._customer_values()
        if self.env.context.get("fresh_particulars") is OURS:
            return values
        return {**values, **(self.buyer_particulars or {})}

    def _document_values(self):
        values = super()._document_values()
        if self.replaces_id:
            values["replaces"] = self._reissue_words()
        return values

    def _reissue_words(self):
        """The note that names the original, in the document's language; else empty."""
        original = self.replaces_id.sudo()
        if not original:
            return ""
        document = self.with_context(lang=self._get_print_lang())
        return document.env._(
            "Issued in place of %(number)s of %(day)s, which is cancelled: %(reason)s",
            number=original.name,
            day=document._format_day(original._number_day()),
            reason=self.reissue_reason,
        )

    # ------------------------------------------------------------
    # WRONG PARTICULARS
    # ------------------------------------------------------------

    def action_replace(self, reason, values=None):
        """Cancel this document and issue another one in its place, with its day.

        Put the customer right first: the new document takes its particulars as they are
        now.

        :param str reason: printed on the new document
        :param dict values: what is put right beside that: ``customer``, a dict with any
            of name, branch, vat, address (a list of lines), contact, phone, email; and
            fields of the document that the model allows
        :returns: the action that opens the new document
        :rtype: dict
        :raises UserError: void already, no reason, or a value that cannot be changed
        """
        self.ensure_one()
        self.check_access("write")
        reason = self._read_reason(
            reason, self.env._("Say what was wrong: it is printed.")
        )
        serialize(self)
        self._check_can_replace()
        particulars, others = self._read_particulars(values)
        fresh = {**self._fresh_particulars(), **particulars}
        made = self.sudo()._issue_anew(
            {
                **others,
                "replaces_id": self.id,
                "reissue_reason": reason,
                "buyer_particulars": fresh,
            },
            reason,
        )
        self.sudo().replaced_by_id = made
        self.message_post(
            body=self.env._("Issued anew as %s", made._get_html_link()),
        )
        return window_of(made.with_env(self.env))

    def _check_can_replace(self):
        if self._is_draft() or self._is_void():
            raise UserError(
                self.env._("%s is not valid: nothing is replaced.", self.display_name)
            )

    def _fresh_particulars(self):
        """The customer as the company's form has it now."""
        raise NotImplementedError

    def _issue_anew(self, values, reason):
        """Issue the new document and cancel this one.

        :param dict values: of the new one
        :param str reason: of the cancellation
        :returns: the new document
        """
        raise NotImplementedError

    def _read_particulars(self, values):
        """What a caller puts right.

        :returns: particulars of the buyer, and fields of the document
        :rtype: tuple[dict, dict]
        """
        values = values or {}
        known = {"customer", *self._replaceable}
        buyer = values.get("customer") or {} if isinstance(values, dict) else None
        is_read = isinstance(buyer, dict) and not values.keys() - known
        if not is_read or buyer.keys() - set(PARTICULARS):
            raise UserError(
                self.env._(
                    "Only these can be put right: %(fields)s; of the customer: "
                    "%(particulars)s.",
                    fields=", ".join(sorted(known)),
                    particulars=", ".join(PARTICULARS),
                )
            )
        for name, value in buyer.items():
            lines = value if name == "address" else [value]
            if not isinstance(lines, list) or not all(map(is_text, lines)):
                raise UserError(self.env._("%s must be text.", name))
        others = {name: values[name] for name in values if name != "customer"}
        for name, value in others.items():
            kind = "id" if self._fields[name].type == "many2one" else "text"
            self._check_argument(name, value, kind)
        return buyer, others

    # ------------------------------------------------------------
    # LOST ORIGINALS
    # ------------------------------------------------------------

    def action_substitute(self, reason):
        """Make a substitute for a lost original: its file, which says what it is.

        :param str reason: as that the original was lost; printed
        :returns: the action that downloads it
        :rtype: dict
        :raises UserError: not issued, void, or no reason
        """
        self.ensure_one()
        self.check_access("write")
        reason = self._read_reason(
            reason, self.env._("Say why: it is printed on the substitute.")
        )
        serialize(self)
        self._check_can_replace()
        number = len(self.substitute_ids) + 1
        made = self._make_substitute(number, reason)
        self.message_post(
            body=self.env._(
                "Substitute no. %(number)s: %(reason)s", number=number, reason=reason
            )
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{made.id}?download=true",
            "target": "new",
        }

    def _make_substitute(self, number, reason):
        """A copy of the printed original that says what it is, kept with it."""
        kept = self._archive_pdf().sudo()
        document = self.with_context(lang=self._get_print_lang())
        lines = (
            document.env._("Substitute no. %s", number)
            if document.env.lang == "th_TH"
            else f"ใบแทน · {document.env._('Substitute no. %s', number)}",
            " · ".join([document._format_day(document._today()), reason]),
        )
        original = kept.with_context(bin_size=False).raw
        content = self.env["ir.actions.report"]._marked_pdf(original, lines, "note")
        made = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{kept.name.removesuffix('.pdf')} ({number}).pdf",
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        self.sudo().substitute_ids = [Command.link(made.id)]
        return made
