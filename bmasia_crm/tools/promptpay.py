"""PromptPay payment requests: the text of the QR code, and its drawing.

The text is EMV's Merchant-Presented QR Code (EMVCo, version 1.1): fields of a
two-digit id, a two-digit length and a value. PromptPay lives in field 29 under its own
application id (Bank of Thailand, Thai QR Payment Standard).
"""

from reportlab.graphics import renderSVG
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing

APPLICATION = "A000000677010111"
BAHT = "764"  # ISO 4217
SIZE = 72  # points: one inch scans from an arm's length
PHONE_DIGITS, TAX_ID_DIGITS, WALLET_DIGITS = 10, 13, 15


def field(number: str, value: str) -> str:
    """One field.

    >>> field("58", "TH")
    '5802TH'
    """
    return f"{number}{len(value):02d}{value}"


def checksum(text: str) -> str:
    """CRC-16/CCITT-FALSE, as field 63 wants it.

    >>> checksum("123456789")
    '29B1'
    """
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _bit in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
            crc &= 0xFFFF
    return f"{crc:04X}"


def account_field(account: str | None) -> str:
    """Who is paid: a Thai mobile number, a tax id or an e-wallet.

    >>> account_field("081-234-5678")
    '01130066812345678'
    >>> account_field("0105548025073")
    '02130105548025073'

    :param str account: its digits, with or without separators
    :raises ValueError: none of the three
    """
    digits = "".join(filter(str.isdigit, account or ""))
    if len(digits) == PHONE_DIGITS and digits.startswith("0"):
        return field("01", f"0066{digits[1:]}")
    if len(digits) == TAX_ID_DIGITS:
        return field("02", digits)
    if len(digits) == WALLET_DIGITS:
        return field("03", digits)
    raise ValueError(f"{account!r} is no PromptPay id")


def payload(account: str | None, amount: float | None = None) -> str:
    """The text of the QR code; with an amount it is good for one payment.

    >>> payload("0812345678", 1234.5)[:16]
    '0002010102122937'
    >>> payload("0812345678").endswith(checksum(payload("0812345678")[:-4]))
    True

    :param str account: see :func:`account_field`
    :param float amount: in THB
    :raises ValueError: no PromptPay id
    """
    text = (
        field("00", "01")
        + field("01", "12" if amount else "11")
        + field("29", field("00", APPLICATION) + account_field(account))
        + field("53", BAHT)
        + (field("54", f"{amount:.2f}") if amount else "")
        + field("58", "TH")
        + "6304"
    )
    return text + checksum(text)


def drawing(text: str, size: float = SIZE) -> str:
    """The QR code as SVG.

    :param str text: of the code
    :param float size: of a side, in points
    :returns: an SVG document
    :rtype: str
    """
    widget = QrCodeWidget(text, barLevel="M", barBorder=0)
    left, bottom, right, top = widget.getBounds()
    scale = (size / (right - left), 0, 0, size / (top - bottom), 0, 0)
    picture = Drawing(size, size, transform=scale)
    picture.add(widget)
    return renderSVG.drawToString(picture)
