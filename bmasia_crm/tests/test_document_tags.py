"""A document read aloud: title, language, heading, head cells, words for pictures."""

import io

from pypdf import PdfReader

from odoo.tests import tagged

from .documents import DocumentCase


def elements(node):
    """The elements of a tagged PDF."""
    node = node.get_object()
    if not hasattr(node, "get"):
        return
    yield node
    children = node.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        yield from elements(child)


@tagged("post_install", "-at_install")
class TestDocumentTags(DocumentCase):
    def documents(self, lang):
        invoice = self.issued(self.hotel, lang=lang)
        template = self.template("th_bb").id
        return (
            self.quote(self.hotel, lang=lang),
            self.contract(self.hotel, lang=lang, template_id=template),
            invoice,
            self.receipt(invoice, 500),
        )

    def test_every_kind_can_be_read_aloud(self):
        self.speak_thai()
        self.thai.write(self.entity_pictures())
        for lang in ("en_US", "th_TH"):
            for document in self.documents(lang):
                with self.subTest(document=document._name, lang=lang):
                    self.check_tags(document, lang)

    def check_tags(self, document, lang):
        reader = PdfReader(io.BytesIO(document._render_pdf()))
        root = reader.trailer["/Root"]
        self.assertTrue(root["/MarkInfo"]["/Marked"])
        self.assertTrue(root["/ViewerPreferences"]["/DisplayDocTitle"])
        self.assertEqual(root["/Lang"], lang.replace("_", "-"))
        title = document.with_context(lang=lang)._pdf_filename()[:-4]
        self.assertEqual(reader.metadata.title, title)
        found = list(elements(root["/StructTreeRoot"]))
        kinds = [element.get("/S") for element in found]
        self.assertEqual(kinds.count("/H1"), 1)
        if document._name != "bmasia.contract":  # whose clauses say what is sold
            self.assertIn("/TH", kinds)
        for element in found:
            if element.get("/S") == "/Figure":
                self.assertTrue(element.get("/Alt"), "a picture without words")
