-- a copy of the database must not mail in anybody's name
UPDATE ir_mail_server
   SET smtp_pass = NULL,
       user_smtp_state = 'untested',
       user_smtp_error = NULL,
       user_smtp_reply = NULL,
       user_smtp_login_refused = FALSE,
       user_smtp_checked_at = NULL;
UPDATE fetchmail_server SET password = NULL;
