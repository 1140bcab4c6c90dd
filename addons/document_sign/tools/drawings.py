"""A signature that somebody drew on a page, as it can be kept and printed. No ORM.

A browser sends what a canvas shows as a PNG in a ``data:`` address. Who sends it may
send anything else: nothing is decoded before its size is known, and what is kept is
drawn anew from its dots.

>>> read("data:image/png;base64,aGVsbG8=")
Traceback (most recent call last):
odoo.addons.document_sign.tools.drawings.DrawingError: unreadable
"""

import base64
import binascii
import io

from PIL import Image, ImageChops, ImageOps

PREFIX = "data:image/png;base64,"
LONGEST = 400_000  # letters of a drawing as it is sent; a page of ours sends 40,000
WIDEST, HIGHEST = 2400, 1200  # dots: a canvas of 600 by 200 on the sharpest screens
KEPT = (720, 240)  # dots that are kept at most
MARGIN = 4  # dots around what was drawn
WHITE, INK = 255, 200  # of grey; darker than that is drawn
# Why a drawing is none.
UNREADABLE, TOO_LARGE, EMPTY = "unreadable", "too_large", "empty"
HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"  # then width and height, four bytes each


class DrawingError(Exception):
    """A drawing that cannot be kept; ``reason`` is one of the kinds above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read(address: str) -> bytes:
    """The drawing of a ``data:`` address, cut to what was drawn.

    >>> canvas = Image.new("RGBA", (60, 20))
    >>> canvas.paste("black", (10, 5, 30, 9))
    >>> kept = Image.open(io.BytesIO(read(address_of(written(canvas)))))
    >>> kept.size, kept.mode
    ((28, 12), 'L')
    >>> read(address_of(written(Image.new("RGBA", (60, 20)))))
    Traceback (most recent call last):
    odoo.addons.document_sign.tools.drawings.DrawingError: empty
    >>> read(address_of(written(Image.new("1", (WIDEST + 1, 1)))))
    Traceback (most recent call last):
    odoo.addons.document_sign.tools.drawings.DrawingError: too_large

    :param address: as a form gives it
    :returns: a PNG in shades of grey
    :raises DrawingError: it is no PNG, too large, or nothing was drawn
    """
    if len(address) > LONGEST:
        raise DrawingError(TOO_LARGE)
    if not address.startswith(PREFIX):
        raise DrawingError(UNREADABLE)
    try:
        content = base64.b64decode(address[len(PREFIX) :], validate=True)
    except (ValueError, binascii.Error) as error:
        raise DrawingError(UNREADABLE) from error
    return written(_ink(_opened(content)))


def address_of(content: bytes) -> str:
    """A PNG as a ``data:`` address."""
    return PREFIX + base64.b64encode(content).decode()


def written(picture: Image.Image) -> bytes:
    """A picture as PNG."""
    result = io.BytesIO()
    picture.save(result, "PNG", optimize=True)
    return result.getvalue()


def _opened(content: bytes) -> Image.Image:
    """The dots of a PNG on white.

    :raises DrawingError: it is none, or too large
    """
    if not content.startswith(HEAD) or len(content) < len(HEAD) + 8:
        raise DrawingError(UNREADABLE)
    size = content[len(HEAD) : len(HEAD) + 8]
    if (
        int.from_bytes(size[:4], "big") > WIDEST
        or int.from_bytes(size[4:], "big") > HIGHEST
    ):
        raise DrawingError(TOO_LARGE)
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            drawn = picture.convert("RGBA")
    except Exception as error:
        # the library raises a dozen kinds on what is no PNG, or a broken one
        raise DrawingError(UNREADABLE) from error
    blank = Image.new("RGBA", drawn.size, "white")
    return Image.alpha_composite(blank, drawn).convert("L")


def _ink(picture: Image.Image) -> Image.Image:
    """What was drawn, without the white around it.

    :raises DrawingError: there is nothing
    """
    dark = ImageChops.invert(picture).point(lambda dot: dot if dot > WHITE - INK else 0)
    box = dark.getbbox()
    if not box:
        raise DrawingError(EMPTY)
    cut = picture.crop(box)
    cut.thumbnail(KEPT)
    return ImageOps.expand(cut, MARGIN, WHITE)
