"""Pictures of every kind that people put into documents, in one colour each.

Odoo takes most formats away from Pillow in its own process, so another one makes them:
this file is a program as well.
"""

import io
import json
import struct
import subprocess
import sys
import zlib
from base64 import b64decode, b64encode
from functools import lru_cache

from PIL import Image, ImageCms

RED, GREY = (200, 30, 30), (96, 96, 96)
SIZE = (60, 40)  # wide, so that one lying on its side is seen


def encoded(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def opaque(mode="RGB", colour=RED, size=SIZE):
    return Image.new(mode, size, colour)


def cut_out(size=SIZE):
    """A red picture with a transparent frame."""
    image = Image.new("RGBA", size, (0, 255, 0, 0))
    width, height = size
    image.paste(
        (*RED, 255), (width // 4, height // 4, width - width // 4, height - height // 4)
    )
    return image


def chunk(kind, data):
    checksum = struct.pack("!I", zlib.crc32(kind + data))
    return struct.pack("!I", len(data)) + kind + data + checksum


def png(width, height):
    """One with so many pixels and next to no bytes."""
    return encoded(Image.new("1", (width, height)), "PNG")


def png16(colour, channels):
    """A PNG of sixteen bits, which Pillow cannot write in colour."""
    width, height = SIZE
    pixel = b"".join(struct.pack("!H", value * 257) for value in colour)
    rows = (b"\0" + pixel * width) * height
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    head = struct.pack("!IIBBBBB", width, height, 16, kind, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        )
    )


def turned(orientation):
    """A photo whose upper half is red, as a camera that was held otherwise saves it."""
    image = Image.new("RGB", SIZE, (255, 255, 255))
    image.paste(RED, (0, 0, SIZE[0], SIZE[1] // 2))
    lying = {
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image.transpose(lying[orientation]), "JPEG", exif=exif, quality=95)


def with_palette():
    image = cut_out().convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
    image = cut_out().quantize(8)
    return encoded(image, "PNG")


def cmyk(**options):
    red = Image.new("CMYK", SIZE, (0, 217, 217, 55))
    return encoded(red, "JPEG", quality=98, **options)


def profiled():
    """Red in a profile of its own, whose numbers say another one."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encoded(opaque(), "PNG", icc_profile=profile)


def pictures():
    """Name: the file, and the colour in its middle as a browser shows it."""
    return {
        "PNG": (encoded(opaque(), "PNG"), RED),
        "PNG with alpha": (encoded(cut_out(), "PNG"), RED),
        "PNG with a palette": (encoded(opaque().quantize(4), "PNG"), RED),
        "PNG with a palette and alpha": (with_palette(), RED),
        "PNG in grey": (encoded(opaque("L", 96), "PNG"), GREY),
        "PNG in grey with alpha": (encoded(opaque("LA", (96, 255)), "PNG"), GREY),
        "PNG in black and white": (encoded(opaque("1", 0), "PNG"), (0, 0, 0)),
        "PNG of 16 bits in grey": (png16(GREY[:1], 1), GREY),
        "PNG of 16 bits in grey with alpha": (png16((96, 255), 2), GREY),
        "PNG of 16 bits in colour": (png16(RED, 3), RED),
        "PNG of 16 bits with alpha": (png16((*RED, 255), 4), RED),
        "PNG with a profile": (profiled(), RED),
        "JPEG": (encoded(opaque(), "JPEG", quality=95), RED),
        "JPEG, progressive": (
            encoded(opaque(), "JPEG", quality=95, progressive=True),
            RED,
        ),
        "JPEG in grey": (encoded(opaque("L", 96), "JPEG"), GREY),
        "JPEG in CMYK": (cmyk(), RED),
        "JPEG upside down": (turned(3), None),
        "JPEG to the left": (turned(6), None),
        "JPEG to the right": (turned(8), None),
        "WebP": (encoded(opaque(), "WEBP", quality=95), RED),
        "WebP, lossless": (encoded(opaque(), "WEBP", lossless=True), RED),
        "WebP with alpha": (encoded(cut_out(), "WEBP", quality=95), RED),
        "WebP, lossless with alpha": (encoded(cut_out(), "WEBP", lossless=True), RED),
        "GIF": (encoded(opaque(), "GIF"), RED),
        "GIF with a transparent colour": (encoded(cut_out(), "GIF"), RED),
        "BMP": (encoded(opaque(), "BMP"), RED),
        "TIFF": (encoded(opaque(), "TIFF"), RED),
        "TIFF in CMYK": (
            encoded(Image.new("CMYK", SIZE, (0, 217, 217, 55)), "TIFF"),
            RED,
        ),
        "TIFF of 16 bits": (encoded(Image.new("I;16", SIZE, 96 * 257), "TIFF"), GREY),
        "AVIF": (encoded(opaque(), "AVIF", quality=95), RED),
        "huge photo": (encoded(opaque(size=(6000, 4000)), "JPEG", quality=95), RED),
        "SVG": (
            b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40">'
            b'<rect width="60" height="40" fill="#c81e1e"/></svg>',
            RED,
        ),
    }


def broken(made):
    """What is no picture, or half of one of these."""
    return {
        "text": b"This is no picture",
        "half a JPEG": made["JPEG"][:200],
        "half a PNG": made["PNG"][:60],
        "half a WebP": made["WebP"][:40],
        "page": b"<html><body>No drawing</body></html>",
        "half a drawing": b"<svg xmlns='http://www.w3.org/2000/svg'><rect",
        "PDF": b"%PDF-1.4 and so on",
        "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "Photoshop": b"8BPS\0\x01" + bytes(40),
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    }


@lru_cache(maxsize=1)
def formats():
    """All of them.

    :returns: pictures by name, each with its colour; what is broken, by name
    """
    command = [sys.executable, "-P", __file__]
    done = subprocess.run(command, capture_output=True, check=True)
    told = json.loads(done.stdout)
    made = {
        name: (b64decode(content), colour and tuple(colour))
        for name, (content, colour) in told.items()
    }
    return made, broken({name: file for name, (file, _colour) in made.items()})


if __name__ == "__main__":
    found = {
        name: (b64encode(content).decode(), colour)
        for name, (content, colour) in pictures().items()
    }
    json.dump(found, sys.stdout)
