"""Pictures as a browser shows them, in what a PDF can hold: sRGB, eight bits."""

import io
from contextlib import suppress
from functools import lru_cache
from typing import Any

from PIL import Image, ImageCms, ImageFile, ImageOps

from .drawings import check_drawing
from .limits import MAX_PICTURE_BYTES, MAX_PIXELS, DocumentTooLarge

# What browsers show, and TIFF, which scanners make. Each has been tried.
FORMATS = ("PNG", "JPEG", "MPO", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO")
PLAIN_MODES = frozenset(("1", "L", "LA", "P", "RGB", "RGBA"))
AS_THEY_ARE = frozenset(("PNG", "JPEG"))
LOSSY = frozenset(("JPEG", "MPO", "WEBP", "AVIF"))
LONGEST = 2480  # pixels; the width of A4 at 300 dots per inch
QUALITY = 90
ORIENTATION = 0x0112  # tag of EXIF
TURNED = frozenset(range(2, 9))
SIXTEEN_BITS = 257  # of sixteen bits for one of eight
DRAWING = "image/svg+xml"


def is_drawing(content: bytes) -> bool:
    """Whether this is text that may be a drawing, whatever it calls itself."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def printable(
    content: bytes, longest: int = LONGEST, room: int = MAX_PIXELS
) -> tuple[bytes, str, int]:
    """A picture that prints as browsers show it.

    :param bytes content: of a file
    :param int longest: pixels of its longer side, at most
    :param int room: pixels that it may have as it comes
    :returns: its bytes, its media type, its pixels; the same bytes where they will do
    :raises DocumentTooLarge: it cannot be read, or there is too much of it
    """
    if len(content) > MAX_PICTURE_BYTES:
        raise DocumentTooLarge("pixels")
    if is_drawing(content):
        if not check_drawing(content):
            raise DocumentTooLarge("unreadable")
        return content, DRAWING, 0
    try:
        return _opened(content, longest, room)
    except DocumentTooLarge:
        raise
    except Image.DecompressionBombError as error:
        raise DocumentTooLarge("pixels") from error
    except Exception as error:  # Pillow raises all kinds for what is broken
        raise DocumentTooLarge("unreadable") from error


def _opened(content: bytes, longest: int, room: int) -> tuple[bytes, str, int]:
    # WeasyPrint switches this on; half a picture is a broken one
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(io.BytesIO(content), formats=_formats()) as image:
        pixels = image.width * image.height
        if pixels > room:
            raise DocumentTooLarge("pixels")
        if _is_plain(image, longest):
            image.load()
            return content, Image.MIME[image.format or ""], pixels
        return *_converted(image, longest), pixels


@lru_cache(maxsize=1)
def _formats() -> list[str]:
    """Those of the formats that this Pillow was built with."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _is_plain(image: Image.Image, longest: int) -> bool:
    return (
        image.format in AS_THEY_ARE
        and image.mode in PLAIN_MODES
        and max(image.size) <= longest
        and image.getexif().get(ORIENTATION) not in TURNED
        and not _profile(image)
    )


def _converted(image: Any, longest: int) -> tuple[bytes, str]:
    kind = image.format
    image.draft(None, (longest, longest))  # a JPEG is read at a half or a quarter
    if not kind == "GIF":
        image = ImageOps.exif_transpose(image)
    image = _eight_bits(image)
    image = _in_srgb(image)
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=3)
    stream = io.BytesIO()
    if kind in LOSSY and image.mode in ("L", "RGB"):
        image.save(stream, "JPEG", quality=QUALITY)
        return stream.getvalue(), "image/jpeg"
    image.save(stream, "PNG")
    return stream.getvalue(), "image/png"


def _eight_bits(image: Any) -> Any:
    """Sixteen bits of grey: Pillow would cut them off at 255."""
    if image.mode.startswith("I"):
        wide = image.convert("I").point(lambda value: value * (1 / SIXTEEN_BITS))
        return wide.convert("L")
    return image


def _in_srgb(image: Any) -> Any:
    """In the colours of a screen, with transparency where there is some."""
    profile = _profile(image)
    alpha = image.has_transparency_data
    if profile and not alpha:
        # a broken profile is none, as for browsers
        with suppress(ImageCms.PyCMSError, OSError):
            return ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
    grey = image.mode in ("1", "L", "LA")
    mode = ("LA" if grey else "RGBA") if alpha else ("L" if grey else "RGB")
    return image if image.mode == mode else image.convert(mode)


def _profile(image: Any) -> bytes | None:
    """A profile of colours other than those of a screen."""
    profile = image.info.get("icc_profile")
    return profile if profile and b"sRGB" not in profile[:1024] else None
