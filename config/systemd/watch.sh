#!/bin/sh
# watch.sh COMMAND...: run the command when Odoo has to be restarted, and only then.
#
# Asks HEALTH_URL up to HEALTH_TRIES times, HEALTH_PAUSE seconds apart, and waits
# HEALTH_TIMEOUT seconds for each answer. A restart helps against silence, a lost database
# and a dead job; it does not against a full disk, a missing key ring or a mail server
# that is down: for those somebody has to be told. Where nothing listens, Odoo starts or
# upgrades, which a restart would break off; if it ended, systemd starts it.
url=${HEALTH_URL:-http://127.0.0.1:8069/crm/health}
tries=${HEALTH_TRIES:-3}
pause=${HEALTH_PAUSE:-60}
timeout=${HEALTH_TIMEOUT:-15}

must_restart() {
    answer=$(curl --silent --max-time "$timeout" --write-out ' %{http_code}' "$url")
    case $? in
    0) ;;
    7) return 1 ;; # nothing listens
    *) return 0 ;;
    esac
    case $answer in
    *' 200') return 1 ;;
    *'"send_job"'*' 503' | *'"queue"'*' 503' | *'"database"'*' 503') return 0 ;;
    *'"failing"'*' 503') return 1 ;; # of a check that a restart does not change
    *) return 0 ;;
    esac
}

while must_restart; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
        echo "restart: $url answered: ${answer:-nothing}"
        exec "$@"
    fi
    sleep "$pause"
done
