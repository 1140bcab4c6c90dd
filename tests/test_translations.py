"""Every word on a screen has its Thai, and ``./run translations`` takes it along where
the word goes."""

import doctest
import re

import polib
import pytest

from tools import translations
from tools.released import addon_folders
from tools.translations import FOLDERS, write

# Names, which Thai writes as they are.
SAME = """
BMAsia|BMAsia CRM|Soundtrack|Soundtrack Player|Soundtrack Your Brand|Beat Breeze
Hilton Pattaya|Yahoo Mail|Zoho Mail|iCloud Mail|WeasyPrint|QuickBooks (IIF)|SWIFT|PDF
PDF/A-3b|SHA-256|Message-ID|TH|wkhtmltopdf
""".replace("\n", "|").split("|")
# Places that nobody reads: names of models, of the files of reports, and tests; and
# what fields are called that no screen shows.
UNSEEN = re.compile(
    r"model:ir\.model,name:|model:ir\.actions\.report,print_report_name:"
    r"|code:addons/\w+/tests/|.*:\w+\.field_\w+__"
    r"(google_gmail_\w+|microsoft_outlook_\w+|idempotency_key|zone_snapshot"
    r"|entity_partner_id|is_of_documents)$"
)
# Variables, addresses, formats and versions: what has no word of English in it.
NO_WORDS = re.compile(
    r"\{\{\w+\}\}|[\w.@]+\.com|[^A-Za-z]*%d[^A-Za-z]*|[^A-Za-z]*"
    r"|<span[^>]*>[^A-Za-z]*</span>|(?:[A-Za-z ]+ %\(\w+\)s(?:, )?)+"
)
# What programs read: codes of answers, names of fields and states.
IDENTIFIER = re.compile(r"[a-z_]+")
PLACES = {
    "Send": "model_terms:ir.ui.view,arch_db:{0}.wizard_view_form",
    "Contract": "model:ir.model,name:{0}.model_contract",
    "New": "code:addons/{0}/models/new.py",
}


def exported(addon, *words):
    """What Odoo exports of an addon."""
    file = polib.POFile()
    file.metadata = {"POT-Creation-Date": "2026-01-01 00:00+0000"}
    for word in words:
        place = PLACES.get(word, "code:addons/{0}/models/other.py")
        line = "0" if place.startswith("code:") else ""
        file.append(
            polib.POEntry(
                msgid=word,
                comment=f"module: {addon}",
                occurrences=[(place.format(addon), line)],
            )
        )
    return str(file)


@pytest.fixture
def addons(tmp_path):
    """Two addons; everything is said by the first one."""
    folders = {name: tmp_path / name for name in ("first", "second")}
    for name, folder in folders.items():
        (folder / "i18n").mkdir(parents=True)
        (folder / "i18n_extra").mkdir()
        (folder / "i18n" / f"{name}.pot").write_text("")
    file = polib.POFile()
    file.header = "Thai of the screens."
    for word, thai in (("Send", "ส่ง"), ("Contract", "สัญญา"), ("Gone", "หมด")):
        file.append(polib.POEntry(msgid=word, msgstr=thai, tcomment="as they say"))
    file.save(str(folders["first"] / "i18n" / "th.po"))
    extra = polib.POFile()
    extra.append(polib.POEntry(msgid="A whole mail", msgstr="อีเมลทั้งฉบับ"))
    extra.save(str(folders["first"] / "i18n_extra" / "th.po"))
    return folders


def thai(folder, name="i18n"):
    path = folder / name / "th.po"
    return {e.msgid: e.msgstr for e in polib.pofile(str(path))} if path.exists() else {}


def test_every_word_on_a_screen_has_thai():
    missing = {}
    for name, folder in addon_folders().items():
        known = set(SAME)
        for each in FOLDERS:
            known |= {word for word, said in thai(folder, each).items() if said}
        for entry in polib.pofile(str(folder / "i18n" / f"{name}.pot")):
            places = [place for place, _ in entry.occurrences]
            seen = [place for place in places if not UNSEEN.match(place)]
            by_programs = all(place.startswith("code:") for place in seen)
            if (
                seen
                and entry.msgid not in known
                and not (
                    NO_WORDS.fullmatch(entry.msgid)
                    or (by_programs and IDENTIFIER.fullmatch(entry.msgid))
                )
            ):
                missing[name, entry.msgid] = seen
    assert not missing


def test_thai_moves_with_its_words(addons):
    missing = write(
        addons,
        {
            "first": exported("first", "Contract", "New"),
            "second": exported("second", "Send", "A whole mail"),
        },
    )
    assert missing == {"first": ["New"], "second": []}
    assert thai(addons["first"]) == {"Contract": "สัญญา"}
    assert thai(addons["first"], "i18n_extra") == {}
    assert thai(addons["second"]) == {"Send": "ส่ง"}
    assert thai(addons["second"], "i18n_extra") == {"A whole mail": "อีเมลทั้งฉบับ"}
    (entry,) = polib.pofile(str(addons["second"] / "i18n" / "th.po"))
    assert entry.tcomment == "as they say"
    assert entry.occurrences == [(PLACES["Send"].format("second"), "")]
    assert polib.pofile(str(addons["first"] / "i18n" / "th.po")).header == (
        "Thai of the screens."
    )


def test_the_template_names_everything_and_no_day(addons):
    write(addons, {"first": exported("first", "New"), "second": exported("second")})
    path = addons["first"] / "i18n" / "first.pot"
    assert [(e.msgid, e.msgstr) for e in polib.pofile(str(path))] == [("New", "")]
    assert "2026" not in path.read_text()
    assert not (addons["second"] / "i18n" / "second.pot").exists()


def test_twice_changes_nothing(addons):
    words = {name: exported(name, "Send", "Contract") for name in addons}
    write(addons, words)
    before = {p: p.read_text() for f in addons.values() for p in f.rglob("*.po*")}
    write(addons, words)
    assert len(before) == 4
    assert before == {p: p.read_text() for p in before}


def test_a_place_with_words_of_its_own_keeps_them(addons):
    special = polib.POFile()
    place = (PLACES["Contract"].format("elsewhere"), "")
    special.append(
        polib.POEntry(msgid="Contract", msgstr="หนังสือสัญญา", occurrences=[place])
    )
    special.save(str(addons["first"] / "i18n_extra" / "th.po"))
    words = polib.pofile(exported("first", "Contract"))
    words[0].occurrences.append(("code:addons/first/models/other.py", "0"))
    write(addons, {"first": str(words), "second": exported("second")})
    assert thai(addons["first"]) == {"Contract": "สัญญา"}
    assert thai(addons["first"], "i18n_extra") == {"Contract": "หนังสือสัญญา"}


def test_the_specification():
    result = doctest.testmod(translations)
    assert result.attempted and not result.failed
