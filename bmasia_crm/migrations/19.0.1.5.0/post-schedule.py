"""Rows of billing schedules say what they charge for each line, as it was reckoned when
they were made; lines of their invoices say which line of the contract they bill.
"""

import json
from decimal import ROUND_HALF_UP, Decimal

ROWS = """
    SELECT s.contract_id, coalesce(m.rounding, 0.01),
           array_agg(s.id ORDER BY s.period_start, s.id),
           array_agg(s.months ORDER BY s.period_start, s.id),
           array_agg(s.period_end ORDER BY s.period_start, s.id)
      FROM bmasia_contract_schedule s
      JOIN bmasia_contract c ON c.id = s.contract_id
      LEFT JOIN res_currency m ON m.id = c.currency_id
     WHERE s.parts IS NULL
     GROUP BY s.contract_id, m.rounding
"""
LINES = """
    SELECT id, kind, date_from, amount_untaxed, (tax_category, tax_rate)::text
      FROM bmasia_contract_line
     WHERE contract_id = %s AND display_type IS NULL
     ORDER BY sequence, id
"""
# The lines of an invoice were made from the contract's in their order.
BILLED = """
    UPDATE bmasia_invoice_line i SET contract_line_id = found.source
      FROM (
        SELECT i.id, min(c.id) AS source
          FROM bmasia_invoice_line i
          JOIN bmasia_invoice v ON v.id = i.invoice_id
          JOIN bmasia_contract_schedule s ON s.id = v.schedule_id
          JOIN bmasia_contract_line c
            ON c.contract_id = s.contract_id AND c.sequence = i.sequence
           AND c.product_id IS NOT DISTINCT FROM i.product_id
           AND starts_with(i.name, c.name)
         WHERE i.display_type IS NULL AND c.display_type IS NULL
         GROUP BY i.id HAVING count(*) = 1
      ) found
     WHERE found.id = i.id AND i.contract_line_id IS NULL
"""


def migrate(cr, version):
    if not version:
        return
    cr.execute(ROWS)
    for contract, step, rows, months, ends in cr.fetchall():
        cr.execute(LINES, [contract])
        parts = _parts(cr.fetchall(), months, ends, Decimal(str(step)))
        cr.executemany(
            "UPDATE bmasia_contract_schedule SET parts = %s WHERE id = %s",
            [
                (json.dumps([[line, float(part)] for line, part in own.items()]), row)
                for row, own in zip(rows, parts, strict=True)
            ],
        )
    cr.execute(BILLED)


def _parts(lines, months, ends, step):
    """Net by line, for each row."""
    rows = [{} for _n in months]
    for line, kind, first, amount, _taxed in lines:
        amount = Decimal(str(amount or 0))
        if amount < 0:
            continue
        if kind == "recurring" and not first:
            for row, share in zip(rows, _shares(amount, months, step), strict=True):
                row[line] = share
        else:
            at = (i for i, end in enumerate(ends) if not first or end >= first)
            rows[next(at, len(rows) - 1)][line] = amount
    taxed = {line: key for line, *_values, key in lines}
    for line, _kind, _first, amount, key in lines:
        left = -Decimal(str(amount or 0))
        for row in rows:
            alike = sum(part for other, part in row.items() if taxed[other] == key)
            off = min(left, alike)
            if off > 0:
                row[line] = -off
                left -= off
    return rows


def _shares(yearly, months, step):
    whole = _round(yearly * sum(months) / 12, step)
    passed, before = 0, Decimal(0)
    for count in months:
        passed += count
        so_far = _round(whole * passed / sum(months), step)
        yield so_far - before
        before = so_far


def _round(value, step):
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step
