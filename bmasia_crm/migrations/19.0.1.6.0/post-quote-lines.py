"""What contracts took over from their quotes is not invoiced without them.

A contract had all that its quote charges once. A line of it is the quote's of the same
words; what was reworded follows in order.
"""

LINK = """
    WITH quoted AS (
        SELECT c.id AS contract, l.id, l.amount_untaxed, l.sequence,
               CASE WHEN %(by_name)s THEN l.name END AS words
          FROM bmasia_quote_line l
          JOIN bmasia_contract c ON c.quote_id = l.quote_id
         WHERE l.kind = 'one_time' AND l.display_type IS NULL
           AND NOT EXISTS (
               SELECT 1 FROM bmasia_contract_line t
                WHERE t.contract_id = c.id AND t.quote_line_id = l.id
           )
    ), agreed AS (
        SELECT l.contract_id AS contract, l.id, l.sequence,
               CASE WHEN %(by_name)s THEN l.name END AS words
          FROM bmasia_contract_line l
         WHERE l.kind = 'one_time' AND l.display_type IS NULL
           AND l.service_from IS NULL AND l.quote_line_id IS NULL
    ), offered AS (
        SELECT *, row_number() OVER (
            PARTITION BY contract, words ORDER BY sequence, id
        ) AS place FROM quoted
    ), signed AS (
        SELECT *, row_number() OVER (
            PARTITION BY contract, words ORDER BY sequence, id
        ) AS place FROM agreed
    )
    UPDATE bmasia_contract_line l
       SET quote_line_id = offered.id, quote_amount = offered.amount_untaxed
      FROM offered
      JOIN signed ON signed.contract = offered.contract
       AND signed.words IS NOT DISTINCT FROM offered.words
       AND signed.place = offered.place
     WHERE l.id = signed.id
"""


def migrate(cr, version):
    if not version:
        return
    for by_name in (True, False):
        cr.execute(LINK, {"by_name": by_name})
