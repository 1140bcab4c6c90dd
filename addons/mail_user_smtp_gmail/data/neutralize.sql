-- a copy of the database must not mail in anybody's name
UPDATE ir_mail_server SET google_gmail_refresh_token = NULL, google_gmail_access_token = NULL;
UPDATE fetchmail_server SET google_gmail_refresh_token = NULL, google_gmail_access_token = NULL;
