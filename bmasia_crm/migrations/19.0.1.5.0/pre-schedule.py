"""Rows of billing schedules say which period they belong to.

What was signed stays as it was: the days of its periods, and that a line for certain
days is billed as a whole. Drafts count months as the law does.
"""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        ALTER TABLE bmasia_contract_schedule
            DROP CONSTRAINT bmasia_contract_schedule_period,
            ADD COLUMN plan_start date, ADD COLUMN kind varchar;
        UPDATE bmasia_contract_schedule SET plan_start = period_start, kind = 'period';

        ALTER TABLE bmasia_contract ADD COLUMN counts_by_law boolean;
        UPDATE bmasia_contract SET counts_by_law =
            state = 'draft' OR extract(day FROM start_date) < 29;
        UPDATE bmasia_contract
           SET end_date = end_date + 1, notice_from = notice_from + 1
         WHERE state = 'draft'
           AND extract(day FROM start_date + make_interval(months => term_months))
             < extract(day FROM start_date);

        ALTER TABLE bmasia_contract_line ADD COLUMN billed_at_once boolean;
        UPDATE bmasia_contract_line l
           SET billed_at_once = l.date_from IS NOT NULL AND c.state != 'draft'
          FROM bmasia_contract c WHERE c.id = l.contract_id;
        """
    )
