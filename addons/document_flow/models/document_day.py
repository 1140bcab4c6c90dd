from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import groupby

from ..tools.todo import MANAGER, plain

SHOWN = 5  # lines of each kind of work; the list has all
TAG = "document_day"  # of the client action


class DocumentDay(models.AbstractModel):
    """My Day: what needs the acting user, in one call.

    Each model says what it has (``document.todo.mixin``); this asks all of them, in the
    acting user's name, so that record rules and the company menu count.
    """

    _name = "document.day"
    _description = "My Day"

    @api.model
    def get_day(self, team=False):
        """What needs the acting user now.

        :param bool team: of everybody, for managers
        :returns: ``{"count", "team", "may_see_team", "areas"}``; an area has ``todos``,
            each with ``count``, ``amounts`` (list of ``[currency id, amount]``), the
            first ``lines``, and the ``model`` and ``domain`` of all of them
        :rtype: dict
        :raises AccessError: the team's, for somebody who is no manager
        :raises UserError: it is neither true nor false
        """
        self.env["document.input.mixin"]._check_argument("team", team, "flag")
        may_see_team = self.env.user.has_group(MANAGER)
        if team and not may_see_team:
            raise AccessError(self.env._("Only managers see the work of the team."))
        areas = self._areas(bool(team))
        return {
            "count": sum(todo["count"] for area in areas for todo in area["todos"]),
            "team": bool(team),
            "may_see_team": may_see_team,
            "areas": areas,
        }

    def _areas(self, team=False):
        """What there is, by its heading; nothing that is empty."""
        kinds = [
            (model, todo)
            for model, todo in self._todos()
            if self._is_for(todo) and model.has_access("read")
        ]
        if team:
            kinds = [(model, todo) for model, todo in kinds if not todo.others]
        kinds.sort(key=lambda kind: (kind[1].area.sequence, kind[1].sequence))
        areas = []
        for key, members in groupby(kinds, lambda kind: kind[1].area.key):
            found = [self._answer(model, todo, team) for model, todo in members]
            found = [todo for todo in found if todo["count"]]
            if found:
                label = self.env._(members[0][1].area.label)
                areas.append({"key": key, "label": label, "todos": found})
        return areas

    @api.model
    def _todos(self):
        """All kinds of work with their models: found, not listed."""
        names = self.env.registry.descendants(["document.todo.mixin"], "_inherit")
        models_ = [self.env[name] for name in sorted(names)]
        return [(m, todo) for m in models_ if not m._abstract for todo in m._todos]

    def _is_for(self, todo):
        return self.env.user.has_group(todo.group)

    def _answer(self, model, todo, team):
        domain = self._domain(model, todo, team)
        count, amounts = self._count(model, todo, domain)
        shown = model.browse()
        if count:
            shown = model.search(domain, order=todo.order, limit=SHOWN)
            shown._todo_prepare(todo)
        return {
            "key": todo.key,
            "label": self.env._(todo.label),
            "button": self.env._(todo.button),
            "when": self.env._(todo.when) if todo.when else "",
            "method": todo.method,
            "model": model._name,
            "domain": domain,
            "count": count,
            "amounts": amounts,
            "lines": [self._line(record, todo) for record in shown],
        }

    def _domain(self, model, todo, team):
        """As a list: the screen opens the list of the same records with it."""
        domain = Domain(getattr(model, todo.domain)())
        if todo.person and todo.others:
            domain &= Domain(todo.person, "not in", [self.env.uid, False])
        elif todo.person and not team:
            domain &= Domain(todo.person, "=", self.env.uid)
        return plain(domain)

    def _count(self, model, todo, domain):
        if not todo.amount:
            return model.search_count(domain), []
        rows = model._read_group(
            domain, ["currency_id"], ["__count", f"{todo.amount}:sum"]
        )
        amounts = sorted([currency.id, amount or 0.0] for currency, _n, amount in rows)
        return sum(count for _currency, count, _amount in rows), amounts

    def _line(self, record, todo):
        amount, currency = record._todo_amount(todo)
        opened, day = record._todo_record(), record._todo_day(todo)
        return {
            "id": record.id,
            "name": record._todo_name(),
            "customer": record._todo_customer(),
            "amount": amount,
            "currency_id": currency.id,
            "day": fields.Date.to_string(day) if day else False,
            "why": record._todo_why(todo),
            "opens": [opened._name, opened.id],
        }

    @api.model
    def _address(self):
        """Where My Day is, for e-mails."""
        actions = self.env["ir.actions.client"].sudo()
        action = actions.search([("tag", "=", TAG), ("path", "!=", False)], limit=1)
        return f"{self.get_base_url()}/odoo/{action.path or ''}"
