#!/bin/sh
# Run once by the PostgreSQL image, when its volume is new: Odoo gets a role that owns its
# database and can do nothing else. The image's own user (POSTGRES_USER) is a superuser.
set -eu
DATABASE_PASSWORD=$(cat "$DATABASE_PASSWORD_FILE")
export DATABASE_PASSWORD
psql --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres <<'SQL'
\getenv password DATABASE_PASSWORD
CREATE ROLE odoo LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE bmasia OWNER odoo TEMPLATE template0 ENCODING 'UTF8';
SQL
