"""The Thai of the screens is the Thai of ``docs/glossary.md``, in every addon."""

import re

import polib
import pytest

from tools.released import addon_folders
from tools.settings import ROOT

ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TERMS = {
    english: thai
    for english, thai, _source in ROW.findall((ROOT / "docs/glossary.md").read_text())
    if re.search(r"[\u0e00-\u0e7f]", thai)
}
FILES = sorted(
    path for folder in addon_folders().values() for path in folder.glob("i18n/th.po")
)
THAI = [entry for path in FILES for entry in polib.pofile(str(path))]

# What is not written in Thai, and what is instead.
OTHERWISE = {
    r"ใบเสร็จ(?!รับเงิน)": "ใบเสร็จรับเงิน",
    r"ใบแจ้งยอด(?!บัญชี)": "ใบแจ้งยอดบัญชี",
    r"(?<!ภาษี)(?<!ภาษีที่ลูกค้า)หัก ณ ที่จ่าย": "หักภาษี ณ ที่จ่าย",
    r"(?<!รับ)เงินล่วงหน้า": "เงินรับล่วงหน้า",
    r"หักกลบ(?!ลบหนี้)": "หักกลบลบหนี้",
    r"อัตราศูนย์": "อัตราร้อยละ 0",
    r"ความรับผิดทางภาษี": "ความรับผิดในการเสียภาษี",
    r"\bVAT\b": "ภาษีมูลค่าเพิ่ม",
    r"ผู้ออกใบแจ้งหนี้|กิจการที่ออกบิล": "บริษัทผู้ออกเอกสาร",
    r"ปิดบัญชี": "ปิดงวด",
    r"เก็บเข้าคลัง": "เก็บถาวร",
    r"จดหมาย|กล่องเมล": "อีเมล, กล่องอีเมล",
    r"ล็อกอิน": "เข้าสู่ระบบ",
    r"การกำหนดลักษณะ": "การตั้งค่า",
    r"^โปรด|\sโปรด(?!แจ้งเรา)": "กรุณา; a letter to the customer may say โปรด",
}
NOT_WRITTEN = re.compile("|".join(OTHERWISE))


def test_the_glossary_has_the_documents_and_the_taxes():
    assert len(TERMS) > 40
    assert {"Invoice", "Tax Invoice", "Credit Note", "Withholding tax"} <= TERMS.keys()


@pytest.mark.parametrize("english", TERMS)
def test_a_term_is_what_the_screens_say(english):
    said = {entry.msgstr for entry in THAI if entry.msgid == english}
    # a heading of a contract's clauses, or of a bank's file, is in i18n_extra
    assert said, "no screen says this"
    ours = {
        entry.msgstr
        for entry in polib.pofile(str(ROOT / "bmasia_crm/i18n/th.po"))
        if entry.msgid == english
    }
    assert (ours or said) == {TERMS[english]}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_no_term_is_said_otherwise(path):
    found = {
        entry.msgid: match.group()
        for entry in polib.pofile(str(path))
        if (match := NOT_WRITTEN.search(entry.msgstr))
    }
    assert not found, f"say it with one of: {OTHERWISE}"


def test_what_is_not_written_is_found():
    for text in ("เลขที่ใบเสร็จ", "ลูกค้าหัก ณ ที่จ่าย", "คืนเงินล่วงหน้า", "ก่อน VAT", "โปรดลองใหม่"):
        assert NOT_WRITTEN.search(text), text
    for text in ("ใบเสร็จรับเงิน", "ภาษีหัก ณ ที่จ่าย", "เงินรับล่วงหน้า", "กรุณาลองใหม่"):
        assert not NOT_WRITTEN.search(text), text
