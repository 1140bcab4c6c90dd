"""``./run translations``: the templates and the Thai of all addons, as the code is now.

Installs the addons into a database of its own and exports what can be translated: each
addon's ``i18n/ADDON.pot``. Its Thai keeps what it has and takes what another addon of
ours says for the same words, so that code may move from one addon to another; what
nothing asks for any more goes. What is long, a whole mail or a clause, stays in
``i18n_extra``. Printed is what has no Thai yet.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import polib

from tools.errors import SetupError
from tools.progress import step
from tools.released import addon_folders
from tools.settings import FURTHER_MODULES, MODULES, ROOT, Settings
from tools.stack import Stack

LANGUAGE = "th"  # another language: its files, and this
WIDTH = 78  # of the files' lines, as Odoo writes them
FOLDERS = ("i18n", "i18n_extra")
METADATA = {
    "Project-Id-Version": "Odoo Server 19.0",
    "Language": "",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "",
    "Plural-Forms": "",
}
THAI = {"Language": LANGUAGE, "Plural-Forms": "nplurals=1; plural=0;"}


Place = tuple[str, str]  # where a word stands, and a line, which Odoo leaves out


@dataclass
class Known:
    """What an addon's files say in Thai: ``{folder: {msgid: entry}}``, and the heads of
    these files."""

    entries: dict[str, dict[str, polib.POEntry]] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Known":
        """The files of an addon that are there."""
        known = cls()
        for name in FOLDERS:
            path = folder / name / f"{LANGUAGE}.po"
            if path.exists():
                file = polib.pofile(str(path), wrapwidth=WIDTH)
                known.entries[name] = {e.msgid: e for e in file if e.msgstr}
                known.heads[name] = file.header
        return known

    def find(self, word: polib.POEntry) -> dict[str, polib.POEntry]:
        """What it says for a word, by folder. ``i18n_extra`` may say it otherwise at
        some places; where no such place is left, the word has one Thai."""
        found = {}
        for name, entries in self.entries.items():
            if entry := entries.get(word.msgid):
                found[name] = entry
        if len(found) > 1:
            common, special = (found[name] for name in FOLDERS)
            is_same = common.msgstr == special.msgstr
            if is_same or not places(word, special)[0]:
                found.pop(FOLDERS[1])
        return found


def places(
    word: polib.POEntry, special: polib.POEntry
) -> tuple[list[Place], list[Place]]:
    """The places of a word that a special entry is for, and the others. An addon's name
    does not count: the place may have moved with its word."""
    own = {_name(place) for place, _line in special.occurrences}
    inside = [place for place in word.occurrences if _name(place[0]) in own]
    return inside, [place for place in word.occurrences if place not in inside]


def _name(place: str) -> tuple[str, str]:
    """
    >>> _name("model_terms:ir.ui.view,arch_db:bmasia_crm.document_words")
    ('model_terms:ir.ui.view,arch_db', 'document_words')
    >>> _name("code:addons/bmasia_crm/models/res_company.py")
    ('code', 'res_company.py')
    """
    kind, _colon, name = place.rpartition(":")
    separator = "/" if kind == "code" else "."
    return kind, name.rpartition(separator)[2]


def new_file(head: str, metadata: dict[str, str]) -> polib.POFile:
    """An empty file with nothing in its head that changes by itself."""
    file = polib.POFile(wrapwidth=WIDTH)
    file.header = head
    file.metadata = METADATA | metadata
    return file


def template(addon: str, exported: str) -> polib.POFile:
    """An addon's template, from what Odoo exported."""
    file = new_file(
        f"What can be translated in {addon}. Made by ./run translations\n", {}
    )
    file.extend(polib.pofile(exported))
    return file


def translate(
    addon: str, words: polib.POFile, known: dict[str, Known]
) -> tuple[dict[str, polib.POFile], list[str]]:
    """An addon's Thai.

    :param words: its template
    :param known: what each addon said so far
    :returns: ``{folder: file}`` and what nobody has said in Thai
    """
    own = known[addon]
    others = [other for name, other in sorted(known.items()) if name != addon]
    files = {
        name: new_file(own.heads.get(name) or f"Thai of {addon}.\n", THAI)
        for name in FOLDERS
    }
    missing = []
    for word in words:
        found = next(filter(None, (k.find(word) for k in (own, *others))), {})
        if not found:
            missing.append(word.msgid)
        occurrences = {name: word.occurrences for name in found}
        if len(found) > 1:
            inside, rest = places(word, found[FOLDERS[1]])
            occurrences = dict(zip(FOLDERS, (rest, inside), strict=True))
        for name, entry in found.items():
            if occurrences[name]:
                files[name].append(_entry(word, entry, occurrences[name]))
    return {name: file for name, file in files.items() if len(file)}, missing


def _entry(
    word: polib.POEntry, thai: polib.POEntry, occurrences: list[Place]
) -> polib.POEntry:
    return polib.POEntry(
        msgid=word.msgid,
        msgstr=thai.msgstr,
        comment=word.comment,
        tcomment=thai.tcomment,
        occurrences=occurrences,
    )


def write(folders: dict[str, Path], exported: dict[str, str]) -> dict[str, list[str]]:
    """Write templates and Thai of all addons.

    :param folders: of the addons
    :param exported: the text of each one's template
    :returns: ``{addon: what has no Thai}``
    """
    # all are read before one is written: what moved is still where it was
    known = {addon: Known.read(folder) for addon, folder in folders.items()}
    missing = {}
    for addon, folder in folders.items():
        words = template(addon, exported[addon])
        files, missing[addon] = translate(addon, words, known)
        _save(words, folder / "i18n" / f"{addon}.pot")
        for name in FOLDERS:
            path = folder / name / f"{LANGUAGE}.po"
            if name in files:
                _save(files[name], path)
            else:
                path.unlink(missing_ok=True)
    return missing


def _save(file: polib.POFile, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    if len(file):
        file.save(str(path))
    else:
        path.unlink(missing_ok=True)


def export(settings: Settings, folders: dict[str, Path]) -> dict[str, str]:
    """What Odoo exports of these addons from a database of their own.

    :param settings: of the normal installation
    :raises SetupError: it failed
    """
    stack = Stack(settings.apart("translations"), durable=False)
    stack.prepare_folder()
    try:
        with step("Database with the addons, no demo"):
            stack.cluster.start()
            stack.write_configuration()
            stack.drop_database()
            stack.install((*MODULES, *FURTHER_MODULES))
        with step("What can be translated"):
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "tools.translations_job"),
                    *map(str, folders.values()),
                ],
                cwd=ROOT,
                env=stack.environment,
                capture_output=True,
                text=True,
                check=False,
            )
        stack.drop_database()
    finally:
        stack.stop()
    if done.returncode:
        raise SetupError("Odoo could not export its terms", done.stderr[-3000:])
    texts: dict[str, str] = json.loads(done.stdout)
    return texts


def run_translations(settings: Settings) -> int:
    """Renew all files, and say what has no Thai.

    :param settings: of the normal installation
    :returns: 0
    """
    folders = addon_folders()
    missing = write(folders, export(settings, folders))
    for addon, words in missing.items():
        sys.stdout.write(f"\n{addon}: {len(words)} without Thai\n")
        for word in words:
            sys.stdout.write(f"  {' '.join(word.split())[:100]}\n")
    return 0
