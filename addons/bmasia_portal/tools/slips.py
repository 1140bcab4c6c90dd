"""Pictures and PDFs of bank slips, as customers send them.

>>> kind_of(b"%PDF-1.4 and so on")
'application/pdf'
>>> kind_of(b"<svg onload=alert(1)>") is None
True
"""

import io

import magic
from PIL import Image, UnidentifiedImageError

LARGEST = 10 * 1024 * 1024  # bytes; a photograph of a telephone has 3 to 8 MB
# What the server reads of a form: a slip somewhat too large is refused beside all that
# was typed, where the server would cut the line off.
READ = 3 * LARGEST
# No SVG, no HTML: a browser would run what is in them.
KINDS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
}

OPENED = {"image/jpeg", "image/png", "image/webp"}
PIXELS = 50_000_000  # a telephone takes up to 50 megapixels


def is_of_reasonable_size(content: bytes, kind: str) -> bool:
    """Whether a picture has no more pixels than somebody's telephone takes: a small
    file can grow to gigabytes when it is opened. Reads the head of the file only.

    >>> written = io.BytesIO()
    >>> Image.new("1", (9000, 9000)).save(written, "PNG")
    >>> is_of_reasonable_size(written.getvalue(), "image/png")
    False
    >>> is_of_reasonable_size(b"%PDF-1.4", "application/pdf")
    True
    """
    if kind not in OPENED:
        return True
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.width * picture.height <= PIXELS
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return False


def kind_of(content: bytes) -> str | None:
    """The media type of a slip by its content, whatever it is called.

    :param content: the file
    :returns: one of ``KINDS``, or None
    """
    found = magic.from_buffer(content[:4096], mime=True)
    return found if found in KINDS else None
