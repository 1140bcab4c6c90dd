"""The rules of our addons, each of which can be taken away for a while.

Found in the running registry, never listed: transitions, who may make them and their
guards; rows of access rights; record rules; constraints, in Python and in PostgreSQL.
A rule has a name; its tests are those whose method's name begins with it::

    transition      test_bmasia_quote_sent_to_accepted
    who may         test_bmasia_quote_sent_to_accepted_who
    its guard       test_bmasia_quote_sent_to_accepted_check_not_expired
    its date        test_bmasia_quote_sent_to_accepted_stamp
    access right    test_access_bmasia_quote_user           (the row's id)
    record rule     test_bmasia_quote_rule_entity           (the rule's id)
    @api.constrains test_bmasia_quote_check_validity        (model and method)
    @api.ondelete   test_bmasia_company_unlink_except_...   (model and method)
    SQL             test_bmasia_contract_renewed_from       (its name in PostgreSQL)
"""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from odoo.orm.table_objects import Constraint, UniqueIndex
from odoo.tools import SQL

TRANSITIONS = "_transitions"  # the attribute in which a model has its table
WHO, GUARDS, STAMP = "who", "guards", "stamp"  # what stands in one of its rows
EVERYBODY, NOBODY = "base.group_user", "base.group_system"
METHODS = {"_constrains": "constraint", "_ondelete": "deletion"}

Removal = Callable[[Any], AbstractContextManager[None]]


@dataclass(frozen=True)
class Mutation:
    """One rule, and one way to take it away.

    :param kind: what kind of rule
    :param rule: its name, with which its tests begin
    :param change: in a few words, what is done to it
    :param apply: does it in an environment, and takes back what a rollback does not
    """

    kind: str
    rule: str
    change: str
    apply: Removal


def find(env: Any, addons: Collection[str]) -> list[Mutation]:
    """Every mutation of the rules that some addons bring.

    :param odoo.api.Environment env: of a database with these addons
    :param addons: their names
    """
    found = [
        *_transitions(env, addons),
        *_data(env, addons, "ir.model.access", "access right"),
        *_data(env, addons, "ir.rule", "record rule"),
        *_methods(env, addons),
        *_table_objects(env, addons),
    ]
    return found


def _name(*parts: str) -> str:
    return re.sub(r"\W+|_+", "_", "_".join(parts)).strip("_")


# --- transitions ---------------------------------------------------------------------


def _transitions(env: Any, addons: Collection[str]) -> Iterator[Mutation]:
    for model in env.values():
        table = getattr(model, TRANSITIONS, None)
        if table and model._original_module in addons and not model._abstract:
            for key in list(table):
                yield from _of_row(
                    env, table, key, _name(model._name, "_to_".join(key))
                )


def _of_row(
    env: Any, table: dict[Any, Any], key: tuple[str, str], rule: str
) -> Iterator[Mutation]:
    row, kind = table[key], "transition"
    yield Mutation(kind, rule, "removed", _put(table, key, None))
    nobody = replace(row, **{WHO: NOBODY})
    yield Mutation("role", f"{rule}_who", "nobody may", _put(table, key, nobody))
    # crons and consequences are everybody's already
    if env.ref(getattr(row, WHO), raise_if_not_found=False):
        anybody = replace(row, **{WHO: EVERYBODY})
        yield Mutation("role", f"{rule}_who", "anybody may", _put(table, key, anybody))
    guards = getattr(row, GUARDS)
    for guard in guards:
        fewer = replace(row, **{GUARDS: tuple(g for g in guards if g != guard)})
        name = _name(rule, guard)
        yield Mutation("guard", name, "removed", _put(table, key, fewer))
    if getattr(row, STAMP):
        unstamped = replace(row, **{STAMP: ""})
        yield Mutation(kind, f"{rule}_stamp", "removed", _put(table, key, unstamped))


def _put(table: dict[Any, Any], key: tuple[str, str], row: Any) -> Removal:
    """Another row, or none, in a table that models and tests share."""

    @contextmanager
    def apply(_env: Any) -> Iterator[None]:
        before = dict(table)
        if row is None:
            del table[key]
        else:
            table[key] = row
        try:
            yield
        finally:
            table.clear()
            table.update(before)

    return apply


# --- rows of access rights, record rules ---------------------------------------------


def _data(
    env: Any, addons: Collection[str], model: str, kind: str
) -> Iterator[Mutation]:
    here = [("model", "=", model), ("module", "in", list(addons))]
    for known in env["ir.model.data"].search(here, order="module, name"):
        record = env[model].browse(known.res_id)
        off = SQL("UPDATE %s SET active = false", SQL.identifier(record._table))
        yield Mutation(kind, known.name, "removed", _sql(off, record.id))
        if model == "ir.model.access" and not _is_full(record):
            full = SQL(
                "UPDATE ir_model_access SET perm_read = true, perm_write = true,"
                " perm_create = true, perm_unlink = true"
            )
            yield Mutation(kind, known.name, "all rights", _sql(full, record.id))


def _is_full(access: Any) -> bool:
    operations = ("perm_read", "perm_write", "perm_create", "perm_unlink")
    return all(access[name] for name in operations)


def _sql(statement: SQL, record: int | None = None) -> Removal:
    """A statement in the test's own transaction; a rollback takes it back."""

    @contextmanager
    def apply(env: Any) -> Iterator[None]:
        where = SQL(" WHERE id = %s", record) if record else SQL()
        env.cr.execute(SQL("%s%s", statement, where))
        env.registry.clear_all_caches()
        env.invalidate_all()
        yield

    return apply


# --- constraints ---------------------------------------------------------------------


def _methods(env: Any, addons: Collection[str]) -> Iterator[Mutation]:
    """Methods whose decorator says when they are asked, in the class that has them."""
    homes = tuple(f"odoo.addons.{addon}." for addon in addons)
    classes: dict[Any, None] = dict.fromkeys(
        base
        for model in env.values()
        for base in type(model).mro()
        if base.__module__.startswith(homes)
    )
    for owner in classes:
        for name, function in list(vars(owner).items()):
            for mark, kind in METHODS.items():
                if callable(function) and hasattr(function, mark):
                    rule = _name(owner._name, name)
                    yield Mutation(kind, rule, "removed", _silence(owner, name, mark))


def _silence(owner: type, name: str, mark: str) -> Removal:
    """A method that says nothing in the place of one that refuses."""

    @contextmanager
    def apply(env: Any) -> Iterator[None]:
        function = getattr(owner, name)

        def agree(self: Any) -> None:
            return None

        setattr(agree, mark, getattr(function, mark))
        setattr(owner, name, agree)
        _forget_methods(env)
        try:
            yield
        finally:
            setattr(owner, name, function)
            _forget_methods(env)

    return apply


def _forget_methods(env: Any) -> None:
    """What Odoo remembers of each model after the first time."""
    for model in env.registry.models.values():
        for remembered in ("_constraint_methods", "_ondelete_methods"):
            if isinstance(vars(model).get(remembered), list):
                delattr(model, remembered)


def _table_objects(env: Any, addons: Collection[str]) -> Iterator[Mutation]:
    for model in env.values():
        if model._abstract or not model._auto:
            continue
        for name, item in model._table_objects.items():
            mine, index = item._module in addons, SQL.identifier(name)
            if mine and isinstance(item, Constraint):
                table = SQL.identifier(model._table)
                drop = SQL("ALTER TABLE %s DROP CONSTRAINT %s", table, index)
                yield Mutation("SQL constraint", _name(name), "removed", _sql(drop))
            elif mine and isinstance(item, UniqueIndex):
                drop = SQL("DROP INDEX %s", index)
                yield Mutation("unique index", _name(name), "removed", _sql(drop))
