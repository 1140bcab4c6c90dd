"""Batches of e-mails end as done.

Those whose requests may have been forgotten (after 30 days) end here, before the cron
takes their documents for ones that were never sent.
"""


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE document_send_batch SET state = 'done'
         WHERE state = 'running'
           AND create_date < (now() AT TIME ZONE 'UTC') - interval '29 days'
        """
    )
