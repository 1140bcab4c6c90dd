"""Each document looks as its approved picture in ``approved/``.

A change that is meant to be seen replaces the picture: the failing test says where the
new one is. Looked at from afar, so that another version of the fonts still passes.
"""

import io
import subprocess
import tempfile
from datetime import date
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from odoo.fields import Command
from odoo.tests import tagged

from .documents import DocumentCase

APPROVED = Path(__file__).parent / "approved"
RESOLUTION = 36  # dots per inch: layout is visible, the shape of letters is not
CELL = 6  # dots; about the height of a line
SAME = 26  # of 255: how far the mean of one cell may be off
LIKE = 1.2  # of 255: how far all cells may be off on average


def picture(pdf, page=1):
    """A page in few shades of grey."""
    command = ["pdftoppm", "-gray", "-png", "-r", str(RESOLUTION)]
    pages = ["-f", str(page), "-l", str(page), "-singlefile", "-"]
    png = subprocess.run(
        command + pages, input=pdf, capture_output=True, check=True
    ).stdout
    return Image.open(io.BytesIO(png)).convert("L")


def cells(image):
    return image.resize(
        (image.width // CELL, image.height // CELL), Image.Resampling.BOX
    )


@tagged("post_install", "-at_install")
class TestDocumentPictures(DocumentCase):
    def check_looks_as_approved(self, name, pdf):
        image = picture(pdf)
        path = APPROVED / f"{name}.png"
        new = Path(tempfile.gettempdir()) / path.name
        image.quantize(32).save(new, optimize=True)
        hint = f"look at {new}; if it is meant, replace approved/{path.name} with it"
        self.assertTrue(path.exists(), hint)
        approved = Image.open(path).convert("L")
        self.assertEqual(image.size, approved.size, hint)
        off = ImageChops.difference(cells(image), cells(approved))
        self.assertLessEqual(off.getextrema()[1], SAME, hint)
        self.assertLessEqual(ImageStat.Stat(off).mean[0], LIKE, hint)
        new.unlink()

    def lines(self):
        lines = [
            {"display_type": "line_section", "name": "Music"},
            {"name": "Soundtrack\nLobby", "unit_price": 14000, "discount": 10},
            {"name": "Beat Breeze\nBar", "quantity": 4, "unit_price": 9800},
            {"name": "Player", "quantity": 2, "unit_price": 7000, "kind": "one_time"},
            {"name": "Installation", "unit_price": 0, "list_value": 4500},
        ]
        return [Command.create({**line, "sequence": n}) for n, line in enumerate(lines)]

    def numbered(self, document, number):
        document.sudo().name = number
        return document._render_pdf()

    def test_quote(self):
        quote = self.quote(
            self.hotel, line_ids=self.lines(), term_months=24, date="2026-01-31"
        )
        self.check_looks_as_approved("quote", self.numbered(quote, "Q-2026-0131-001"))

    def test_contract(self):
        contract = self.contract(
            self.hotel,
            line_ids=self.lines(),
            template_id=self.template("th_bb").id,
            location_ids=[Command.create({"name": "Lobby", "zone_count": 5})],
        )
        self.check_looks_as_approved(
            "contract", self.numbered(contract, "C-2026-0131-001")
        )

    def amendment(self, **values):
        """Of two zones that become three, one that goes and one that comes."""
        contract = self.contract(
            self.hotel,
            line_ids=self.lines(),
            signatory_ids=[Command.create({"name": "Somchai", "title": "GM"})],
            **values,
        )
        contract.sudo().name = "C-2026-0101-001"
        contract._freeze_parties()
        contract._write_state({"state": "active", "signed_date": "2026-01-01"})
        lobby, bar = contract._priced_lines()[:2]
        lines = [
            {"action": "change", "contract_line_id": lobby.id, "quantity": 3},
            {"action": "remove", "contract_line_id": bar.id},
            {"name": "Soundtrack", "unit_price": 14000, "location": "Pool"},
        ]
        return self.env["bmasia.amendment"].create(
            {
                "contract_id": contract.id,
                "start_date": "2026-07-01",
                "term_months": 18,
                "line_ids": [Command.create(line) for line in lines],
                "note": "The pool opens at seven.",
            }
        )

    def test_amendment(self):
        pdf = self.numbered(self.amendment(), "AM-2026-0701-001")
        self.check_looks_as_approved("amendment", pdf)

    def test_invoice(self):
        invoice = self.invoice(
            self.hotel,
            line_ids=self.lines(),
            issue_date="2026-01-31",
            period_start="2026-01-01",
            period_end="2026-12-31",
        )
        pdf = self.numbered(invoice, "INV-2026-0131-001")
        self.check_looks_as_approved("invoice", pdf)

    def test_proforma(self):
        proforma = self.invoice(self.bar, kind="proforma", issue_date="2026-01-31")
        pdf = self.numbered(proforma, "PF-2026-0131-001")
        self.check_looks_as_approved("proforma", pdf)

    def billed(self, customer, **values):
        """An invoice that was issued on a fixed day, in a world without others."""
        self.patch(
            self.registry["res.company"], "_today", lambda _company: date(2026, 1, 31)
        )
        return self.issued(customer, **values)

    def test_tax_invoice(self):
        invoice = self.billed(
            self.hotel,
            line_ids=self.lines(),
            period_start="2026-01-01",
            period_end="2026-12-31",
        )
        paid = invoice.amount_due - 300
        receipt = self.receipt(
            invoice, paid, withholding_amount=300, reference="TRF-0001"
        )
        self.check_looks_as_approved("tax-invoice", receipt._render_pdf())

    def test_receipt(self):
        receipt = self.receipt(self.billed(self.bar), 400)
        self.check_looks_as_approved("receipt", receipt._render_pdf())

    def test_credit_note(self):
        invoice = self.billed(self.hotel, line_ids=self.lines())
        invoice.action_credit("The bar was closed in the second half of the year.")
        note = invoice.credit_note_ids
        note.issue_date = "2026-01-31"
        pdf = self.numbered(note, "CN-2026-0131-001")
        self.check_looks_as_approved("credit-note", pdf)

    def test_adjustment(self):
        invoice = self.billed(self.hotel, line_ids=self.lines())
        invoice.action_credit("The bar was closed in the second half of the year.")
        note = invoice.credit_note_ids
        note.sudo().write({"kind": "adjustment", "issue_date": "2026-01-31"})
        pdf = self.numbered(note, "ADJ-TH-2026-0131-001")
        self.check_looks_as_approved("adjustment", pdf)

    def test_billing_note(self):
        self.billed(self.hotel, line_ids=self.lines())
        note = self.env["bmasia.billing.note"].create({"customer_id": self.hotel.id})
        pdf = self.numbered(note, "BN-2026-0131-001")
        self.check_looks_as_approved("billing-note", pdf)

    def test_open_items(self):
        invoice = self.billed(self.hotel, line_ids=self.lines())
        reports = self.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )
        name = "bmasia_crm.report_open_items"
        pdf = reports._render_qweb_pdf(name, invoice.ids)[0]
        self.check_looks_as_approved("open-items", pdf)

    def test_statement(self):
        self.billed(self.hotel, line_ids=self.lines())
        statement = self.env["bmasia.statement"].create({"customer_id": self.hotel.id})
        pdf = self.numbered(statement, "SOA-2026-0131-001")
        self.check_looks_as_approved("statement", pdf)

    def test_renewal_notice(self):
        self.patch(
            self.registry["res.company"], "_today", lambda _company: date(2026, 10, 31)
        )
        contract = self.contract(self.hotel, line_ids=self.lines())
        contract.sudo().name = "C-2026-0131-001"
        self.check_looks_as_approved("renewal-notice", self.notice(contract))

    def test_thai_quote(self):
        self.speak_thai()
        quote = self.quote(
            self.hotel,
            line_ids=self.lines(),
            term_months=24,
            date="2026-01-31",
            lang="th_TH",
        )
        pdf = self.numbered(quote, "Q-2026-0131-001")
        self.check_looks_as_approved("quote-thai", pdf)

    def test_every_report_has_its_approved_picture(self):
        reports = self.env["ir.actions.report"].search(
            [("report_name", "=like", "bmasia_crm.%")]
        )
        kinds = {report.get_external_id()[report.id] for report in reports}
        kinds = {kind.split("report_")[1].replace("_", "-") for kind in kinds}
        kinds -= {"table", "table-landscape"}  # figures of Finance, in test_reports
        self.assertGreaterEqual(len(kinds), 7)
        approved = {path.stem for path in APPROVED.glob("*.png")}
        self.assertFalse(kinds - approved)
        self.assertIn("tax-invoice", approved)

    def test_the_test_sees_a_difference(self):
        quote = self.quote(
            self.hotel, line_ids=self.lines(), term_months=24, date="2026-01-31"
        )
        quote.line_ids[-1].unlink()
        image = picture(self.numbered(quote, "Q-2026-0131-001"))
        approved = Image.open(APPROVED / "quote.png").convert("L")
        off = ImageChops.difference(cells(image), cells(approved))
        self.assertGreater(off.getextrema()[1], SAME)
