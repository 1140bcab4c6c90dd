"""Change the engines sign by sign, with cosmic-ray's operators, and see who notices.

``python -m tools.mutate.engines [WORDS]`` takes each module in a ``tools`` folder of
our addons that has examples in its docstrings (only those with one of the words in
their path, where there are any). Each changed engine is loaded in a child process of
its own; its examples run, then the tests that import it and need no database. A change
that nothing notices survived. Hints of types and docstrings are left as they are.

An engine that talks SQL is tested on a real cursor instead: by the tests that import it
and run in one transaction, which nothing is left of, however a child ends.

``pyproject.toml`` says how many parts of a hundred are to be noticed, names the engines
that talk SQL, and the lines whose changes make no difference, each with its reason.
"""

import ast
import contextlib
import doctest
import gc
import importlib
import importlib.util
import io
import logging
import os
import resource
import signal
import sys
import threading
import time
import tomllib
import types
import unittest
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tools.released import addon_folders
from tools.settings import ROOT

# cosmic-ray puts every sign in the place of every other, most of which break at once or
# make no difference: here each has its opposite, and its neighbour where it has one
SIGNS = """
    Add_Sub Sub_Add Mul_FloorDiv FloorDiv_Mul Div_Mul Mod_FloorDiv Pow_Mul
    BitOr_BitAnd BitAnd_BitOr BitXor_BitAnd LShift_RShift RShift_LShift
    Eq_NotEq NotEq_Eq Is_IsNot IsNot_Is
    Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt GtE_Lt
    Delete_Not Delete_USub
""".split()
OTHERS = """
    AddNot NumberReplacer RemoveDecorator ReplaceAndWithOr ReplaceOrWithAnd
    ReplaceBreakWithContinue ReplaceContinueWithBreak ReplaceFalseWithTrue
    ReplaceTrueWithFalse ZeroIterationForLoop
""".split()
TRIAL = 1800  # seconds, for all tests of an engine; a machine may have other work
SLOW = 1  # seconds of a test that is not repeated for each of hundreds of changes
PATIENCE = 10  # times what the tests take unchanged; then it runs forever
MEMORY = 4 * 2**30  # bytes; a change may ask for any
NOTICED, UNNOTICED = 1, 0  # exit codes of a child


@dataclass(frozen=True)
class Mutant:
    """An engine with one change."""

    operator: str
    line: int
    before: str
    after: str
    code: str


@dataclass
class Engine:
    """A module and what became of its mutants."""

    name: str
    path: Path
    modules: list[str]  # with tests of it
    talks_sql: bool = False  # then its tests have a cursor
    tests: list[list[str]] = field(default_factory=list)  # module, class, method
    noticed: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def share(self) -> float:
        """How many parts of a hundred were noticed."""
        mutants = self.noticed + len(self.survivors)
        return 100 * self.noticed / mutants if mutants else 100.0


def main(words: list[str]) -> int:
    """Do it, and print a table.

    :returns: 0 if enough was noticed in every engine
    """
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutate"]
    engines = chosen(words, settings)
    _load_odoo(any(engine.talks_sql for engine in engines))
    for engine in engines:
        _judge(engine, settings["equivalent"])
        sys.stdout.write(_row(engine))
        for mutant in engine.survivors:
            sys.stdout.write(
                f"    {mutant.line}: {mutant.before}\n        {mutant.after}\n"
            )
        sys.stdout.flush()
    low = [engine for engine in engines if engine.share < settings["reach"]]
    sys.stdout.write("\n" + "".join(map(_row, engines)))
    noticed = sum(engine.noticed for engine in engines)
    every = noticed + sum(len(engine.survivors) for engine in engines)
    sys.stdout.write(f"\n{noticed} of {every} changes were noticed\n")
    return int(bool(low) or not engines)


def _row(engine: Engine) -> str:
    every = engine.noticed + len(engine.survivors)
    name = engine.path.relative_to(ROOT)
    return (
        f"{name!s:<52}{every:>6} changes{engine.share:>7.1f} %"
        f"{engine.seconds:>6.0f} s\n"
    )


# --- what there is ------------------------------------------------------------------


def find() -> list[Engine]:
    """Every engine of our addons, with the test modules that import it."""
    found = []
    for addon, folder in addon_folders().items():
        tests = {path: _imports(path) for path in folder.glob("tests/test_*.py")}
        for path in sorted((folder / "tools").rglob("*.py")):
            if ">>> " not in path.read_text():
                continue
            parts = path.relative_to(folder).with_suffix("").parts
            mine = [
                f"odoo.addons.{addon}.tests.{test.stem}"
                for test, imported in sorted(tests.items())
                if any(name.endswith(".".join(parts)) for name in imported)
            ]
            found.append(Engine(".".join(("odoo.addons", addon, *parts)), path, mine))
    return found


def chosen(words: list[str], settings: dict[str, Any]) -> list[Engine]:
    """The engines with one of these words in their path, or all.

    :param dict settings: of ``pyproject.toml``
    """
    engines = [e for e in find() if not words or any(w in str(e.path) for w in words)]
    for engine in engines:
        here = str(engine.path.relative_to(ROOT))
        engine.talks_sql = any(fnmatch(here, name) for name in settings["talk_sql"])
    return engines


def _imports(path: Path) -> set[str]:
    """The modules that may be meant by the imports of a file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
            names.update(f"{node.module or ''}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return names


def mutants(source: str) -> Iterator[Mutant]:
    """Every change of a source that is one to Python, too."""
    original, tree = _essence(source), get_ast(source)
    lines, seen = source.splitlines(), {original}
    for name in operator_names():
        kind, _slash, change = name.partition("/")[2].partition("Operator_")
        if change not in SIGNS and kind not in OTHERS:
            continue
        operator = get_operator(name)()
        positions = [
            start[0]
            for node in ast_nodes(tree)
            for start, _end in operator.mutation_positions(node)
        ]
        for occurrence, line in enumerate(positions):
            code = mutate_code(source, operator, occurrence)
            essence = code and _essence(code)
            if essence and essence not in seen:
                seen.add(essence)
                before, after = lines[line - 1], code.splitlines()[line - 1]
                yield Mutant(name, line, before.strip(), after.strip(), code)


def _essence(source: str) -> str | None:
    """What Python makes of a source, without docstrings and hints of types."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Name("hint")
    return ast.dump(tree)


# --- trying --------------------------------------------------------------------------


def _load_odoo(with_database: bool) -> None:
    """Odoo and our addons; the tests that need a database find theirs only where an
    engine talks SQL.
    """
    import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
    import odoo.sql_db
    import odoo.tests
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["--no-http", "--log-level=critical"], setup_logging=True)
    logging.disable(logging.CRITICAL)
    for addon in addon_folders():
        importlib.import_module(f"odoo.addons.{addon}")
    if with_database:
        Registry(config["db_name"][0])
        odoo.sql_db.close_all()  # children have connections of their own
        config["test_enable"] = True
        thread: Any = threading.current_thread()
        thread.testing = True
    gc.freeze()  # what the children share with us


def _take_database_away() -> None:
    import odoo.sql_db
    from odoo.modules.registry import Registry

    Registry.delete_all()
    odoo.sql_db.db_connect = _no_database


def _no_database(*_arguments: Any, **_options: Any) -> None:
    raise RuntimeError("Tests of engines have no database.")


def _judge(engine: Engine, equivalent: list[dict[str, str]]) -> None:
    source, start = engine.path.read_text(), time.monotonic()
    here = str(engine.path.relative_to(ROOT))
    same = {row["line"] for row in equivalent if fnmatch(here, row["engine"])}
    _choose_tests(engine, source)
    limit = 5 + int(PATIENCE * (time.monotonic() - start))
    running: dict[int, Mutant] = {}
    for mutant in mutants(source):
        if same & {mutant.before, "*"}:
            continue
        if len(running) >= (1 if engine.talks_sql else os.cpu_count() or 1):
            _note(engine, running)
        child = _in_child(partial(_is_noticed, engine, mutant.code), limit)
        running[child] = mutant
    while running:
        _note(engine, running)
    engine.survivors.sort(key=lambda mutant: mutant.line)
    engine.seconds = time.monotonic() - start


def _choose_tests(engine: Engine, source: str) -> None:
    """Keep the tests that pass without a database in no time, the quickest first.

    :raises SystemExit: the examples in the docstrings fail as it is
    """
    reader, writer = os.pipe()
    child = _in_child(lambda: _try_tests(engine, source, writer), TRIAL)
    os.close(writer)
    with open(reader) as answer:
        passing = answer.read().splitlines()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != UNNOTICED:
        raise SystemExit(
            f"The examples of {engine.path} fail without any change, or its tests take "
            f"more than {TRIAL} seconds."
        )
    timed = sorted((float(line.split()[0]), line.split()[1:]) for line in passing)
    engine.tests = [test for _seconds, test in timed]


def _try_tests(engine: Engine, source: str, writer: int) -> bool:
    if not engine.talks_sql:
        _take_database_away()
    if doctest.testmod(_alone(engine, source)).failed:
        return True
    _put_in_place(engine, source)
    for module in engine.modules:
        for case in _cases(importlib.import_module(module), engine.talks_sql):
            for method in unittest.TestLoader().getTestCaseNames(case):
                start = time.process_time()
                passes, seconds = not _fails(case, method), time.process_time() - start
                if passes and seconds < SLOW:
                    line = f"{seconds} {module} {case.__name__} {method}\n"
                    os.write(writer, line.encode())
    return False


def _note(engine: Engine, running: dict[int, Mutant]) -> None:
    child, status = os.wait()
    mutant = running.pop(child)
    if status == UNNOTICED:
        engine.survivors.append(mutant)
    else:
        engine.noticed += 1


def _in_child(act: Callable[[], bool], limit: int) -> int:
    """Do something in a child process, which ends with 1 if it is true or breaks.

    :param limit: seconds, then it is broken off
    :returns: the child
    """
    if child := os.fork():
        return child
    outcome = NOTICED
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(limit)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        nowhere = io.StringIO()
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            outcome = NOTICED if act() else UNNOTICED
    finally:
        os._exit(outcome)


def _is_noticed(engine: Engine, code: str) -> bool:
    if not engine.talks_sql:
        _take_database_away()
    module = _alone(engine, code)
    if doctest.testmod(module, optionflags=doctest.FAIL_FAST).failed:
        return True
    _put_in_place(engine, code)
    return any(
        _fails(vars(importlib.import_module(module))[case], method)
        for module, case, method in engine.tests
    )


def _alone(engine: Engine, code: str) -> types.ModuleType:
    """Load an engine with this code; whoever has imported it keeps the one in place."""
    module = types.ModuleType(engine.name)
    module.__package__ = engine.name.rpartition(".")[0]
    module.__file__ = str(engine.path)
    sys.modules[engine.name] = module
    exec(compile(code, engine.path, "exec"), vars(module))
    return module


class _Changed(SourceFileLoader):
    """Loads another code than the one in the file."""

    code = ""

    def get_code(self, fullname: str) -> types.CodeType:
        return compile(self.code, self.path, "exec")


def _put_in_place(engine: Engine, code: str) -> types.ModuleType:
    """Load the addon's engines and tests anew, one of them with this code."""
    addon = ".".join(engine.name.split(".")[:3])
    for name in [*sys.modules]:
        if name.startswith((f"{addon}.tools", f"{addon}.tests")):
            del sys.modules[name]
    # without running its __init__, which imports all the others
    tests = types.ModuleType(f"{addon}.tests")
    tests.__path__ = [str(Path(sys.modules[addon].__path__[0], "tests"))]
    sys.modules[tests.__name__] = tests
    loader = _Changed(engine.name, str(engine.path))
    loader.code = code
    sys.meta_path.insert(0, _Finder(engine.name, loader))
    return importlib.import_module(engine.name)


class _Finder:
    """Finds one module."""

    def __init__(self, name: str, loader: SourceFileLoader):
        self.name, self.loader = name, loader

    def find_spec(self, name: str, _path: Any, _target: Any = None) -> Any:
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, self.loader)


def _cases(module: types.ModuleType, talks_sql: bool) -> list[Any]:
    """The test cases of a module that may need no database; of an engine that talks SQL
    those that leave nothing behind in theirs.
    """
    from odoo.tests import BaseCase, SingleTransactionCase, TransactionCase

    transactions = TransactionCase, SingleTransactionCase
    return [
        case
        for case in vars(module).values()
        if isinstance(case, type)
        and issubclass(case, BaseCase)
        and issubclass(case, transactions) == talks_sql
        and case.__module__ == module.__name__
    ]


def _fails(case: Any, method: str) -> bool:
    import odoo.modules.module
    from odoo.tests.result import OdooTestResult

    result = OdooTestResult()
    case._classSetupFailed = False
    test = case(method)
    odoo.modules.module.current_test = test
    case.setUpClass()
    try:
        test.run(result)
    finally:
        case.tearDownClass()
        case.doClassCleanups()
    return not result.wasSuccessful()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
