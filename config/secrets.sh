#!/bin/sh
# Makes what docker-compose.yml calls its secrets, in the folder secrets/. A file that is
# there stays; what an .env of an earlier release holds is taken over.
set -eu
cd "$(dirname -- "$0")/.."
umask 077
mkdir -p secrets certificates

former() { sed -n "s/^$1=//p" .env 2>/dev/null | tail -n 1 | tr -d "\"'"; }
random() { head -c "$1" /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n'; }
put() { # file, mode, name in .env, how many random bytes
    [ ! -e "secrets/$1" ] || return 0
    value=$(former "$3")
    printf '%s\n' "${value:-$(random "$4")}" >"secrets/$1"
    chmod "$2" "secrets/$1"
    echo "made secrets/$1"
}

# of the role that Odoo works as; read by two users, in a folder that is yours only
put database-password 444 DATABASE_PASSWORD 24
# of PostgreSQL's superuser, which Odoo does not get
put postgres-password 400 POSTGRES_PASSWORD 24
# the key ring for stored mail passwords
put odoo-secret-keys 400 ODOO_SECRET_KEYS 32

cat <<'NEXT'

Keep a copy of secrets/odoo-secret-keys where the database's backups are not.
Only the user that Odoo runs as may read it. Give it to them, as root:

  docker compose build
  chown "$(docker compose run --rm --no-deps --entrypoint id odoo -u)" secrets/odoo-secret-keys
NEXT
