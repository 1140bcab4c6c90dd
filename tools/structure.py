"""``./run structure``: how the code lies in its files, in figures that can be counted
again on any commit.

    ./run structure                       today's code
    ./run structure --commit 5cf33a6      another commit, out of git
    ./run structure --static              without the trace of a send
    ./run structure --sequence            and each change of file of the send, in order
    ./run structure --files               and the files behind the counts
    ./run structure --kinds quote receipt --model bmasia.quote

What is counted, in all addons, without tests and migrations:

*one send*
    A draft of ``--model`` is sent by ``send_email()`` in a database with the demo, over
    the local mail server, until its outcome is recorded. Counted are the functions of
    our addons that are entered: the *files* they lie in; the *changes of file*, where a
    function of one file leads to one of another (each pair of functions once, for a
    loop is read once), those by a call that stands in our code and those through Odoo
    (an override, a compute method, a record rule); the pairs of files between which it
    changes; and every change in order of time. Of the calls in our code it is said how
    many lead into *tools*, which know no ORM and call nothing above them, and how many
    from an *override* to the method of the same name that it extends.
*files of a kind*
    Python files with code of a kind of document: the file's name, or the name of a
    class, method or function in it, has the kind's word (``invoice``, ``invoices``), or
    a class is or extends a model whose name has it (``bmasia.invoice.line``).
*files that name a kind*
    Those, and files with a text such as ``"bmasia.invoice"``: where kinds are listed.
*functions*
    Lines from ``def`` to the end, docstring included; nested ones count for themselves,
    too. Listed: those longer than 45.
*shared lines of views*
    Lines that two kinds' views have in common in runs of at least 6 (difflib's matching
    blocks), blanks at the ends and repeated ones aside. The views of a kind: all XML
    files with an ``ir.ui.view`` of its model.
*files without a docstring*
    Files in ``models/`` and ``wizard/`` that do not say what is in them: with no
    docstring of the file. And of those, the ones with a class without one, too.
"""

import argparse
import ast
import difflib
import json
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path

from tools.progress import step
from tools.released import addon_folders, extract
from tools.sandbox import Sandbox
from tools.settings import ROOT, Settings
from tools.stack import Stack

KINDS = ("quote", "contract", "invoice")
MODEL = "bmasia.invoice"
LOGIN = "norbert@bmasiamusic.com"  # may send every kind of document
LEFT_OUT = {"tests", "migrations"}
LONG = 45  # lines of a function
RUN = 6  # lines in a row that count as shared
WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
RECORD = re.compile(
    r"<record\b[^>]*\bmodel=\"ir\.(?:ui\.view|actions\.act_window)\".*?</record>",
    re.DOTALL,
)
RECORD_MODEL = re.compile(r'<field name="(?:res_)?model">\w+\.(\w+)</field>')
Function = ast.FunctionDef | ast.AsyncFunctionDef


def has_word(name: str, kind: str) -> bool:
    """Whether a name in code is about a kind.

    >>> [has_word(name, "quote") for name in ("BmasiaQuoteLine", "_quotes", "unquoted")]
    [True, True, False]
    """
    words = {word.lower() for word in WORDS.findall(name)}
    return bool(words & {kind, f"{kind}s"})


@dataclass(frozen=True)
class Module:
    """One Python file."""

    path: Path
    name: str  # below the root

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def classes(self) -> list[ast.ClassDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]

    @property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    def is_about(self, kind: str) -> bool:
        """Whether it has code of a kind, see *files of a kind* above."""
        names = [self.path.stem, *(n.name for n in (*self.classes, *self.functions))]
        if any(has_word(name, kind) for name in names):
            return True
        return any(kind in model.split(".") for model in self.models)

    def names(self, kind: str) -> bool:
        """Whether a text in it is the name of the kind's model."""
        model = rf"[\"'](\w+\.)+{kind}(\.\w+)*[\"']"
        return self.is_about(kind) or bool(re.search(model, self.text))

    @property
    def models(self) -> Iterator[str]:
        """The models that its classes are or extend."""
        for node in self.classes:
            for statement in node.body:
                if isinstance(statement, ast.Assign) and any(
                    isinstance(target, ast.Name) and target.id in ("_name", "_inherit")
                    for target in statement.targets
                ):
                    for part in ast.walk(statement.value):
                        if isinstance(part, ast.Constant):
                            yield str(part.value)

    @property
    def has_docstring(self) -> bool:
        return bool(ast.get_docstring(self.tree))

    @property
    def has_classes_with_docstrings(self) -> bool:
        return bool(self.classes) and all(map(ast.get_docstring, self.classes))


@dataclass(frozen=True)
class Code:
    """The addons below a root."""

    root: Path

    @cached_property
    def modules(self) -> list[Module]:
        """All Python files but those of tests and migrations."""
        return [
            Module(path, str(path.relative_to(self.root)))
            for folder in addon_folders(self.root).values()
            for path in sorted(folder.rglob("*.py"))
            if not LEFT_OUT & set(path.relative_to(folder).parts)
        ]

    @cached_property
    def functions(self) -> list[tuple[int, str]]:
        """Lines and place of each function, the longest first."""
        found = [
            (
                (node.end_lineno or node.lineno) - node.lineno + 1,
                f"{module.name}:{node.lineno} {node.name}",
            )
            for module in self.modules
            for node in module.functions
        ]
        return sorted(found, reverse=True)

    @cached_property
    def model_modules(self) -> list[Module]:
        """The files of models and wizards."""
        return [
            module
            for module in self.modules
            if module.path.parent.name in ("models", "wizard")
            and module.path.name != "__init__.py"
        ]

    def view_lines(self, kind: str) -> list[str]:
        """The lines of a kind's views and actions, blanks normalised."""
        lines = []
        for folder in addon_folders(self.root).values():
            for path in sorted(folder.rglob("*.xml")):
                for record in RECORD.findall(path.read_text()):
                    if kind in RECORD_MODEL.findall(record):
                        lines += [
                            " ".join(line.split()) for line in record.splitlines()
                        ]
        return [line for line in lines if line]


def shared_lines(ours: list[str], theirs: list[str]) -> int:
    """How many lines two texts share in runs of at least :data:`RUN`.

    >>> shared_lines(list("abcdefgh"), list("xabcdefy")), shared_lines(["a"], ["a"])
    (6, 0)
    """
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    sizes = [block.size for block in matcher.get_matching_blocks()]
    return sum(size for size in sizes if size >= RUN)


def static_lines(code: Code, kinds: list[str], files: bool) -> Iterator[str]:
    """What can be counted by reading, in lines for the terminal.

    :param files: whether to list the files behind the counts
    """
    yield "\nPython files of a kind                of it   naming it"
    for kind in kinds:
        about = [m.name for m in code.modules if m.is_about(kind)]
        named = [m.name for m in code.modules if m.names(kind)]
        yield f"  {kind:<36}{len(about):>5}{len(named):>12}"
        if files:
            yield from (f"    {'  ' if n in about else '* '}{n}" for n in named)
    lengths = sorted(length for length, _place in code.functions)
    middle = statistics.median(lengths)
    most = statistics.quantiles(lengths, n=20)[-1]
    yield f"\n{len(lengths):>5} functions                 median    95 %  longest"
    yield f"  lines                         {middle:>8.0f}{most:>8.0f}{lengths[-1]:>9}"
    yield from (
        f"  {length:>4} {place}" for length, place in code.functions if length > LONG
    )
    yield f"\nLines that two kinds' views share in runs of at least {RUN}"
    for one, other in combinations(kinds, 2):
        count = shared_lines(code.view_lines(one), code.view_lines(other))
        yield f"  {f'{one}, {other}':<36}{count:>5}"
    silent = [module for module in code.model_modules if not module.has_docstring]
    none = [module for module in silent if not module.has_classes_with_docstrings]
    yield f"\nOf {len(code.model_modules)} files of models and wizards"
    yield f"  without a docstring of the file     {len(silent):>5}"
    yield f"  ... and with a class without one    {len(none):>5}"
    if files:
        for module in silent:
            yield f"    {'  ' if module not in none else '* '}{module.name}"


@dataclass(frozen=True)
class Step:
    """A function that was entered, and the nearest one of ours that led there."""

    place: str
    caller: str
    direct: bool

    @property
    def is_change(self) -> bool:
        """Whether the caller lies in another file."""
        return bool(self.caller) and self.caller.split()[0] != self.place.split()[0]


@dataclass(frozen=True)
class Send:
    """What one send ran through."""

    number: str
    status: str
    steps: list[Step]

    @classmethod
    def read(cls, printed: str) -> "Send":
        """From what ``structure_job`` printed."""
        found = json.loads(printed)
        steps = [
            Step(" ".join(place), " ".join(caller or ()), direct)
            for place, caller, direct in found["steps"]
        ]
        return cls(found["number"], found["status"], steps)

    def lines(self, sequence: bool) -> Iterator[str]:
        """The figures, in lines for the terminal.

        :param sequence: whether to list the changes of file
        """
        files = [entered.place.split()[0] for entered in self.steps]
        moved = sum(a != b for a, b in zip(files, files[1:], strict=False))
        # a change that is also made directly counts as such
        changes: dict[tuple[str, str], bool] = {}
        for entered in self.steps:
            if entered.is_change:
                pair = (entered.caller, entered.place)
                changes[pair] = changes.get(pair, False) or entered.direct
        direct = sum(changes.values())
        yield f"\nOne send_email(): {self.number}, {self.status}"
        yield f"  files entered                       {len(set(files)):>5}"
        yield f"  changes of file                     {len(changes):>5}"
        yield f"    by a call that stands in our code {direct:>5}"
        yield f"    through Odoo                      {len(changes) - direct:>5}"
        pairs = {(a.split()[0], b.split()[0]) for a, b in changes}
        yield f"  pairs of files                      {len(pairs):>5}"
        yield f"  changes in time, with repetitions   {moved:>5}"
        calls = [(a, b) for (a, b), is_direct in changes.items() if is_direct]
        into_tools = sum("/tools/" in b.split()[0] for _a, b in calls)
        extending = sum(_method(a) == _method(b) for a, b in calls)
        yield f"  of the calls: into tools            {into_tools:>5}"
        yield f"  of the calls: by an override        {extending:>5}"
        if sequence:
            for (caller, place), is_direct in changes.items():
                yield f"    {caller} {'->' if is_direct else '~>'} {place}"


def _method(place: str) -> str:
    """The function's own name.

    >>> _method("sample/models/sample_quote.py SampleQuote.write")
    'write'
    """
    return place.split()[-1].rpartition(".")[2]


def trace_send(settings: Settings, root: Path, model: str) -> Send:
    """Send a draft on the code below a root, in a database made for it.

    :param settings: of the normal installation
    """
    stack = Stack(settings.apart("structure"), durable=False)
    stack.prepare_folder()
    try:
        with step("PostgreSQL and the mail server"):
            stack.cluster.start()
            stack.write_configuration()
            stack.start_mail_server()
        with tempfile.TemporaryDirectory() as folder:
            database = Sandbox(stack, "code", Path(folder))
            with step("Database with the addons and the demo"):
                database.install(root)
                database.load_demo(root)
            with step("One send"):
                job = str(ROOT / "tools" / "structure_job.py")
                # -P: else the folder of the job comes before everything else
                printed = database.run(root, "-P", job, str(root), model, LOGIN)
            database.drop()
    finally:
        stack.stop()
    return Send.read(printed)


@contextmanager
def _source(commit: str | None) -> Iterator[Path]:
    if not commit:
        yield ROOT
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        extract(commit, root)
        yield root


def run_structure(settings: Settings, arguments: list[str]) -> int:
    """Count and print; nothing is judged here.

    :param settings: of the normal installation
    :param arguments: of the command line, see above
    :returns: 0
    :raises SetupError: this clone does not have the commit
    """
    parser = argparse.ArgumentParser(prog="./run structure")
    parser.add_argument("--commit", help="count another commit")
    parser.add_argument("--static", action="store_true", help="no trace of a send")
    parser.add_argument("--sequence", action="store_true", help="each change of file")
    parser.add_argument("--files", action="store_true", help="the files counted")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS))
    parser.add_argument("--model", default=MODEL, help="what is sent")
    options = parser.parse_args(arguments)
    with _source(options.commit) as root:
        lines = list(static_lines(Code(root), options.kinds, options.files))
        if not options.static:
            send = trace_send(settings, root, options.model)
            lines += send.lines(options.sequence)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0
