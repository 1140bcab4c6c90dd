"""Guides as pages: which files are read, where their links and pictures lead."""

from pathlib import Path
from tempfile import TemporaryDirectory

from odoo.tests import BaseCase, tagged

from ..tools import guides


@tagged("post_install", "-at_install")
class TestGuidePages(BaseCase):
    def setUp(self):
        super().setUp()
        self.forget()
        self.addCleanup(self.forget)

    def forget(self):
        guides.are_here.cache_clear()
        guides.read.cache_clear()

    def folder(self, *files):
        """Another folder of guides, with these files."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        for name in files:
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"# Of {path.stem}\n", encoding="utf-8")
        self.patch(guides, "FOLDER", folder)
        self.forget()
        return folder

    def test_the_guides_of_this_repository_are_here(self):
        self.assertTrue(guides.are_here())
        self.assertTrue(guides.read("sales").title)

    def test_without_the_first_guide_there_are_none(self):
        for files, are_here in (
            (["sales.md"], True),
            (["finance.md", "administrator.md"], False),
            ([], False),
        ):
            with self.subTest(files=files):
                self.folder(*files)
                self.assertEqual(guides.are_here(), are_here)

    def test_only_a_guide_is_read_and_only_where_there_are_any(self):
        self.folder("sales.md", "engineer.md")
        self.assertEqual(guides.read("sales").title, "Of sales")
        with self.assertRaises(KeyError):
            guides.read("engineer")
        self.folder("finance.md")
        with self.assertRaises(KeyError):
            guides.read("finance")

    def test_a_guide_is_read_once(self):
        folder = self.folder("sales.md")
        page = guides.read("sales")
        (folder / "sales.md").unlink()
        self.assertIs(guides.read("sales"), page)

    def test_a_title_is_the_first_heading_else_the_name(self):
        for text, title in (
            ("# One\n\n## Two", "One"),
            ("Words\n\n## Two", "Two"),
            ("", "law"),
        ):
            with self.subTest(text):
                self.assertEqual(guides.render("law", text).title, title)

    def test_links_lead_to_guides_and_to_other_sites_alone(self):
        for target, link in (
            ("finance.md", '<a href="finance">x</a>'),
            ("finance.md#vat", '<a href="finance#vat">x</a>'),
            ("https://x.io", '<a href="https://x.io">x</a>'),
            ("#vat", '<a href="#vat">x</a>'),
            ("engineer.md", "<span>x</span>"),
            ("../README.md#vat", "<span>x</span>"),
        ):
            with self.subTest(target):
                html = guides.render("law", f"[x]({target})").html
                self.assertEqual(html.strip(), f"<p>{link}</p>")

    def test_a_link_after_a_word_stays_a_link(self):
        html = guides.render("law", "[x](../a.py) and [y](law.md)").html
        self.assertEqual(html.strip(), '<p><span>x</span> and <a href="law">y</a></p>')

    def test_pictures_are_those_of_two_folders(self):
        folder = self.folder("pictures/day.png", "gallery/day.png", "decisions/day.png")
        for kept, name, is_there in (
            ("pictures", "day", True),
            ("gallery", "day", True),
            ("decisions", "day", False),
            ("pictures", "night", False),
            ("pictures", "day.png", False),
        ):
            with self.subTest(kept=kept, name=name):
                path = folder / kept / "day.png" if is_there else None
                self.assertEqual(guides.picture(kept, name), path)
