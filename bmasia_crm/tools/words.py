"""Amounts in words, as Thai and English documents of money carry them.

>>> in_words(29960, "THB", "en_US")
'Twenty-nine thousand nine hundred and sixty baht only'
>>> in_words(1021.5, "USD", "en_US")
'One thousand and twenty-one US dollars and fifty cents'
>>> in_words(29960.25, "THB", "th_TH")
'สองหมื่นเก้าพันเก้าร้อยหกสิบบาทยี่สิบห้าสตางค์'
>>> in_words(21, "USD", "th_TH")
'ยี่สิบเอ็ดดอลลาร์สหรัฐถ้วน'
"""

from decimal import Decimal

from num2words import num2words

from . import money

# currency: one, many, one hundredth, many of them; then the same in Thai
UNITS = {
    "THB": ("baht", "baht", "satang", "satang"),
    "USD": ("US dollar", "US dollars", "cent", "cents"),
    "HKD": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "SGD": ("Singapore dollar", "Singapore dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound sterling", "pounds sterling", "penny", "pence"),
}
THAI_UNITS = {
    "THB": ("บาท", "สตางค์"),
    "USD": ("ดอลลาร์สหรัฐ", "เซนต์"),
    "HKD": ("ดอลลาร์ฮ่องกง", "เซนต์"),
    "SGD": ("ดอลลาร์สิงคโปร์", "เซนต์"),
    "EUR": ("ยูโร", "เซนต์"),
    "GBP": ("ปอนด์สเตอร์ลิง", "เพนนี"),
}


def in_words(amount: float, currency: str, lang: str | None) -> str:
    """An amount as people say it.

    :param float amount: not negative; rounded to hundredths
    :param str currency: ISO code; one without names here is named by its code
    :param str lang: Thai or any other, which gets English

    >>> in_words(3.5, "VND", "en_US")
    'Three VND and fifty hundredths'
    >>> in_words(0.99, "THB", "th_TH")
    'ศูนย์บาทเก้าสิบเก้าสตางค์'
    """
    exact = money.to_currency(amount)
    whole = int(exact)
    part = int((exact - whole) * Decimal(100))
    say = _thai if (lang or "").startswith("th") else _english
    return say(whole, part, currency)


def _thai(whole: int, part: int, currency: str) -> str:
    unit, fraction = THAI_UNITS.get(currency, (currency, "ในร้อย"))
    rest = num2words(part, lang="th") + fraction if part else "ถ้วน"
    return num2words(whole, lang="th") + unit + rest


def _english(whole: int, part: int, currency: str) -> str:
    unknown = (currency, currency, "hundredth", "hundredths")
    one, many, cent, cents = UNITS.get(currency, unknown)
    text = f"{_number(whole)} {one if whole == 1 else many}"
    if part:
        text += f" and {_number(part)} {cent if part == 1 else cents}"
    else:
        text += " only"
    return text[0].upper() + text[1:]


def _number(value: int) -> str:
    # num2words sets commas between thousands, which reads as a list
    return num2words(value, lang="en").replace(",", "")
