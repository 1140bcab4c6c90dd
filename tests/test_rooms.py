"""Each model of an addon is in one file, which says what is in it.

A model that is extended in two files of one addon is read in one of them and changed in
the other. What is too large for one file is a mixin with a name and a docstring.
"""

import ast
import re
from collections import Counter, defaultdict

import pytest

from tests.test_architecture import ADDONS
from tools.settings import ROOT

MODELS = ("Model", "AbstractModel", "TransientModel")
NO_ROOMS = ("tests", "migrations")


def python_files(addon):
    for path in sorted(ADDONS[addon].rglob("*.py")):
        if not set(NO_ROOMS) & set(path.relative_to(ADDONS[addon]).parts):
            yield path


def model_classes(source):
    """The model classes of a file, with the name of the model that each is part of."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and any(map(is_model, node.bases)):
            yield model_name(node), node


def is_model(base):
    return isinstance(base, ast.Attribute) and base.attr in MODELS


def model_name(node):
    texts = {
        target.id: [n.value for n in ast.walk(value) if isinstance(n, ast.Constant)]
        for target, value in assignments(node)
        if target.id in ("_name", "_inherit")
    }
    return (texts.get("_name") or texts["_inherit"])[0]


def assignments(node):
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    yield target, statement.value


def rooms_of(addon):
    """Where each model of an addon is: ``{model: ["models/mail_mail.py:12"]}``."""
    found = defaultdict(list)
    for path in python_files(addon):
        for name, node in model_classes(path.read_text()):
            place = path.relative_to(ADDONS[addon])
            found[name].append(f"{place}:{node.lineno}")
    return found


SOURCE = """
class A(models.Model):
    _inherit = "mail.mail"

class B(models.AbstractModel):
    _name = "b.mixin"

class C(models.Model):
    _name = "mail.mail"
    _inherit = ["b.mixin", "mail.mail"]

class D(Exception):
    pass
"""


def test_a_class_is_known_by_the_model_that_it_is_part_of():
    names = [name for name, _node in model_classes(SOURCE)]
    assert names == ["mail.mail", "b.mixin", "mail.mail"]


@pytest.mark.parametrize("addon", sorted(ADDONS))
def test_no_model_is_extended_twice_in_one_addon(addon):
    twice = {name: places for name, places in rooms_of(addon).items() if places[1:]}
    assert not twice, (
        f"{addon} reopens these models. Merge the classes, or make a part of the model "
        f"an abstract mixin with a name of its own: {twice}"
    )


def names_of(node):
    """Each name that a class binds, as often as it does."""
    yield from (target.id for target, _value in assignments(node))
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef):
            yield statement.name


@pytest.mark.parametrize("addon", sorted(ADDONS))
def test_no_model_gives_a_name_twice(addon):
    """The second takes the place of the first, without a word: an index that had the
    name of a method was never made.
    """
    twice = [
        f"{path.relative_to(ADDONS[addon])}: {name}"
        for path in python_files(addon)
        for _model, node in model_classes(path.read_text())
        for name, times in Counter(names_of(node)).items()
        if times > 1
    ]
    assert not twice


@pytest.mark.parametrize("addon", sorted(ADDONS))
def test_each_file_with_models_says_what_is_in_it(addon):
    silent = []
    for path in python_files(addon):
        nodes = [node for _name, node in model_classes(path.read_text())]
        module = ast.parse(path.read_text())
        if nodes and not any(map(ast.get_docstring, [module, *nodes])):
            silent.append(str(path.relative_to(ADDONS[addon])))
    assert not silent, f"no docstring says what is in these files of {addon}: {silent}"


@pytest.mark.parametrize("addon", sorted(ADDONS))
def test_each_mixin_teaches_itself(addon):
    silent = [
        name
        for path in python_files(addon)
        for name, node in model_classes(path.read_text())
        if name.endswith(".mixin") and is_new(node)
        if len((ast.get_docstring(node) or "").splitlines()) < 3
    ]
    assert not silent, (
        f"the class docstrings of these mixins of {addon} do not say what they give, "
        f"what a model must provide and how they work: {silent}"
    )


def is_new(node):
    """Whether a class makes a model, rather than extend one of another addon."""
    return any(target.id == "_name" for target, _value in assignments(node))


# What somebody wants to change: words that they look for in the names of files, and
# what stands in the file that they need.
GUESSES = {
    "a printed field of the invoice": (
        "report_invoice",
        'id="report_invoice_document"',
    ),
    "a new kind of document": ("add-a-document", "# Add a kind of document"),
    "tax by currency": ("line_tax|tax_rate", "def _proposed_tax"),
    "backoff": ("backoff", "BACKOFF_FIRST"),
    "a mail provider": ("provider", "PRESETS = {"),
    "the format of document numbers": ("numbering", "class Codes"),
    "the format of amounts": ("figures|format", "def amount"),
    "a REST address for payments": ("^payments|^rest", '"/payments/<key>/refund"'),
    "what the body of a payment means": ("^payments", "class BookingReader"),
    "a kind of reminder": ("document_reminder", "selection_add"),
    "the footer": ("footer|layout", 'class="footer"'),
    "a role": ("role|group", 'id="group_finance"'),
    "a state of the contract": ("bmasia_contract[.]py", "CONTRACT_TRANSITIONS = {"),
    "another language": ("translations", 'LANGUAGE = "th"'),
    "a pause of a contract": ("pause", '_name = "bmasia.contract.pause"'),
    "an amendment": ("amendment[.]py", '_name = "bmasia.amendment"'),
    "a price at renewal": ("renewal|pricing", "def _renewal_prices"),
    "what a line is charged": ("service|charge", "def charged"),
}
GUESSED_FILES = 8  # are looked through by somebody who guesses


NOT_GUESSED = {
    *NO_ROOMS,
    "static",
    "i18n",
    "i18n_extra",
    "views",
    "pictures",
    "gallery",
}


def named_files():
    for folder in (*ADDONS.values(), ROOT / "docs", ROOT / "tools"):
        for path in sorted(folder.rglob("*")):
            apart = NOT_GUESSED & set(path.relative_to(ROOT).parts)
            if path.is_file() and not apart:
                yield path


@pytest.mark.parametrize("topic", GUESSES)
def test_a_first_guess_by_names_hits(topic):
    words, content = GUESSES[topic]
    guessed = {path for path in named_files() if re.search(words, path.name)}
    assert len(guessed) <= GUESSED_FILES
    assert [path for path in guessed if content in path.read_text()]
