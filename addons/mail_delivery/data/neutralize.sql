-- what waited when the copy was made must not leave it, also not once the copy is given
-- a mail server of its own and its jobs are started again
UPDATE mail_delivery
   SET state = 'cancelled',
       reason = 'neutralized',
       next_attempt = NULL,
       settled = TRUE
 WHERE state IN ('queued', 'deferred')
    OR (state = 'sending' AND handed_at IS NULL);
-- what was on its way when the copy was made: only the original knows what became of it
UPDATE mail_delivery
   SET state = 'unknown',
       settled = TRUE
 WHERE state = 'sending';
UPDATE mail_notification
   SET notification_status = 'canceled'
 WHERE notification_type = 'email'
   AND notification_status IN ('ready', 'process', 'pending');
UPDATE mail_mail
   SET state = 'cancel',
       failure_reason = 'This database is a neutralized copy.'
 WHERE state = 'outgoing';
-- what people had scheduled: the original sends it
DELETE FROM mail_message_schedule;
DELETE FROM mail_scheduled_message;
