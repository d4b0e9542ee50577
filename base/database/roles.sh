#!/usr/bin/env bash
# Keeps the roles of PostgreSQL as Secret database-roles says, whose folder is $1. The services log in as ai_spm_a or
# ai_spm_b, and act as ai_spm then, which owns the tables and cannot log in. In the Secret stands for each of the two:
#   ROLE         the SCRAM verifier of its password, or `closed`: no login, no password, and no session
#   ROLE.locked  beside a verifier: no login, but the password is kept, for the way back
# Without a key the role stays as it is. Only what differs is altered, so whatever else changes a role is undone.
# Verifiers go through pipes: they stand in no argument, and in no log, whatever the server logs.
set -uo pipefail
folder=$1 every=${2:-5}
verifier='^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$'

# Statements of psql that bring everything to where it belongs, and say what they changed.
statements() {
  cat <<'SQL'
SET log_statement = 'none'; SET log_duration = off; SET log_min_duration_statement = -1;
SET log_min_duration_sample = -1; SET log_min_error_statement = 'panic'; SET log_transaction_sample_rate = 0;
SET track_activities = off; SET client_min_messages = 'warning';
\set VERBOSITY terse
SELECT 'CREATE ROLE ai_spm NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ai_spm') \gexec
SELECT 'ALTER ROLE ai_spm NOLOGIN PASSWORD NULL' FROM pg_authid
  WHERE rolname = 'ai_spm' AND (rolcanlogin OR rolpassword IS NOT NULL) \gexec
SELECT format('ALTER DATABASE %I OWNER TO ai_spm', datname) FROM pg_database
  WHERE datname = current_database() AND pg_get_userbyid(datdba) <> 'ai_spm' \gexec
SELECT format('ALTER ROLE %I PASSWORD NULL', rolname) FROM pg_authid
  WHERE rolname = current_user AND rolpassword IS NOT NULL \gexec
SQL
  role ai_spm_a
  role ai_spm_b
}

# Names and verifiers need no quoting: none holds a quote.
role() {
  local name=$1 value='' locked=false login=true option=LOGIN password says='may log in'
  cat <<SQL
SELECT 'CREATE ROLE $name NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$name') \gexec
SELECT 'GRANT ai_spm TO $name' WHERE NOT pg_has_role('$name', 'ai_spm', 'MEMBER') \gexec
SELECT 'ALTER ROLE $name SET role = ai_spm' WHERE NOT EXISTS (SELECT FROM pg_db_role_setting
  WHERE setrole = '$name'::regrole AND setdatabase = 0 AND 'role=ai_spm' = ANY (setconfig)) \gexec
SQL
  # First the lock: where the kubelet replaces the folder in between, the value is gone, and never a lock alone.
  [ -e "$state/$name.locked" ] && locked=true
  [ -e "$state/$name" ] && value=$(<"$state/$name") || return 0
  if [ "$value" = closed ]; then
    login=false option=NOLOGIN password=NULL says='closed'
  elif [[ $value =~ $verifier ]]; then
    password="'$value'"
    if [ "$locked" = true ]; then login=false option=NOLOGIN says='locked'; fi
  else
    echo "$name: neither a SCRAM verifier nor \`closed\` stands in the Secret; left as it is" >&2
    return 0
  fi
  cat <<SQL
SELECT rolcanlogin <> $login OR rolpassword IS DISTINCT FROM $password AS differs
  FROM pg_authid WHERE rolname = '$name' \gset
\if :differs
ALTER ROLE $name $option PASSWORD $password;
\echo $name: $says
\endif
SQL
  # Whoever had its password, and is still in, is let out; a role in the regular course has no session left by then.
  [ "$value" = closed ] && cat <<SQL
SELECT count(pg_terminate_backend(pid)) > 0 AS ended FROM pg_stat_activity WHERE usename = '$name' \gset
\if :ended
\echo $name: its sessions were ended
\endif
SQL
  return 0
}

trap 'exit 0' TERM INT
while true; do
  # The kubelet puts new values into a new folder, and this link onto it: one round reads one version.
  state=$(readlink -f "$folder/..data") && [ -d "$state" ] || state=$folder
  # Open for TCP only when its first start is over.
  if pg_isready --quiet --host=127.0.0.1; then
    statements | psql --no-psqlrc --quiet --tuples-only --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" \
      --dbname="$POSTGRES_DB" || echo 'the roles are not all as they should be; tried again soon' >&2
  fi
  # In the background, so that the end of the pod is heard at once.
  sleep "$every" &
  wait $!
done
