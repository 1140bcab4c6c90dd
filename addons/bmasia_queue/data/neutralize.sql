-- What waits was begun in the original: a copy does nothing of it, whichever addon's it
-- is, as Odoo switches off the scheduled jobs of all.
UPDATE queue_job
   SET state = 'cancelled'
 WHERE state IN ('wait_dependencies', 'pending', 'enqueued', 'started');
