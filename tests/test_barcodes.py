"""Odoo's own barcodes: what draws them is another library than what it was."""

import urllib.parse
import urllib.request
from io import BytesIO

import pytest
from PIL import Image


@pytest.mark.parametrize(
    ("kind", "value"),
    [("QR", "00020101021129370016"), ("Code128", "Q-1"), ("EAN13", "4006381333931")],
)
def test_barcode_is_a_picture_with_black_and_white(settings, kind, value):
    words = {"barcode_type": kind, "value": value, "width": 300, "height": 150}
    url = f"{settings.odoo_url}/report/barcode/?{urllib.parse.urlencode(words)}"
    with urllib.request.urlopen(url, timeout=30) as answer:
        assert answer.headers.get_content_type() == "image/png"
        picture = Image.open(BytesIO(answer.read())).convert("L")
    assert picture.size == (300, 150)
    assert picture.getextrema() == (0, 255)
