from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import definition
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

    How it works: ``write`` refuses closed fields by their names; what it lists, as
    lines, are parts of it (``document.part.mixin``), which ask the same question
    (``_check_open``). Values of all these fields belong to the snapshot. Of a record
    that is printed, as who did the work, a model adds what is printed of it to
    ``_document_values``.
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

    def _register_hook(self):
        super()._register_hook()
        definition.refuse(self, self._faults_of_fields())

    def _faults_of_fields(self):
        """What is wrong with the fields that it prints; for its programmer."""
        if not self._document_fields:
            yield "_document_fields is empty: nothing would close once it is sent"
        for name in sorted(self._document_fields):
            field = self._fields.get(name)
            if not field:
                yield f"_document_fields names {name}, which is no field"
            elif field.type == "one2many" and not self._lists_parts(name):
                yield (
                    f"{field.comodel_name} inherits no document.part.mixin, so that "
                    f"{name} would stay open once it is sent"
                )

    def _lists_parts(self, name):
        return hasattr(self.env[self._fields[name].comodel_name], "_listed_as")

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
                raise UserError(self.env._("A new document starts as a draft."))
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
        for name in self._document_fields:
            field = self._fields[name]
            if not field.relational:
                values[name] = self[name]
            elif field.type == "one2many" and self[name]._document_fields:
                values[name] = [part._document_values() for part in self[name]]
        return values

    # ------------------------------------------------------------
    # SENT WITHOUT OUR HELP
    # ------------------------------------------------------------

    def action_mark_sent(self, sent_date=None):
        """Say that the document reached the customer by other means.

        It gets its number, and its PDF is kept, as if it had been mailed.

        :param sent_date: the day, a date or ``YYYY-MM-DD``; default today
        :returns: True
        :raises UserError: it has no lines, cannot be sent in its state, or the day is
            still to come
        """
        for document in self:
            document.check_access("write")
            serialize(document)
            document._check_can_send()
            document._mark_sent(sent_date)
        return True

    def _follow_sent(self, moment):
        """The customer has it: a draft is a draft no more."""
        if self.state == "draft":
            self._transition_to("sent")
        return super()._follow_sent(moment)
