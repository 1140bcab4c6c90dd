"""A mail's HTML as text, element by element: the examples show the middle."""

from odoo.tests import BaseCase, tagged

from ..tools.plain_text import plain_text


@tagged("post_install", "-at_install")
class TestPlainText(BaseCase):
    def test_each_kind_of_element(self):
        for html, text in (
            ("<p>a</p><p>b</p>", "a\n\nb"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("a<br/><b>b</b>", "a\nb"),
            ("a<br/><b>b </b>c", "a\nb c"),
            ("<p>x</p><ul><li>a</li><li>b</li></ul>", "x\n\n- a\n- b"),
            ("<p>y</p><p>x</p><pre>a  b\nc\nd</pre>", "y\n\nx\n\na  b\nc\nd"),
            ("<p>a \n b</p>", "a b"),
            ("<p>x</p><p>a <span> b</span></p>", "x\n\na b"),
            ("<p>x</p><p>a<span> b</span></p>", "x\n\na b"),
            (
                '<p>x</p><p>a<a href="https://x.io">b</a></p>',
                "x\n\nab <https://x.io>",
            ),
            ('<p>a <a href="#b">b</a></p>', "a b"),
            ('<p>a <img alt="b"/></p>', "a b"),
            ("<p>a <img/></p>", "a"),
            ('<p>a <i alt="b">c</i></p>', plain_text("<p>a <i>c</i></p>")),
            (
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
                "a b\nc",
            ),
            (
                "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td/></tr></table>",
                "a | b\nc",
            ),
            ('<a href="https://x.io/">x.io</a>', "x.io"),
            ('<a href="mailto:a@x.io">a@x.io</a>', "a@x.io"),
            ('<a href="https://x.io"><img src="y"/></a>', "<https://x.io>"),
            ('<a href="https://x.io"><p>b</p></a>', "b\n\n<https://x.io>"),
            ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
            ('<p>a</p><div style="display: none">b</div>', "a"),
            ("<div>a</div><div>-- <br/><p>b</p></div>", "a\n\n-- \nb"),
            ("<h1>a</h1><p><em>b</em></p>", "a\n\nb"),
        ):
            with self.subTest(html):
                self.assertEqual(plain_text(html), text)

    def test_a_table_of_data_within_another_element_loses_nothing_around_it(self):
        table = "<table><tr><th>a</th><th>b</th></tr></table>"
        for html, text in (
            (f"<div>x{table}y</div>", "x\n\na | b\n\ny"),
            (
                f'<table role="presentation"><tr><td>x{table}</td></tr></table>',
                "x\n\na | b",
            ),
        ):
            with self.subTest(html):
                self.assertEqual(plain_text(html), text)

    def test_only_the_first_dashes_begin_the_signature(self):
        html = "".join(f"<div>{line}</div>" for line in ("a", "--", "b", "--", "c"))
        self.assertEqual(plain_text(html), "a\n\n-- \nb\n--\nc")

    def test_words_are_on_one_line_wherever_they_were_broken(self):
        for html, text in (
            ('<a href="https://x.io">more\n words</a>', "more words <https://x.io>"),
            ('a <img alt="our\n logo"/>', "a our logo"),
        ):
            with self.subTest(html):
                self.assertEqual(plain_text(html), text)

    def test_a_link_on_a_later_line_says_its_address_once(self):
        html = 'Long words<br/>see <a href="https://x.io">x.io</a>'
        self.assertEqual(plain_text(html), "Long words\nsee x.io")

    def test_blanks_between_words_stay_below_an_empty_line(self):
        self.assertEqual(plain_text("<br/>a<span> b</span>"), "a b")
