"""Rows that wait for a sending limit name it by its window, no more by "pace"."""

REASONS = {"pace": "minute_limit", "pace_day": "day_limit"}


def migrate(cr, version):
    for former, reason in REASONS.items():
        cr.execute(
            "UPDATE mail_delivery SET reason = %s WHERE reason = %s", (reason, former)
        )
