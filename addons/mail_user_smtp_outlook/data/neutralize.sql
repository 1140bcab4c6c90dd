-- a copy of the database must not mail in anybody's name
UPDATE ir_mail_server SET microsoft_outlook_refresh_token = NULL, microsoft_outlook_access_token = NULL;
UPDATE fetchmail_server SET microsoft_outlook_refresh_token = NULL, microsoft_outlook_access_token = NULL;
