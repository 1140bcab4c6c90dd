"""Forms show no row that is empty and that nobody can fill."""

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .money import MoneyCase

TEXT = ("char", "text", "html", "date", "datetime", "selection", "many2one", "json")


class FormRows:
    """The rows of a form as a record shows them: fields inside a group, with a label.

    :param record: with the user who looks
    """

    def __init__(self, record):
        self.record = record
        arch = record.get_view(view_type="form")["arch"]
        self.arch = etree.fromstring(arch)
        for inner in self.arch.xpath("//field/*"):
            inner.getparent().remove(inner)
        names = {node.get("name") for node in self.arch.iter("field")}
        row = record.read(names)[0]
        self.values = {
            name: value[0] if isinstance(value, tuple) else value
            for name, value in row.items()
        }
        self.values.update(context=dict(record.env.context), uid=record.env.uid)

    def says(self, node, modifier):
        said = node.get(modifier) or "False"
        return bool(safe_eval(said, dict(self.values)))

    def is_shown(self, node):
        nodes = (node, *node.iterancestors())
        return not any(self.says(each, "invisible") for each in nodes)

    def empty(self):
        """Names of fields that are shown, empty, and not to be typed."""
        return sorted(
            node.get("name")
            for node in self.arch.iter("field")
            if next(node.iterancestors("group"), None) is not None
            and self.record._fields[node.get("name")].type in TEXT
            and self.is_shown(node)
            and self.is_readonly(node)
            and not self.values[node.get("name")]
        )

    def is_readonly(self, node):
        field = self.record._fields[node.get("name")]
        return self.says(node, "readonly") if node.get("readonly") else field.readonly


@tagged("post_install", "-at_install")
class TestEmptyRows(MoneyCase):
    def check(self, *records):
        for record in records:
            record = record.with_user(self.pom)
            with self.subTest(record._name, state=record.state):
                self.assertEqual(FormRows(record).empty(), [])

    def test_an_invoice_in_each_state(self):
        draft = self.invoice(self.line(1000, kind="one_time"))
        issued, paid, cancelled = self.bill(), self.bill(), self.bill()
        paid.action_register_payment(1070)
        cancelled.with_user(self.norbert).action_cancel("Twice")
        self.check(draft, issued, paid, cancelled, self.usd_bill())

    def test_what_takes_money_back(self):
        paid = self.bill()
        paid.action_register_payment(1070)
        note = self.credited(paid, 500)
        abroad = self.usd_bill()
        abroad.action_register_payment(1000)
        self.check(note, self.credited(self.bill(), 500), self.credited(abroad, 500))
        note.action_register_payment(note.amount_total)
        self.check(note, paid)

    def test_a_proforma(self):
        draft = self.invoice(self.line(1000, kind="one_time"), kind="proforma")
        self.check(draft)
        draft.action_issue()
        self.check(draft)

    def test_quotes_and_contracts(self):
        quote = self.quote(self.line(1000))
        self.check(quote)
        quote.action_mark_sent()
        self.check(quote, self.active_contract(self.line(1000)))

    def test_money_and_its_receipts(self):
        bill = self.bill()
        booked = self.payment_of(bill.action_register_payment(500))
        ahead = self.payment_of(
            self.register(100, method="cheque", cheque_date="2099-01-01")
        )
        self.check(booked, ahead, bill.receipt_ids)
        booked.action_void("Bounced")
        self.check(booked, bill.receipt_ids)

    def test_certificates(self):
        bill = self.bill(10000)
        bill.action_register_payment(10400, withholding_amount=300)
        owed = bill.receipt_ids.allocation_ids.certificate_id
        self.check(owed)
        owed.write({"number": "7", "date": "2026-01-31"})
        owed.with_user(self.pom).action_receive()
        self.check(owed)

    def test_billing_notes(self):
        self.bill()
        note = self.env["bmasia.billing.note"].create({"customer_id": self.hilton.id})
        note.action_fill()
        self.check(note)
        note.action_mark_sent()
        self.check(note)
