"""Every picture prints as a browser shows it, or is refused."""

import io
import subprocess
from base64 import b64encode

from PIL import Image
from pypdf import PdfReader

from odoo.tests import BaseCase, tagged

from ..tools.layout.limits import MAX_PIXELS, DocumentTooLarge
from ..tools.pool import POOL, Job
from .archive_copy import faults_of
from .formats import RED, encoded, formats, opaque

NEAR = 8  # of 255; JPEG is not exact
PAGE = (
    "html { image-rendering: crisp-edges } @page { size: 60mm 40mm; margin: 0 }"
    "img { width: 60mm; height: 40mm }"
)


def raster(pdf):
    """The first page, as its reader sees it."""
    command = ["pdftoppm", "-png", "-r", "50", "-singlefile", "-"]
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


def data(content, kind="png"):
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


@tagged("post_install", "-at_install")
class TestPictures(BaseCase):
    def assertNear(self, found, expected):
        for one, other in zip(found, expected, strict=True):
            self.assertLessEqual(abs(one - other), NEAR, f"{found} for {expected}")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.formats, cls.broken = formats()

    def printed(self, content, variant=None):
        source = f"<body style='margin: 0'><img src='{data(content)}'></body>"
        return POOL.do(Job.document(source, (PAGE,), variant=variant)).content

    def test_every_format_prints_in_its_colours_and_upright(self):
        for name, (content, colour) in self.formats.items():
            with self.subTest(name):
                page = raster(self.printed(content))
                width, height = page.size
                if colour:
                    self.assertNear(page.getpixel((width // 2, height // 2)), colour)
                else:
                    self.assertNear(page.getpixel((width // 2, height // 4)), RED)
                    below = page.getpixel((width // 2, height * 3 // 4))
                    self.assertNear(below, (255, 255, 255))
                if "alpha" in name and "grey" not in name and "16" not in name:
                    self.assertNear(page.getpixel((2, 2)), (255, 255, 255))

    def test_every_format_does_so_in_an_archive_copy(self):
        for name, (content, _colour) in self.formats.items():
            with self.subTest(name):
                pdf = self.printed(content, variant="pdf/a-3b")
                self.assertEqual(faults_of(pdf), {})

    def test_what_is_no_picture_is_refused_with_its_place(self):
        for name, content in self.broken.items():
            with self.subTest(name):
                with self.assertRaises(DocumentTooLarge) as refusal:
                    body = f"<h2>Here</h2><img src='{data(content)}'>"
                    POOL.do(Job.document(body))
                refused = refusal.exception
                self.assertEqual((refused.limit, refused.place), ("unreadable", "Here"))
                with self.assertRaises(DocumentTooLarge):
                    POOL.do(Job.picture(content, 1920))

    def test_a_picture_has_no_more_dots_than_are_printed(self):
        photo = self.formats["huge photo"][0]
        pdf = self.printed(photo)
        self.assertLess(len(pdf), 60_000)
        (image,) = PdfReader(io.BytesIO(pdf)).pages[0].images
        self.assertLessEqual(image.image.width, 60 / 25.4 * 300 + 1)

    def test_too_many_pixels_are_refused_one_by_one_or_together(self):
        wide = encoded(opaque("1", 1, (30_000, 2000)), "PNG")
        with self.assertRaises(DocumentTooLarge) as refusal:
            self.printed(wide)
        self.assertEqual(refusal.exception.limit, "pixels")
        count = MAX_PIXELS // (4000 * 3000) + 1
        several = (
            encoded(opaque("1", 1, (4000, 3000 + n)), "PNG") for n in range(count)
        )
        body = "".join(f"<img src='{data(content)}'>" for content in several)
        with self.assertRaises(DocumentTooLarge) as refusal:
            POOL.do(Job.document(body))
        self.assertEqual(refusal.exception.limit, "pixels")

    def test_what_prints_as_it_is_stays_as_it_is(self):
        for name in ("PNG", "PNG with alpha", "JPEG", "SVG"):
            content = self.formats[name][0]
            kept = POOL.do(Job.picture(content, 1920)).content
            self.assertEqual(kept, content, name)

    def test_a_kept_picture_is_no_longer_than_asked(self):
        for name, (content, _colour) in self.formats.items():
            with self.subTest(name):
                kept = POOL.do(Job.picture(content, 50))
                if kept.told["kind"] == "image/svg+xml":
                    continue
                image = Image.open(io.BytesIO(kept.content))
                self.assertIn(image.format, ("PNG", "JPEG"))
                self.assertEqual(max(image.size), 50)
                self.assertNotIn(image.mode, ("CMYK", "I", "I;16", "F"))
