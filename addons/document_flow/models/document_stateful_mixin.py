import random

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import definition
from ..tools.transitions import SYSTEM


class DocumentStatefulMixin(models.AbstractModel):
    """A document whose state changes only along a table of transitions.

    Gives: ``_transition_to``, which asks who may do it and whether a guard refuses it,
    and writes the day where the table names a field for it. Nobody writes the state, or
    what transitions leave behind.

    A model has a field ``state``, the table (``_transitions``), and names the fields
    that its methods write along with a transition (``_stamps``).

    Example::

        _transitions = {
            ("draft", "sent"): Transition(USER, ("_check_can_leave_draft",)),
            ("sent", "delivered"): Transition(USER, (), "delivered_date"),
        }

    How it works: the table is data; buttons, tests and ``docs/states.md`` read it, too.
    """

    _name = "document.stateful.mixin"
    _description = "Document With States"

    _transitions = {}
    _stamps = frozenset()

    # Of the screens that all kinds share; a model says which states there are.
    state = fields.Selection(lambda self: [], "Status")

    def _register_hook(self):
        super()._register_hook()
        definition.refuse(self, self._faults_of_transitions())

    def _faults_of_transitions(self):
        """What the table names that is not there; for its programmer."""
        states = set(self._fields["state"].get_values(self.env))
        for (old, new), transition in self._transitions.items():
            for state in {old, new} - states:
                yield f"_transitions names the state {state}, which has no label"
            for guard in transition.guards:
                if not hasattr(self, guard):
                    yield f"_transitions names the guard {guard}, which is no method"
            if transition.stamp and transition.stamp not in self._fields:
                yield f"_transitions names {transition.stamp}, which is no field"

    def write(self, vals):
        if "state" in vals and any(
            document.state != vals["state"] for document in self
        ):
            raise UserError(self.env._("The state changes only through its buttons."))
        if not self.env.su and self._written_by_transitions() & vals.keys():
            raise UserError(self.env._("This is written by the system only."))
        return super().write(vals)

    def _written_by_transitions(self):
        stamps = {transition.stamp for transition in self._transitions.values()}
        return (stamps - {""}) | self._stamps

    def _transition_to(self, state, **vals):
        """Take these documents to a state.

        :param str state: the new one
        :param vals: what is written along with it
        :raises UserError: no such transition, or a guard refuses it
        :raises AccessError: not this user's to make
        """
        for document in self:
            transition = self._transitions.get((document.state, state))
            if not transition:
                raise UserError(document._forbidden_sentence(state))
            document.check_access("write")
            document._check_may_transition(transition)
            for guard in transition.guards:
                getattr(document, guard)()
            stamp = {transition.stamp: document._today()} if transition.stamp else {}
            document._write_state({**stamp, **vals, "state": state})

    def _write_state(self, vals):
        """Past this class's own ``write``, which is for everybody else; as superuser,
        for states and stamps are the system's.
        """
        return super(DocumentStatefulMixin, self.sudo()).write(vals)

    def _check_may_transition(self, transition):
        if transition.who == SYSTEM or self.env.su:
            return
        if not self.env.user.has_group(transition.who):
            group = self.env.ref(transition.who).sudo()
            raise AccessError(
                self.env._("Only members of %s may do this.", group.full_name)
            )

    def _forbidden_sentence(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(document)s is %(old)s; it cannot become %(new)s.",
            document=self.display_name,
            old=labels[self.state].lower(),
            new=labels.get(state, state).lower(),
        )

    def _has_transition(self, state):
        """Whether the table has a transition from here to there. For buttons."""
        self.ensure_one()
        return (self.state, state) in self._transitions

    def _transition_each(self, state):
        """One by one, for crons: a document that cannot never stops the others.

        Where time is over, Odoo calls the cron again at once. In any order: those that
        cannot are still there then, and would be first again.

        :returns: False when the time was over before all had their turn
        """
        documents = self.browse(random.sample(self.ids, len(self)))
        return self.env["ir.cron"]._each(
            lambda document: document._transition_to(state), documents, f"not {state}"
        )
