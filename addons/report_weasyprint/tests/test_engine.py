import io

from pypdf import PdfReader

from odoo.tests import BaseCase, tagged

from ..tools.layout import engine
from ..tools.layout.articles import articles, lxml_html
from ..tools.layout.attached import SOURCE, Attached
from ..tools.pool import POOL, Job

PAGE = "@page { size: 210mm 297mm; margin: 15mm }"
NAMES = "บริษัท ตัวอย่าง · Công ty Cổ phần Đầu tư · 北京示例 · São Paulo · Ålesund"


def texts(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def tags(node):
    """The kinds of all elements of a tagged PDF."""
    node = node.get_object()
    if not hasattr(node, "get"):
        return
    yield node.get("/S")
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        yield from tags(child)


@tagged("post_install", "-at_install")
class TestEngine(BaseCase):
    def render(self, body, css=""):
        source = f"<html><body>{body}</body></html>"
        return engine.render(source, (PAGE, css)).pdf

    def test_header_footer_and_page_numbers_stand_on_every_page(self):
        css = """
            header { position: running(head) } footer { position: running(foot) }
            @page { @top-left { content: element(head) }
                    @bottom-left { content: element(foot) }
                    @bottom-right { content: counter(page) " of " counter(pages) } }
            p { break-after: page }
        """
        body = "<header>HEAD</header><footer>FOOT</footer>" + "<p>text</p>" * 3
        pages = texts(self.render(body + "<div>end</div>", css=css))
        self.assertEqual(len(pages), 4)
        for number, text in enumerate(pages, 1):
            self.assertIn("HEAD", text)
            self.assertIn("FOOT", text)
            self.assertIn(f"{number} of 4", text)

    def test_names_in_four_scripts_are_text_in_embedded_fonts(self):
        pdf = self.render(
            f"<p style='font-family: Noto Sans, Noto Sans Thai'>{NAMES}</p>"
        )
        for name in NAMES.split(" · "):
            self.assertIn(name, texts(pdf)[0])
        fonts = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"]
        for font in fonts.values():
            descriptor = font.get_object()["/DescendantFonts"][0]["/FontDescriptor"]
            self.assertTrue({"/FontFile2", "/FontFile3"} & descriptor.keys())

    def test_an_archive_copy_is_pdf_a_3b_with_title_author_language_and_tags(self):
        pdf = engine.render(
            articles(
                "<html><body><div class='article' lang='th-TH' data-title='Q-1'"
                " data-author='BMAsia'><h1>ใบเสนอราคา</h1><table><tr><td>1</td></tr>"
                "</table></div></body></html>"
            )[0].source,
            (PAGE,),
            variant="pdf/a-3b",
        ).pdf
        reader = PdfReader(io.BytesIO(pdf))
        root = reader.trailer["/Root"]
        xmp = root["/Metadata"].get_object().get_data().decode()
        for said in ('pdfaid:part="3"', 'pdfaid:conformance="B"', "Q-1", "BMAsia"):
            self.assertIn(said, xmp)
        self.assertIn("/ID", reader.trailer)
        self.assertEqual(reader.metadata.title, "Q-1")
        self.assertEqual(reader.metadata.author, "BMAsia")
        self.assertEqual(root["/Lang"], "th-TH")
        self.assertTrue(root["/MarkInfo"]["/Marked"])
        self.assertIn("/OutputIntents", root)
        kinds = set(tags(root["/StructTreeRoot"]))
        self.assertLessEqual({"/H1", "/Table", "/TR", "/TD"}, kinds)
        for font in reader.pages[0]["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0]["/FontDescriptor"]
            self.assertTrue({"/FontFile2", "/FontFile3"} & descriptor.keys())

    def test_every_pdf_is_tagged(self):
        pdf = self.render(
            "<h1>a</h1><table><thead><tr><th>b</th></tr></thead><tbody><tr><td>c</td>"
            "</tr></tbody></table><img alt='d' src='data:image/svg+xml,<svg "
            'xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\'>'
        )
        root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
        self.assertTrue(root["/MarkInfo"]["/Marked"])
        kinds = set(tags(root["/StructTreeRoot"]))
        self.assertLessEqual({"/H1", "/Table", "/TH", "/TD", "/Figure"}, kinds)

    def test_nothing_is_fetched_but_data_and_what_was_handed_over(self):
        for url in (
            "file:///etc/passwd",
            "http://127.0.0.1:1/x.png",
            "https://example.com/x.png",
            "//example.com/x.png",
            "odoo:/etc/passwd",
        ):
            printed = engine.render(
                f"<p>kept</p><img src='{url}'><object data='{url}'></object>"
                f"<link rel=stylesheet href='{url}'><link rel=attachment href='{url}'>",
            )
            self.assertIn("kept", texts(printed.pdf)[0])
            self.assertNotIn(b"root:", printed.pdf)
            self.assertEqual(PdfReader(io.BytesIO(printed.pdf)).attachments, {})
            self.assertTrue(printed.missing_pictures, "and it is said")

    def test_a_document_says_which_files_it_wants(self):
        (article,) = articles(
            "<div class='article'><img src='/web/image/7?unique=1'>"
            "<a href='/web/image/8'></a>"
            "<p style='background: url(/web/static/a%20b.png)'>"
            "<img src='data:image/png;base64,xx'><img src='https://example.com/web/x'>"
            "<svg><image xlink:href='/web/static/c.svg'/></svg></div>"
        )
        wanted = {"web/image/7", "web/static/a b.png", "web/static/c.svg"}
        self.assertEqual(article.wanted - {""}, wanted)

    def test_a_stylesheet_is_compiled_once(self):
        self.assertIs(
            engine.stylesheet("p { color: red }"), engine.stylesheet("p { color: red }")
        )

    def test_the_same_paper_prints_to_the_same_bytes(self):
        self.assertEqual(self.render("<p>paper</p>"), self.render("<p>paper</p>"))

    def test_articles_are_split_with_their_ids_and_titles(self):
        found = articles(
            "<html lang='th'><body><main>"
            "<div class='article' data-oe-id='3' data-title='Q-3'>three</div>"
            "<div class='page article' data-oe-id='4'>four</div></main></body></html>"
        )
        self.assertEqual([res_id for res_id, *_rest in found], [3, 4])
        self.assertIn("<title>Q-3</title>", found[0].source)
        self.assertIn('lang="th"', found[0].source)
        self.assertNotIn("four", found[0].source)

    def test_a_text_of_a_record_does_not_split_its_paper(self):
        found = articles(
            "<div class='article'>one <div class='article'>still one</div></div>"
            "<div class='article'>two</div>"
        )
        self.assertEqual(len(found), 2)
        self.assertIn("still one", found[0].source)

    def test_no_link_of_a_text_puts_a_file_into_the_pdf(self):
        (article,) = articles(
            "<div class='article'>"
            "<a rel='attachment' href='data:,secret'>kept</a></div>"
        )
        pdf = engine.render(article.source).pdf
        page = PdfReader(io.BytesIO(pdf)).pages[0]
        kinds = [a.get_object()["/Subtype"] for a in page.get("/Annots", ())]
        self.assertEqual(kinds, ["/Link"])
        self.assertIn("kept", page.extract_text())

    def test_what_no_keyboard_types_is_no_line_and_no_error(self):
        found = self.cut("a\u2028b\x0bc\x01d")
        self.assertEqual(found.text, "a\nb\ncd")

    def cut(self, text):
        """The elements that a text of an article becomes."""
        source = articles(f"<div class='article'><p>{text}</p></div>")[0].source
        return lxml_html.document_fromstring(source).find(".//p")

    def test_only_words_too_long_for_a_column_are_cut(self):
        plain = (
            "words of " * 40,
            "เพลงประกอบพื้นที่ล็อบบี้และสระว่ายน้ำสำหรับโรงแรมขนาดใหญ่",
            "北京示例商贸有限公司上海分公司" * 4,
            "NL91-ABNA-0417-1643-00",
        )
        for text in plain:
            self.assertEqual(len(self.cut(text)), 0)
        link = "https://example.com/a-link-that-no-column-has-room-for"
        for word in (link, "\u0e01" * 40):
            found = self.cut(f"see {word} there")
            self.assertEqual(found.text_content(), f"see {word} there")
            self.assertEqual(found[0].text, "see ")
            self.assertEqual(found[1].get("style"), "display: inline-block")
            self.assertEqual(found[-1].text, " there")
            found = self.cut(f"<b>{word}</b> {word}<br/>{word} end")
            self.assertEqual(found.text_content(), f"{word} {word}{word} end")
            self.assertEqual(found[0].tag, "b")
        for space in "\xa0\u2007\u202f":
            self.assertEqual(self.cut(f"THB{space}1,000").text, f"THB{space}1,000")
            found = self.cut(f"pasted{space}" * 20)
            self.assertEqual((found.text, len(found)), ("pasted " * 20, 0))
        joined = self.cut("\u2060\ufeff".join("words of a text that never ends"))
        self.assertEqual(joined.text, "words of a text that never ends")
        kept = f"<style>.{'a' * 40} {{}}</style><!-- {link} --><svg><text>{link}</text>"
        self.assertEqual(self.cut(f"{kept}</svg>").xpath(".//span"), [])

    def test_a_word_too_long_for_its_column_breaks_and_stays_in_it(self):
        css = "p { width: 40mm; font: 10pt 'Noto Sans' }"
        pdf = self.render(str(lxml_html.tostring(self.cut("A" * 60))), css=css)
        lines = [line for line in texts(pdf)[0].splitlines() if "AA" in line]
        self.assertGreater(len(lines), 3)
        self.assertLess(max(map(len, lines)), 20)

    def test_no_layout_looks_far_for_a_space_that_is_not_there(self):
        """Of 20,000 Chinese letters in one text, it took minutes."""
        for text in ("北京示例商贸有限公司。" * 1000, "เพลงประกอบพื้นที่ล็อบบี้" * 400):
            found = self.cut(text)
            self.assertEqual(found.text_content(), text)
            self.assertLess(max(len(piece.text) for piece in found), 300)
            self.assertFalse(found.xpath("*[@style]"))

    def test_attached_files_come_out_as_they_went_in(self):
        """Also through the pool; two with the same content are two."""
        files = [
            Attached("2 b.pdf", b"\x00\r\n\xff" * 1000, "second", SOURCE),
            Attached("1 ก.txt", b"", "first"),
            Attached("3 c.pdf", b"\x00\r\n\xff" * 1000, "third", SOURCE),
        ]
        job = Job.document("<p>x</p>", (PAGE,), {}, "pdf/a-3b", files)
        content = POOL.do(job).content
        self.assertEqual(content, POOL.do(job).content)
        reader = PdfReader(io.BytesIO(content))
        found = {name: content for name, [content] in reader.attachments.items()}
        self.assertEqual(found, {file.name: file.content for file in files})
        listed = [each.get_object() for each in reader.root_object["/AF"]]
        self.assertEqual(
            [(each["/UF"], each["/AFRelationship"]) for each in listed],
            [("2 b.pdf", "/Source"), ("3 c.pdf", "/Source"), ("1 ก.txt", "/Data")],
        )
        self.assertEqual([each["/F"] for each in listed][-1], "1 _.txt")
