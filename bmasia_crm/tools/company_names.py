"""By what a company is known again, however it was typed.

>>> {name_key(n) for n in ("Café Zürich", "Cafe Zurich Co., Ltd.", "CAFE-ZURICH PLC")}
{'cafezurich'}
>>> name_key("บริษัท น้\u0e33ตก จ\u0e33กัด (มหาชน)") == name_key("น้\u0e4d\u0e32ตก")
True
>>> name_key("Co., Ltd.")  # nothing else is left
'coltd'
"""

import re

from odoo.addons.document_flow.tools.folding import fold, squeezed

WORDS = 10  # of a name, at whose beginnings it is searched
_LATIN = (
    "co|ltd|limited|company|inc|plc|public|pcl|corp|corporation|the|part|partnership"
    "|pte|sdn|bhd|llc|mr|mrs|ms|khun"
)
_THAI = "บริษัท จำกัด มหาชน บจก บมจ หจก ห้างหุ้นส่วน นาย นางสาว นาง"
LEGAL = re.compile(rf"\b({_LATIN})\b\.?|{'|'.join(map(fold, _THAI.split()))}")
COUNTRY = re.compile(rf"\(\s*(thailand|hong kong|{fold('ประเทศไทย')})\s*\)")
# of a Thai company, the branch with this number
HEAD_OFFICE = "00000"
_HEAD = {squeezed(words) for words in ("Head Office", "HQ", "สำนักงานใหญ่", "สนญ")}


def without_legal_form(name: str) -> str:
    """The folded name, a blank in place of each legal form.

    >>> without_legal_form("Hilton Pattaya Co., Ltd.").split()
    ['hilton', 'pattaya', ',']
    """
    return LEGAL.sub(" ", fold(name))


def name_key(name: str) -> str:
    """Letters and figures of a name without its legal form and country.

    :param str name: trade or legal name
    :returns: equal for names that are the same to a reader; empty for none
    """
    return squeezed(COUNTRY.sub(" ", without_legal_form(name))) or squeezed(name)


def tax_key(vat: str) -> str:
    """A tax ID without the blanks and hyphens that somebody typed.

    >>> tax_key("0-1055-36000-31-5"), tax_key("")
    ('0105536000315', '')
    """
    return squeezed(vat).upper()


def branch_key(branch: str) -> str:
    """A branch as it is numbered by the Thai Revenue Department, else its words.

    >>> [branch_key(b) for b in ("Head Office", "สำนักงานใหญ่", "Branch 1", "00001", "")]
    ['00000', '00000', '00001', '00001', '']
    """
    words = squeezed(branch)
    if words in _HEAD:
        return HEAD_OFFICE
    number = re.fullmatch(r"\D*(\d+)\D*", words)
    return number[1].zfill(5) if number else words


def search_key(*texts: str) -> str:
    """The texts without blanks, from each of their words on: found whether or not
    somebody types the blank, yet not in the middle of a word.

    >>> search_key("Đà Nẵng City", "")
    '|danangcity|nangcity|city'
    """
    parts = []
    for text in texts:
        words = [word for word in map(squeezed, fold(text).split()) if word]
        parts += ["".join(words[at:]) for at in range(len(words[:WORDS]))]
    return "".join(f"|{part}" for part in dict.fromkeys(parts))
