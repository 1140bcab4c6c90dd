import logging

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.moves import SYSTEM

_logger = logging.getLogger(__name__)


# What moves leave behind, and where a paper comes from: written by them only.
STAMPS = frozenset(
    {"signed_date", "accepted_date", "rejected_date", "reject_reason", "paid_date"}
    | {"cancelled_date", "cancel_reason", "notice_date"}
    | {"quote_id", "renewed_from_id", "revision_of_id"}
)


class BmasiaStateMixin(models.AbstractModel):
    """States that change only along the model's table of moves.

    A model sets ``_moves`` to a table of ``tools/moves.py`` and has a field ``state``.
    """

    _name = "bmasia.state.mixin"
    _description = "States by Table"

    _moves = {}

    def write(self, vals):
        if "state" in vals and any(paper.state != vals["state"] for paper in self):
            raise UserError(
                self.env._("The state changes through its buttons, not by itself.")
            )
        if not self.env.su and STAMPS & vals.keys():
            raise UserError(self.env._("This is written by the system only."))
        return super().write(vals)

    def _move(self, state, **vals):
        """Take these papers to a state.

        :param str state: the new one
        :param vals: what is written along with it
        :raises UserError: no such move, or a guard refuses it
        :raises AccessError: not this user's to make
        """
        for paper in self:
            move = self._moves.get((paper.state, state))
            if not move:
                raise UserError(paper._forbidden_sentence(state))
            paper.check_access("write")
            paper._check_mover(move)
            for guard in move.guards:
                getattr(paper, guard)()
            stamp = {move.stamp: paper._today()} if move.stamp else {}
            paper._write_state({**stamp, **vals, "state": state})

    def _write_state(self, vals):
        """Past this class's own ``write``, which is for everybody else; as superuser,
        for states and stamps are the system's.
        """
        return super(BmasiaStateMixin, self.sudo()).write(vals)

    def _check_mover(self, move):
        if move.who == SYSTEM or self.env.su:
            return
        if not self.env.user.has_group(move.who):
            group = self.env.ref(move.who).sudo()
            raise AccessError(
                self.env._("Only members of %s may do this.", group.full_name)
            )

    def _forbidden_sentence(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(paper)s is %(old)s; it cannot become %(new)s.",
            paper=self.display_name,
            old=labels[self.state].lower(),
            new=labels.get(state, state).lower(),
        )

    def _is_movable(self, state):
        """Whether the table has a move from here to there. For buttons."""
        self.ensure_one()
        return (self.state, state) in self._moves

    def _move_each(self, state):
        """Move paper by paper, for crons: one that cannot never stops the others."""
        cron = self.env["ir.cron"]
        for left, paper in zip(range(len(self), 0, -1), self, strict=True):
            try:
                with self.env.cr.savepoint():
                    paper._move(state)
            except (UserError, AccessError):
                _logger.exception("%s cannot become %s", paper, state)
            cron._commit_progress(1, remaining=left - 1)

    def _open(self, records):
        """The action that opens one record or a list of them."""
        action = {
            "type": "ir.actions.act_window",
            "name": records._description,
            "res_model": records._name,
            "views": [[False, "list"], [False, "form"]],
            "domain": [["id", "in", records.ids]],
        }
        if len(records) == 1:
            action.update(res_id=records.id, views=[[False, "form"]])
            del action["domain"]
        return action

    def _serialize(self):
        """Let only one transaction at a time work on these rows.

        A real update, not a lock: a second transaction whose snapshot is older fails
        and is run again by Odoo, and then sees what the first one did.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET id = id WHERE id = ANY(%s)",
                SQL.identifier(self._table),
                list(self.ids),
            )
        )
        self.invalidate_recordset()
