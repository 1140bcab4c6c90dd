"""Documentation names what exists; it and the screens use the words of the field."""

import ast
import re
import subprocess

import polib
import pytest

from tools.released import addon_folders
from tools.settings import ROOT

PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
    *(folder / "README.rst" for folder in addon_folders().values()),
]
TEMPLATES = [path for f in addon_folders().values() for path in f.glob("i18n/*.pot")]
TRACKED = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
FILE_NAMES = {name.rpartition("/")[2] for name in TRACKED}
FOLDERS = {"/".join(name.split("/")[:n]) for name in TRACKED for n in range(1, 5)}
SUFFIXES = r"\.(?:py|xml|md|rst|css|js|json|toml|csv|sql|txt|yaml|yml|po|pot)"
CODE_SPAN = re.compile(r"`+([^`\n]+)`+")
CODE_BLOCK = re.compile(r"^```.*?^```|::\n\n(?:    .*\n|\n)+", re.MULTILINE | re.DOTALL)
# Of a machine, or made when asked for; not of the repository.
AT_RUN_TIME = (".local/", "log/", "secrets/", "demo-api-keys.json", "openapi.json")
# Pages about an addon whose paths they name.
EXAMPLES = {"docs/add-a-document.md": "tests/addons/delivery_note"}
PLACEHOLDER = re.compile(r"ADDON|VERSION|TOPIC|LANGUAGE|…|\*|[{<]")

# What is not written, and what is instead.
WORDS = {
    r"papers?(?! format)": "document",
    r"house": "architecture, company",
    r"by (itself|themselves)": "automatically",
    r"what (became|becomes) of": "result",
    r"(went|gone|put|not) out": "sent, not delivered",
    r"(look|looks|looked) (it |them )?over": "review",
    r"passed over": "skipped",
    r"settled meanwhile": "resolved",
    r"leaving": "sending",
    r"whom (it|they) bills?": "customer countries",
    r"out of the queue": "cancel sending",
    r"make (the contract|due invoices)": "create",
    r"further (addresses|recipients|cc|files|ports)": "other, attachments",
    r"server's words": "server response",
    r"too large to be meant": "exceeds the maximum",
    r"mail says nothing": "the e-mail body is empty",
    r"pace": "sending limits",
    r"why not": "reason",
    r"ladders?": "totals",
    r"mint(s|ed|ing)?": "assign a number",
}
NOT_WRITTEN = re.compile(rf"\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)


def short(path):
    return str(path.relative_to(ROOT))


def prose(page):
    """A page without its code, which names what others named."""
    return CODE_SPAN.sub("", CODE_BLOCK.sub("", page.read_text()))


def named_paths(page):
    """The paths in code spans of a page; of ``path.py::test`` the path."""
    for span in CODE_SPAN.findall(CODE_BLOCK.sub("", page.read_text())):
        for word in re.findall(r"(?:(?<=\s)|^)[\w./-]+", span.partition("::")[0]):
            is_path = re.fullmatch(r"[\w.-]+(/[\w.-]+)+/?|[\w.-]+/", word)
            is_file = re.fullmatch(rf"[\w-]+{SUFFIXES}", word)
            if (is_path or is_file) and not PLACEHOLDER.search(span):
                if not word.startswith(AT_RUN_TIME):
                    yield word


def exists(name, page):
    """From the root, from the page's folder or that of its example; a file's name alone
    anywhere.
    """
    if "/" not in name:
        return name in FILE_NAMES
    folders = (ROOT, page.parent, ROOT / EXAMPLES.get(short(page), ""))
    return any((folder / name).exists() for folder in folders)


def is_ours(name):
    """Whether it looks like a path of a repository, not like a type of media."""
    first = name.split("/")[0]
    return bool(re.search(rf"{SUFFIXES}$|/$", name)) or first in FOLDERS


def heading_anchors(page):
    """The anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_every_path_that_is_named_exists(page):
    missing = {
        name for name in named_paths(page) if is_ours(name) and not exists(name, page)
    }
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_every_link_leads_to_a_file_and_a_heading(page):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = page.parent / name if name else page
        if not there.exists() or (anchor and anchor not in heading_anchors(there)):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_the_words_are_the_fields(page):
    found = {match.group().lower() for match in NOT_WRITTEN.finditer(prose(page))}
    assert not found, f"say it with one of: {WORDS}"


@pytest.mark.parametrize("template", TEMPLATES, ids=short)
def test_screens_say_it_in_the_words_of_the_field(template):
    found = {
        entry.msgid: match.group()
        for entry in polib.pofile(str(template))
        if (match := NOT_WRITTEN.search(entry.msgid))
    }
    assert not found, f"say it with one of: {WORDS}"


def test_what_is_not_written_is_found():
    for text in ("The papers.", "It leaves by itself.", "Looked over", "12 papers"):
        assert NOT_WRITTEN.search(text), text
    for text in ("A4 paper format", "documents", "a household", "space", "minted-x"):
        is_word = text == "minted-x"
        assert bool(NOT_WRITTEN.search(text)) is is_word, text


def test_every_decision_is_in_the_list():
    folder = ROOT / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("0*.md"))
    listed = re.findall(r"\]\((0[^)]+)\)", (folder / "README.md").read_text())
    assert records == listed
    for name in records:
        headings = re.findall(r"^## (\w+)$", (folder / name).read_text(), re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences"], name


def inherited():
    """What each mixin and model of documents is made of: ``{name: {parent}}``."""
    found = {}
    for addon in ("document_flow", "document_sign", "bmasia_crm"):
        for path in sorted((addon_folders()[addon] / "models").glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef):
                    texts = {
                        target.id: [
                            part.value
                            for part in ast.walk(statement.value)
                            if isinstance(part, ast.Constant)
                        ]
                        for statement in node.body
                        if isinstance(statement, ast.Assign)
                        for target in statement.targets
                        if isinstance(target, ast.Name)
                        and target.id in ("_name", "_inherit")
                    }
                    if "_name" in texts and "_inherit" in texts:
                        name, parents = texts["_name"][0], set(texts["_inherit"])
                        if name in parents:  # extends what another addon has made
                            parents |= found.get(name, set())
                        found[name] = parents - {name}
    return found


def test_the_class_diagram_is_the_code():
    """Every mixin that a document stands on, and no other arrow; parts that one model
    alone is made of, and mixins of Odoo, are left out.
    """
    page = (ROOT / "docs" / "architecture.md").read_text()
    diagram = page[page.index("classDiagram") :].split("```")[0]
    names = dict(re.findall(r'class (\w+)\["([\w.]+)<br>', diagram))
    arrows = {
        (names.get(parent, parent), names.get(child, child).strip("`"))
        for parent, child in re.findall(r"^    (\w+) <\|-- (\S+)$", diagram, re.M)
    }
    shown = {name for arrow in arrows for name in arrow}
    code = inherited()
    wanted = {
        (parent, child)
        for child in shown & code.keys()
        for parent in code[child] & shown
    }
    assert arrows == wanted
    above, rest = set(), {"document.mixin", "bmasia.document.mixin"}
    while rest:
        name = rest.pop()
        above.add(name)
        rest |= code.get(name, set()) & code.keys() | {
            parent
            for parent in code.get(name, ())
            if parent.startswith(("document.", "bmasia."))
        }
        rest -= above
    assert above <= shown


def diagrams(page):
    return re.findall(r"```mermaid\n(.*?)```", page.read_text(), re.DOTALL)


@pytest.mark.parametrize("page", [page for page in PAGES if diagrams(page)], ids=short)
def test_every_file_in_a_diagram_exists(page):
    named = {
        name
        for text in diagrams(page)
        for name in re.findall(r"[\w/]+\.\w{2,3}\b", text)
    }
    files = {name for name in named if re.search(rf"{SUFFIXES}$", name)}
    assert {
        name
        for name in files
        if not exists(name, page) and not (ROOT / "addons" / name).exists()
    } == set()


def reachable(arrows):
    """Every pair of addons of which one stands on the other, through others, too."""
    found = set(arrows)
    while (
        more := {
            (first, last)
            for first, middle in found
            for other, last in found
            if middle == other
        }
        - found
    ):
        found |= more
    return found


def test_the_diagram_of_the_addons_is_that_of_the_manifests():
    text = diagrams(ROOT / "docs" / "architecture.md")[0]
    names = {
        short_name: path.rpartition("/")[2]
        for short_name, path in re.findall(r'(\w+)\["([\w/]+)(?:<br>[^"]*)?"\]', text)
    }
    arrows = {
        (names.get(source), names.get(target))
        for left, right in re.findall(r"^    (.*?) --> (.*)$", text, re.MULTILINE)
        for source in re.findall(r"(?:^|& )(\w+)", left)
        for target in re.findall(r"(?:^|& )(\w+)", right)
        if {names.get(source), names.get(target)} <= addon_folders().keys()
    }
    manifests = {
        (name, other)
        for name, folder in addon_folders().items()
        for other in ast.literal_eval((folder / "__manifest__.py").read_text())[
            "depends"
        ]
        if other in addon_folders()
    }
    assert reachable(arrows) == reachable(manifests)


def first_places():
    """Rows of the table *I want to …*: the wish, and where to start."""
    page = (ROOT / "CONTRIBUTING.md").read_text()
    table = page[page.index("## I want to") :]
    return re.findall(r"^\| (?!---|I want)([^|]+) \| (.+) \|$", table, re.MULTILINE)


@pytest.mark.parametrize(("wish", "places"), first_places(), ids=lambda text: text[:40])
def test_a_first_place_has_what_it_is_named_for(wish, places):
    """Each name in a row stands in a file of that row."""
    spans = CODE_SPAN.findall(places)
    files = [ROOT / span for span in spans if (ROOT / span).is_file()]
    assert files, "a row names at least one file"
    text = "\n".join(path.read_text() for path in files)
    names = [span for span in spans if re.fullmatch(r"\w+", span) and span != "run"]
    assert [name for name in names if name not in text] == []
