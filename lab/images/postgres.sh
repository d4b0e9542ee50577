#!/usr/bin/env bash
# Entry of the database image. Reads the variables of the official image that base/database sets.
set -euo pipefail
umask 077
: "${PGDATA:?}" "${POSTGRES_DB:?}" "${POSTGRES_USER:?}"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  read -ra options <<<"${POSTGRES_INITDB_ARGS:-}"
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:?}") "${options[@]}"
  printf 'host all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
  # Not reachable from outside until the database is there.
  pg_ctl --wait --options="-c listen_addresses=" start
  # With a password or, where the local socket asks for none, as oneself.
  [ "$POSTGRES_DB" = postgres ] || PGPASSWORD=$POSTGRES_PASSWORD createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl --wait stop
fi
exec postgres -c listen_addresses='*' "$@"
