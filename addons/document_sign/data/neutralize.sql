-- a copy of the database must not seal in anybody's name, nor ask a service that counts
UPDATE document_seal
   SET key_file = NULL,
       key_password = NULL,
       active = FALSE;
UPDATE res_company SET timestamp_url = NULL;
