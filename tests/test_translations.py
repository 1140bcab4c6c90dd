"""``./run translations``: Thai goes where its words went."""

import doctest

import polib
import pytest

from tools import translations
from tools.translations import write

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
