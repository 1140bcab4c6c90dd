from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.rows import serialize

PENDING = ("sending", "queued")


class DocumentDraftMixin(models.AbstractModel):
    """A document that is written as a draft and closed once the customer has it.

    Gives: a new one is a draft; what it prints cannot change after that, but for what a
    state leaves open; ``action_mark_sent`` for what was handed over by other means.

    A model says which states there are, ``draft`` and ``sent`` among them, and gives a
    table of transitions, the fields that it prints (``_document_fields``), and those of
    them that a state leaves open (``_open_fields``).

    Example::

        state = fields.Selection([("draft", "Draft"), ("sent", "Sent")])
        _document_fields = frozenset({"partner_id", "date", "note"})
        _open_fields = {"sent": frozenset({"note"})}

    How it works: ``write`` refuses closed fields by their names; parts of a document
    (``document.part.mixin``) ask the same question (``_check_open``).
    """

    _name = "document.draft.mixin"
    _description = "Document Written as a Draft"
    _inherit = ["document.stateful.mixin", "document.mixin"]

    _shared_views = "document_flow.document_draft_view"
    _document_fields = frozenset()
    _open_fields = {}

    state = fields.Selection(
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )

    def _is_draft(self):
        self.ensure_one()
        return self.state == "draft"

    def _check_has_number(self):
        if not self.name:
            raise UserError(
                self.env._("This draft never got a number. Delete it instead.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("state", "draft") != "draft" and not self.env.su:
                raise UserError(self.env._("A new document is a draft."))
        documents = super().create(vals_list)
        # What an importer brings along was issued long ago.
        documents.filtered(lambda each: not each._is_draft())._freeze_parties()
        return documents

    def write(self, vals):
        if touched := self._document_fields & vals.keys():
            self._check_open(touched)
        if "company_id" in vals:
            self._check_entity_may_change(vals["company_id"])
        return super().write(vals)

    def _check_open(self, names):
        """Refuse changes to what the customer has got, or is about to get.

        :param names: fields that are about to change
        """
        for document in self:
            if document.send_state in PENDING:
                raise UserError(
                    self.env._("%s is being sent right now.", document.display_name)
                )
            if document.state == "draft":
                continue
            closed = names - document._open_fields.get(document.state, frozenset())
            if closed:
                labels = [
                    document._fields[name]._description_string(self.env)
                    for name in sorted(closed)
                ]
                raise UserError(
                    self.env._(
                        "%(document)s is no longer a draft: %(fields)s can no "
                        "longer change.",
                        document=document.display_name,
                        fields=", ".join(labels),
                    )
                )

    def _check_entity_may_change(self, company_id):
        if any(
            document.name and document.company_id.id != company_id for document in self
        ):
            raise UserError(
                self.env._("The number belongs to the billing entity; it stays.")
            )

    def _document_values(self):
        values = super()._document_values()
        # what a record prints counts, not which one it is: contacts are merged
        own = (n for n in self._document_fields if not self._fields[n].relational)
        return {**values, **{name: self[name] for name in own}}

    # ------------------------------------------------------------
    # SENT WITHOUT OUR HELP
    # ------------------------------------------------------------

    def action_mark_sent(self):
        """Say that the document reached the customer by other means.

        It gets its number, and its PDF is kept, as if it had been mailed.

        :returns: True
        :raises UserError: it has no lines, or cannot be sent in its state
        """
        for document in self:
            document.check_access("write")
            serialize(document)
            document._check_can_send()
            document._issue_document()
            document._follow_sent(fields.Datetime.now())
        return True

    def _follow_sent(self, moment):
        """The customer has it: a draft is a draft no more."""
        if self.state == "draft":
            self._transition_to("sent")
        return super()._follow_sent(moment)
