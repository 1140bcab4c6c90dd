-- no further mails of a batch; the waiting ones are cancelled by mail_delivery
UPDATE document_send_batch
   SET state = 'stopped'
 WHERE state = 'running';
-- of every kind of document, whichever addon brings it
DO $$
DECLARE
    kind regclass;
BEGIN
    FOR kind IN
        SELECT attribute.attrelid::regclass
          FROM pg_attribute AS attribute
          JOIN pg_class AS class ON class.oid = attribute.attrelid
         WHERE attribute.attname = 'send_state' AND NOT attribute.attisdropped
           AND class.relkind = 'r' AND class.relnamespace = current_schema()::regnamespace
    LOOP
        EXECUTE format(
            'UPDATE %s SET send_state = %L WHERE send_state IN (%L, %L)',
            kind, 'none', 'queued', 'sending'
        );
    END LOOP;
END $$;
