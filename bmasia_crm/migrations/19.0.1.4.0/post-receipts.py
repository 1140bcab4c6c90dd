"""The money behind each receipt of before: one payment, used for one invoice.

Both get the receipt's id, so that whatever named the payment finds the money. The
amounts that a receipt printed were reckoned each time; they are stored now, by the very
formula of then, which is why it stands here.
"""

import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from odoo.tools import SQL

RECEIPTS = """
SELECT receipt.id, receipt.invoice_id, receipt.amount_received,
       COALESCE(receipt.withholding_amount, 0), invoice.amount_untaxed,
       invoice.amount_total, invoice.amount_tax, currency.rounding,
       COALESCE(entity.tax_rate, 0),
       (SELECT min(ir_attachment_id) FROM bmasia_receipt_ir_attachment_rel
         WHERE bmasia_receipt_id = receipt.id)
  FROM bmasia_receipt AS receipt
  JOIN bmasia_invoice AS invoice ON invoice.id = receipt.invoice_id
  JOIN res_currency AS currency ON currency.id = receipt.currency_id
  JOIN res_company AS entity ON entity.id = receipt.company_id
 WHERE receipt.payment_id IS NULL
 ORDER BY receipt.invoice_id, receipt.id
"""
NOTES = """
SELECT reversed_id, amount_untaxed, amount_total,
       COALESCE((SELECT min(ir_attachment_id) FROM bmasia_invoice_ir_attachment_rel
                  WHERE bmasia_invoice_id = note.id), 0)
  FROM bmasia_invoice AS note
 WHERE reversed_id IS NOT NULL AND state IN ('issued', 'paid', 'credited')
"""
RATES = """
SELECT invoice_id, COALESCE(tax_rate, 0), SUM(amount_untaxed), SUM(amount_tax)
  FROM bmasia_invoice_line
 WHERE display_type IS NULL
 GROUP BY invoice_id, COALESCE(tax_rate, 0)
 ORDER BY invoice_id, COALESCE(tax_rate, 0)
"""
PAYMENTS = """
INSERT INTO bmasia_payment
       (id, customer_id, company_id, currency_id, direction, date, amount,
        amount_signed, method, reference, state, amount_allocated, amount_unallocated,
        create_uid, create_date, write_uid, write_date)
SELECT id, customer_id, company_id, currency_id, 'in', date, amount_received,
       amount_received, method, reference, 'booked', amount_received, 0,
       create_uid, create_date, write_uid, write_date
  FROM bmasia_receipt
 WHERE payment_id IS NULL
"""
USES = """
INSERT INTO bmasia_payment_allocation
       (id, payment_id, invoice_id, receipt_id, customer_id, company_id, currency_id,
        date, amount, withholding_amount, bank_charge, rounding, settled,
        amount_untaxed, amount_tax, tax_base, state, is_deposit, amount_left,
        create_uid, create_date, write_uid, write_date)
SELECT id, id, invoice_id, id, customer_id, company_id, currency_id, date,
       amount_received, COALESCE(withholding_amount, 0), 0, 0, amount_total,
       amount_untaxed, amount_tax, tax_base, 'valid', false, 0,
       create_uid, create_date, write_uid, write_date
  FROM bmasia_receipt
 WHERE payment_id IS NULL
"""
# Paid is what was paid: of one that is credited in full, nothing is.
CREDITED = """
UPDATE bmasia_invoice SET payment_state = 'credited'
 WHERE kind = 'invoice' AND state IN ('issued', 'paid', 'credited')
   AND amount_total <> 0 AND amount_credited >= amount_total
"""


def migrate(cr, version):
    """Store what receipts say, and make their payments."""
    cr.execute(NOTES)
    notes = defaultdict(list)
    for invoice, *note in cr.fetchall():
        notes[invoice].append(note)
    cr.execute(RATES)
    rates = defaultdict(list)
    for invoice, *row in cr.fetchall():
        rates[invoice].append(row)
    cr.execute(RECEIPTS)
    earlier = defaultdict(list)
    for row in cr.fetchall():
        _fix(cr, row, earlier[row[1]], notes[row[1]], rates[row[1]])
    cr.execute(PAYMENTS)
    cr.execute(USES)
    cr.execute("UPDATE bmasia_receipt SET payment_id = id WHERE payment_id IS NULL")
    cr.execute(CREDITED)
    for table in ("bmasia_payment", "bmasia_payment_allocation"):
        cr.execute(
            SQL(
                "SELECT setval(%s, (SELECT COALESCE(max(id), 0) + 1 FROM %s), false)",
                f"{table}_id_seq",
                SQL.identifier(table),
            )
        )


def _fix(cr, row, earlier, notes, rates):
    """Store the amounts of one receipt.

    :param list earlier: ``(settled, untaxed)`` of those before it, which this extends
    :param list notes: untaxed, total and first file of the invoice's credit notes
    :param list rates: rate, net and tax of the invoice's lines
    """
    id_, _invoice, received, withheld, *sale, entity_rate, file = row
    net, whole, tax_of_sale, rounding = map(_exact, sale)
    total = _exact(received) + _exact(withheld)
    settled = sum((amount for amount, _net in earlier), Decimal())
    taken = sum((untaxed for _amount, untaxed in earlier), Decimal())
    before = [note for note in notes if note[2] < (file or float("inf"))]
    if before:
        net -= sum((_exact(note[0]) for note in before), taken)
        whole -= sum((_exact(note[1]) for note in before), settled)
        untaxed = _part(net, total, whole, rounding)
    else:
        untaxed = _part(net, settled + total, whole, rounding)
        untaxed -= _part(net, settled, whole, rounding)
    earlier.append((total, untaxed))
    is_taxed = bool(entity_rate or tax_of_sale)
    parts = _split(untaxed, total - untaxed, rates, rounding)
    cr.execute(
        "UPDATE bmasia_receipt SET state = 'issued', tax_point = date,"
        " is_tax_invoice = %s, amount_untaxed = %s, amount_tax = %s,"
        " amount_total = %s, bank_charge = 0, rounding = 0, tax_base = %s"
        " WHERE id = %s",
        (
            *(is_taxed, untaxed, total - untaxed, total),
            *(json.dumps(parts), id_),
        ),
    )


def _split(untaxed, tax, rates, rounding):
    """Net and tax by rate, in the proportions of the invoice; they sum to both."""
    if not rates:
        rates = [(0, untaxed, tax)]
    given_net = given_tax = counted_net = counted_tax = Decimal()
    all_net = sum((_exact(row[1]) for row in rates), Decimal())
    all_tax = sum((_exact(row[2]) for row in rates), Decimal())
    parts = []
    for rate, net_of_rate, tax_of_rate in rates:
        counted_net += _exact(net_of_rate)
        counted_tax += _exact(tax_of_rate)
        upto_net = _part(untaxed, counted_net, all_net, rounding)
        upto_tax = _part(tax, counted_tax, all_tax, rounding) if all_tax else Decimal()
        parts.append(
            {
                "rate": float(rate),
                "category": "standard" if rate else "zero",
                "base": float(upto_net - given_net),
                "tax": float(upto_tax - given_tax),
            }
        )
        given_net, given_tax = upto_net, upto_tax
    if not all_tax:
        parts[-1]["tax"] = float(tax)
    return parts


def _part(amount, part, whole, rounding):
    """What of an amount falls to a part of the whole, rounded half up."""
    if not whole:
        return part
    step = rounding.normalize()
    steps = (amount * part / whole / step).quantize(Decimal(1), ROUND_HALF_UP)
    return steps * step


def _exact(value):
    return Decimal(repr(float(value or 0)))
