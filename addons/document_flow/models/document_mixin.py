from odoo import api, models
from odoo.fields import Domain

from ..tools import definition

ASKED_FOR = ("_plural", "_number_codes", "_report", "_mail_template")


class DocumentMixin(models.AbstractModel):
    """A kind of document: numbered, printed, archived, mailed, reminded of, linked.

    Gives: all that the mixins in ``_inherit`` promise; each one's docstring teaches it.
    The kinds are found here (``_kinds``): wizard, link, REST, reminders and history
    iterate them, and no list names them. A kind without a list, search or kanban view
    of its own shows the shared one.

    A model gives what those mixins ask for: at least ``_plural``, ``_number_codes``,
    ``_report`` and ``_mail_template``. ``docs/add-a-document.md`` walks through an
    example.

    How it works: whoever inherits this and is no abstract model is a kind. What one
    lacks is told when Odoo starts.
    """

    _name = "document.mixin"
    _description = "Document"
    _inherit = [
        *("document.reminded.mixin", "document.page.mixin", "document.linked.mixin"),
        *("document.sums.mixin", "document.form.mixin", "document.remarks.mixin"),
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id.name"]

    # The views of a kind that has none of its own: how their xml ids begin.
    _shared_views = "document_flow.document_view"
    # Whether the form of a billing entity shows a sample of it.
    _has_sample = False

    @api.model
    def _kinds(self):
        """The kinds of documents that are installed: found, not listed.

        :returns: the models, as empty recordsets by name in addresses
        :rtype: dict
        """
        names = self.env.registry.descendants(["document.mixin"], "_inherit")
        models_ = (self.env[name] for name in sorted(names))
        return {m._plural: m for m in models_ if not m._abstract}

    @api.model
    def _sample_of(self, company):
        """A sample of an entity, for its form; both may be in memory only. Kinds that
        say so (``_has_sample``) make one.

        :param company: a ``res.company``
        :returns: an unsaved document, issued
        """
        return self

    def _print_sample(self):
        """The PDF of a sample, which says on every page that it is one.

        :rtype: bytes
        """
        reports = self.env["ir.actions.report"].sudo()
        report = self._get_report()
        content = reports._pdf_of_unsaved(report, self.sudo())
        words = self.env._("SAMPLE")
        return reports._marked_pdf(content, (words,), "grey")

    def _register_hook(self):
        super()._register_hook()
        definition.refuse(self, self._faults_of_kind())

    def _faults_of_kind(self):
        """What a kind lacks, or has in common with another one; for its programmer."""
        for name in ASKED_FOR:
            if not getattr(self, name):
                yield f"{name} is empty"
        for other in self._other_kinds():
            if other._plural == self._plural:
                yield f"{other._name} has the same _plural, {self._plural}"
            for word in self._words_of_numbers() & other._words_of_numbers():
                yield f"{other._name} has {word} in its _number_codes, too"
        labels = self.env["document.reminder"]._fields["kind"].get_values(self.env)
        for step in self._reminder_rule.steps if self._reminder_rule else ():
            if step.kind not in labels:
                yield f"document.reminder has no label for the step {step.kind}"

    def _other_kinds(self):
        names = self.env.registry.descendants(["document.mixin"], "_inherit")
        models_ = (self.env[name] for name in sorted(names - {self._name}))
        return [model for model in models_ if not model._abstract]

    def _todo_customer(self):
        return self._customer_partner().name or ""

    @api.model
    def _unfinished_domain(self):
        """Which of this kind somebody must go on with when its person leaves.

        :rtype: Domain
        """
        return Domain.TRUE

    @api.model
    def _kind_selection(self):
        """The kinds for a reference field.

        :rtype: list[tuple[str, str]]
        """
        models_ = self.env["ir.model"].sudo()
        names = [kind._name for kind in self._kinds().values()]
        return [(name, models_._get(name).name) for name in names]
