"""Amounts in words, as Thai and English documents of money carry them.

>>> in_words(29960, "THB", "en_US")
'Twenty-nine thousand nine hundred and sixty baht only'
>>> in_words(1021.5, "USD", "en_US")
'One thousand and twenty-one US dollars and fifty cents'
>>> in_words(29960.25, "THB", "th_TH")
'สองหมื่นเก้าพันเก้าร้อยหกสิบบาทยี่สิบห้าสตางค์'
>>> in_words(21, "USD", "th_TH")
'ยี่สิบเอ็ดดอลลาร์สหรัฐถ้วน'
>>> in_words(0.25, "THB", "en_US"), in_words(0.25, "THB", "th_TH")
('Twenty-five satang', 'ยี่สิบห้าสตางค์')
>>> in_words(12.345, "KWD", "en_US", 3)
'Twelve Kuwaiti dinars and three hundred and forty-five fils'
>>> in_words(1001, "JPY", "en_US", 0), in_words(1001, "JPY", "th_TH", 0)
('One thousand and one yen only', 'หนึ่งพันเอ็ดเยนถ้วน')
"""

from num2words import num2words

from . import money

# currency: one, many, one smaller unit, many of them; then both in Thai
UNITS = {
    "THB": ("baht", "baht", "satang", "satang", "บาท", "สตางค์"),
    "USD": ("US dollar", "US dollars", "cent", "cents", "ดอลลาร์สหรัฐ", "เซนต์"),
    "HKD": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents")
    + ("ดอลลาร์ฮ่องกง", "เซนต์"),
    "SGD": ("Singapore dollar", "Singapore dollars", "cent", "cents")
    + ("ดอลลาร์สิงคโปร์", "เซนต์"),
    "AUD": ("Australian dollar", "Australian dollars", "cent", "cents")
    + ("ดอลลาร์ออสเตรเลีย", "เซนต์"),
    "NZD": ("New Zealand dollar", "New Zealand dollars", "cent", "cents")
    + ("ดอลลาร์นิวซีแลนด์", "เซนต์"),
    "CAD": ("Canadian dollar", "Canadian dollars", "cent", "cents")
    + ("ดอลลาร์แคนาดา", "เซนต์"),
    "TWD": ("new Taiwan dollar", "new Taiwan dollars", "cent", "cents")
    + ("ดอลลาร์ไต้หวัน", "เซนต์"),
    "FJD": ("Fijian dollar", "Fijian dollars", "cent", "cents") + ("ดอลลาร์ฟิจิ", "เซนต์"),
    "EUR": ("euro", "euros", "cent", "cents", "ยูโร", "เซนต์"),
    "GBP": ("pound sterling", "pounds sterling", "penny", "pence")
    + ("ปอนด์สเตอร์ลิง", "เพนนี"),
    "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes")
    + ("ฟรังก์สวิส", "ซองตีม"),
    "JPY": ("yen", "yen", "sen", "sen", "เยน", "เซน"),
    "CNY": ("yuan", "yuan", "fen", "fen", "หยวน", "เฟิน"),
    "KRW": ("won", "won", "jeon", "jeon", "วอน", "ชอน"),
    "VND": ("dong", "dong", "xu", "xu", "ดอง", "ซู"),
    "LAK": ("kip", "kip", "att", "att", "กีบ", "อัด"),
    "KHR": ("riel", "riels", "sen", "sen", "เรียล", "เซน"),
    "MMK": ("kyat", "kyats", "pya", "pyas", "จ๊าด", "ปยา"),
    "IDR": ("rupiah", "rupiah", "sen", "sen", "รูเปียห์", "เซน"),
    "MYR": ("ringgit", "ringgit", "sen", "sen", "ริงกิต", "เซน"),
    "BND": ("Brunei dollar", "Brunei dollars", "cent", "cents")
    + ("ดอลลาร์บรูไน", "เซนต์"),
    "PHP": ("Philippine peso", "Philippine pesos", "centavo", "centavos")
    + ("เปโซฟิลิปปินส์", "เซนตาโว"),
    "MOP": ("pataca", "patacas", "avo", "avos", "ปาตากา", "อาโว"),
    "INR": ("Indian rupee", "Indian rupees", "paisa", "paise") + ("รูปีอินเดีย", "ปายซา"),
    "LKR": ("Sri Lankan rupee", "Sri Lankan rupees", "cent", "cents")
    + ("รูปีศรีลังกา", "เซนต์"),
    "NPR": ("Nepalese rupee", "Nepalese rupees", "paisa", "paisa")
    + ("รูปีเนปาล", "ปายซา"),
    "MVR": ("rufiyaa", "rufiyaa", "laari", "laari", "รูฟียา", "ลารี"),
    "AED": ("UAE dirham", "UAE dirhams", "fils", "fils")
    + ("เดอร์แฮมสหรัฐอาหรับเอมิเรตส์", "ฟิลส์"),
    "SAR": ("Saudi riyal", "Saudi riyals", "halala", "halalas")
    + ("ริยาลซาอุดีอาระเบีย", "ฮาลาลา"),
    "QAR": ("Qatari riyal", "Qatari riyals", "dirham", "dirhams")
    + ("ริยาลกาตาร์", "เดอร์แฮม"),
    "KWD": ("Kuwaiti dinar", "Kuwaiti dinars", "fils", "fils") + ("ดีนาร์คูเวต", "ฟิลส์"),
    "BHD": ("Bahraini dinar", "Bahraini dinars", "fils", "fils")
    + ("ดีนาร์บาห์เรน", "ฟิลส์"),
    "OMR": ("Omani rial", "Omani rials", "baisa", "baisa", "เรียลโอมาน", "ไบซา"),
}
# what a smaller unit without a name is, by decimals
PARTS = {
    1: ("tenth", "tenths", "ในสิบ"),
    2: ("hundredth", "hundredths", "ในร้อย"),
    3: ("thousandth", "thousandths", "ในพัน"),
}


def in_words(amount: float, currency: str, lang: str | None, digits: int = 2) -> str:
    """An amount as people say it.

    :param float amount: not negative
    :param str currency: ISO code; one without names here is named by its code
    :param str lang: Thai or any other, which gets English
    :param int digits: decimals of the currency; the amount is rounded to them

    >>> in_words(3.5, "XDR", "en_US")
    'Three XDR and fifty hundredths'
    >>> in_words(0.99, "THB", "th_TH")
    'เก้าสิบเก้าสตางค์'
    """
    units = 10**digits
    total = int(money.to_currency(amount, 1 / units) * units)
    whole, part = divmod(total, units)
    say = _thai if (lang or "").startswith("th") else _english
    return say(whole, part, _names(currency, digits))


def _names(currency: str, digits: int) -> tuple[str, ...]:
    if currency in UNITS:
        return UNITS[currency]
    one, many, thai = PARTS.get(digits, PARTS[2])
    return (currency, currency, one, many, currency, thai)


def _thai(whole: int, part: int, names: tuple[str, ...]) -> str:
    unit, fraction = names[4:]
    rest = num2words(part, lang="th") + fraction if part else "ถ้วน"
    if part and not whole:
        return rest
    return num2words(whole, lang="th") + unit + rest


def _english(whole: int, part: int, names: tuple[str, ...]) -> str:
    one, many, small, smalls = names[:4]
    said = []
    if whole or not part:
        said.append(f"{_number(whole)} {one if whole == 1 else many}")
    if part:
        said.append(f"{_number(part)} {small if part == 1 else smalls}")
    text = " and ".join(said) + ("" if part else " only")
    return text[0].upper() + text[1:]


def _number(value: int) -> str:
    # num2words sets commas between thousands, which reads as a list
    return num2words(value, lang="en").replace(",", "")
