-- no further mails of a batch; the waiting ones are cancelled by mail_delivery
UPDATE bmasia_send_batch
   SET state = 'stopped'
 WHERE state = 'running';
UPDATE bmasia_quote SET send_state = 'none' WHERE send_state IN ('queued', 'sending');
UPDATE bmasia_contract SET send_state = 'none' WHERE send_state IN ('queued', 'sending');
UPDATE bmasia_invoice SET send_state = 'none' WHERE send_state IN ('queued', 'sending');
UPDATE bmasia_payment SET send_state = 'none' WHERE send_state IN ('queued', 'sending');
