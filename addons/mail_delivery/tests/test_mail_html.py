"""HTML as mail programs take it: letters are laid out, designs fit a narrow screen."""

from lxml import html as lxml_html

from odoo.tests import BaseCase, tagged

from ..tools.mail_html import mail_html


@tagged("post_install", "-at_install")
class TestMailHtml(BaseCase):
    def page(self, html, title="Subject"):
        return lxml_html.document_fromstring(mail_html(html, title))

    def styles(self, html, path):
        return [element.get("style") or "" for element in self.page(html).xpath(path)]

    def test_a_letter_has_one_font_wherever_a_program_forgets_it(self):
        html = "text <p>p</p><ul><li>l</li></ul><table><tr><td>c</td></tr></table>"
        paths = ("//td[p]", "//p", "//li", "//td[text()='c']")
        for path in paths:
            (style,) = self.styles(html, path)
            self.assertIn("font-family:Arial,Tahoma,sans-serif", style, path)
        self.assertIn("text ", self.page(html).text_content())

    def test_what_was_typed_overrules(self):
        (style,) = self.styles("<p style='font-size: 20px'>p</p>", "//p")
        self.assertGreater(style.index("20px"), style.index("15px"))

    def test_the_language_is_that_of_the_text(self):
        for html, lang in (
            ('<div lang="th_TH">x</div>', "th-TH"),
            ('<html lang="de"><body>x</body></html>', "de"),
            ("<p>x</p>", None),
        ):
            self.assertEqual(self.page(html).get("lang"), lang)

    def test_a_screen_may_turn_dark_where_no_colours_are_set(self):
        for html, scheme in (
            ("<p>x</p>", "light dark"),
            ('<p style="color: #333">x</p>', "light"),
            ('<table bgcolor="#fff"><tr><td>x</td></tr></table>', "light"),
            ('<div style="display: none; color: #fff">x</div>', "light dark"),
        ):
            (meta,) = self.page(html).xpath("//meta[@name='color-scheme']")
            self.assertEqual(meta.get("content"), scheme, html)

    def test_a_design_stays_and_fits_a_phone(self):
        design = (
            '<table width="590" style="font-family: Verdana; min-width: 590px">'
            '<tr><td style="width: 400px">x</td><td style="width: 20px">y</td></tr>'
            '</table><img src="x" width="900">'
        )
        page = self.page(design)
        (table,) = page.xpath("//table")
        self.assertEqual(table.get("width"), "100%")
        self.assertIn("max-width:590px", table.get("style"))
        self.assertIn("Verdana", table.get("style"))
        self.assertNotIn("min-width", table.get("style"))
        wide, narrow = page.xpath("//td/@style")
        self.assertEqual(wide, "width:100%;max-width:400px;")
        self.assertEqual(narrow, "width: 20px")
        (picture,) = page.xpath("//img")
        self.assertIn("max-width:100%", picture.get("style"))
        self.assertEqual(picture.get("alt"), "")

    def test_a_letter_is_600_pixels_wide_at_most_in_outlook_too(self):
        html = mail_html("<p>x</p>", "Subject")
        self.assertIn('<table role="presentation" width="600">', html)
        self.assertIn("width:100%;max-width:600px", html)

    def test_what_fits_the_narrowest_screen_keeps_its_width(self):
        for pixels, attribute, style in (
            ("320", "320", "width:320px"),
            ("321", "100%", "max-width:321px;width:100%;max-width:321px;"),
        ):
            html = f'<table width="{pixels}" style="width:{pixels}px"><tr/></table>'
            table, *_frame = self.page(f'<b style="font-family: x">{html}').xpath(
                "//table[@width][not(@role)]"
            )
            with self.subTest(pixels=pixels):
                self.assertEqual(table.get("width"), attribute)
                self.assertTrue(table.get("style").endswith(style))

    def test_a_picture_keeps_the_words_that_stand_for_it(self):
        (picture,) = self.page('<img src="x" alt="Our logo">').xpath("//img")
        self.assertEqual(picture.get("alt"), "Our logo")

    def test_what_shows_nothing_stays_as_it_is(self):
        for html in ("", "  ", "<!-- a note -->", "<title>x</title>"):
            with self.subTest(html):
                self.assertEqual(mail_html(html), html)
        self.assertEqual(mail_html(None), "")

    def test_words_are_kept_as_they_are(self):
        html = "<p>R&amp;D &lt;b&gt; ไทย\xa0— “x”</p><!-- note --><p>{{ a }}</p>"
        self.assertIn("R&D <b> ไทย\xa0— “x”", self.page(html).text_content())

    def test_the_subject_is_the_title_and_no_markup(self):
        (title,) = self.page("<p>x</p>", "A <b> & c").xpath("//title")
        self.assertEqual(title.text, "A <b> & c")
