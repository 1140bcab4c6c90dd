"""The set-up of the documents' tests, and a tape measure for PDFs.

Words and their boxes come from ``pdftotext -bbox``, what is drawn from pypdf.
"""

import io
import re
import subprocess
from base64 import b64encode
from collections import namedtuple
from functools import lru_cache

from lxml import etree
from PIL import Image
from pypdf import PdfReader

from odoo.fields import Command
from odoo.tests import TransactionCase

from .entities import own_addons

POINTS_PER_MM = 72 / 25.4
DRAWN_SARA_AM = "\u0e4d\u0e32"
FIGURE = re.compile(r"-?[\d,]+\.\d\d")
STYLE = re.compile(r"-(Regular|Bold|Semi-?Bold|Medium|Italic|Black|Light)\w*$|-?Bold$")

Word = namedtuple("Word", "text left top right bottom page")
Glyphs = namedtuple("Glyphs", "ids size colour font")


def words(pdf):
    """Every word with its box, in points from the page's top left, in reading order."""
    xml = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout
    tree = etree.fromstring(xml, etree.XMLParser(recover=True))
    space = {"x": "http://www.w3.org/1999/xhtml"}
    return [
        Word(
            word.text or "",
            *(float(word.get(side)) for side in ("xMin", "yMin", "xMax", "yMax")),
            number,
        )
        for number, page in enumerate(tree.iterfind(".//x:page", space))
        for word in page.iterfind("x:word", space)
    ]


def family(name):
    """``ABCDEF+Noto-Sans-Thai-Bold`` is of the family Noto Sans, to the eye."""
    name = name.lstrip("/").split("+")[-1].replace("-", " ")
    return " ".join(name.split()[:2])


@lru_cache(maxsize=1)
def _glyph_operators():
    return {b"Tj", b"TJ"}


def glyphs(pdf):
    """What is drawn as text: glyph ids, size in points, colour and font of each run."""
    found = []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        fonts = page["/Resources"].get("/Font", {})
        state = {"colour": (0, 0, 0), "font": "", "size": 0, "scale": 1}

        def visit(operator, operands, _matrix, _text, state=state, fonts=fonts):
            if operator == b"rg":
                state["colour"] = tuple(float(value) for value in operands)
            elif operator == b"Tf":
                font = fonts[operands[0]].get_object()
                state["font"], state["size"] = font["/BaseFont"], float(operands[1])
            elif operator == b"Tm":
                state["scale"] = abs(float(operands[3]))
            elif operator in _glyph_operators():
                parts = operands[0] if operator == b"TJ" else operands
                ids = b"".join(
                    part.original_bytes
                    for part in parts
                    if hasattr(part, "original_bytes")
                )
                size = state["size"] * state["scale"]
                found.append(Glyphs(ids, size, state["colour"], state["font"]))

        page.extract_text(visitor_operand_before=visit)
    return found


def pictures(pdf):
    """Width and height of each picture that is drawn, in points."""
    found = []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        objects = page["/Resources"].get("/XObject", {})

        def visit(operator, operands, matrix, _text, objects=objects):
            if operator == b"Do":
                if objects[operands[0]].get_object()["/Subtype"] == "/Image":
                    found.append((abs(matrix[0]), abs(matrix[3])))

        page.extract_text(visitor_operand_before=visit)
    return found


class DocumentCase(TransactionCase):
    """Two entities, one customer each, and what a PDF says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("THB", "USD"):
            cls.env.ref(f"base.{code}").active = True
        cls.thai = cls.entity("BMAsia (Thailand) Co., Ltd.", "TH", "THB", 7)
        cls.thai.promptpay_id = "0000000000000"
        cls.hong_kong = cls.entity("BMAsia Limited", "HK", "USD", 0)
        cls.hotel = cls.customer(cls.thai, "บริษัท ตัวอย่าง โฮเทล", "base.th")
        cls.bar = cls.customer(cls.hong_kong, "維港燈光餐飲有限公司", "base.hk")

    @classmethod
    def entity(cls, name, code, currency, tax_rate):
        money = cls.env.ref(f"base.{currency}")
        company = cls.env["res.company"].create(
            {
                "name": name,
                "legal_name": name,
                "legal_branch": "Head Office",
                "entity_code": code,
                "currency_id": money.id,
                "vat": f"DEMO {code} 000",
                "document_address": "1 Sample Street\nSample City",
                "document_signatory": "Norbert",
                "document_signatory_title": "Director",
                "tax_rate": tax_rate,
                "tax_label": "VAT",
                "quote_terms": "Net of tax.\nPayment within 30 days.\nFees are ours.",
                "contract_terms": "Payable within 30 days.",
            }
        )
        bank = cls.env["res.bank"].create({"name": "Demo Bank", "bic": "DEMOTHBKXXX"})
        cls.env["res.partner.bank"].create(
            {
                "acc_number": f"DEMO-{code}-0000",
                "partner_id": company.partner_id.id,
                "bank_id": bank.id,
                "currency_id": money.id,
            }
        )
        return company

    @classmethod
    def customer(cls, company, legal_name, country):
        return cls.env["bmasia.company"].create(
            {
                "name": "Sample Customer",
                "legal_name": legal_name,
                "billing_entity_id": company.id,
                "street": "1 Beach Road",
                "vat": "DEMO 0000000000001",
                "branch": "Branch 2",
                "country_id": cls.env.ref(country).id,
            }
        )

    def quote(self, customer, lines=6, **values):
        line = {"name": "Background music", "quantity": 2, "unit_price": 14000}
        values.setdefault(
            "line_ids", [Command.create({**line, "sequence": n}) for n in range(lines)]
        )
        values["customer_id"] = customer.id
        return self.env["bmasia.quote"].create(values)

    def invoice(self, customer, **values):
        line = {"name": "Background music", "quantity": 1, "unit_price": 1000}
        values.setdefault("line_ids", [Command.create(line)])
        return self.env["bmasia.invoice"].create({"customer_id": customer.id, **values})

    def issued(self, customer, **values):
        """An invoice with its number and day; its own PDF is not looked at."""
        invoice = self.invoice(customer, **values)
        invoice._assign_number()
        invoice.issue_date = invoice._today()
        invoice._freeze_parties()
        invoice._transition_to("issued")
        return invoice

    def receipt(self, invoice, amount=None, **values):
        answer = invoice.action_register_payment(amount or invoice.amount_due, **values)
        return self.env["bmasia.receipt"].browse(answer["receipt_id"])

    def contract(self, customer, **values):
        line = {"name": "Background music", "quantity": 2, "unit_price": 14000}
        values.setdefault("line_ids", [Command.create(line)])
        values.setdefault("without_clauses", "template_id" not in values)
        return self.env["bmasia.contract"].create(
            {"customer_id": customer.id, "start_date": "2026-01-01", **values}
        )

    def template(self, name):
        """One of the four that are shipped: ``th_syb``, ``hk_bb`` ..."""
        return self.env.ref(f"bmasia_crm.contract_template_{name}")

    def entity_pictures(self, width=300, height=60):
        """Values of an entity: a logo, a signature and a stamp of some proportions."""
        stream = io.BytesIO()
        # half transparent, as people cut theirs out
        Image.new("RGBA", (width, height), (51, 102, 153, 128)).save(stream, "png")
        picture = b64encode(stream.getvalue())
        return {
            "logo": picture,
            "document_signature": picture,
            "document_stamp": picture,
        }

    def speak_thai(self):
        self.env["res.lang"]._activate_lang("th_TH")
        own = [("name", "in", [*own_addons(self.env)])]
        modules = self.env["ir.module.module"].search(own)
        modules._update_translations(["th_TH"])

    def notice(self, contract):
        """The PDF of a contract's renewal notice."""
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True, document_goes_out=True
        )
        name = "bmasia_crm.report_renewal_notice"
        return reports._render_qweb_pdf(name, contract.ids)[0]

    def pages(self, document):
        """The pages of a record's PDF, or of one that is printed already."""
        pdf = document if isinstance(document, bytes) else document._render_pdf()
        return PdfReader(io.BytesIO(pdf)).pages

    def text(self, document):
        return "\n".join(page.extract_text() for page in self.pages(document))

    def flat(self, document):
        """The text in one line: where lines break is the layout's matter. Thai has its
        SARA AM as it is typed, not as the two signs that it is drawn with."""
        return " ".join(self.text(document).replace(DRAWN_SARA_AM, "\u0e33").split())
