#!/usr/bin/env bash
# PostgreSQL and RabbitMQ for ExchangeHub, each DIR a pair of its own; several pairs live side by side.
#   deploy/servers.sh start DIR [--while PID]   starts what of the pair does not run and prints its three variables
#   deploy/servers.sh env DIR                   prints the three variables of a started pair
#   deploy/servers.sh running DIR               ends with 0 when the pair runs
#   deploy/servers.sh stop DIR [SERVER]         stops the pair, or its postgres or rabbitmq, and keeps the data; no process stays behind
#   deploy/servers.sh rabbitmqctl DIR WORD…     asks the pair's broker as its operator does
#   deploy/servers.sh remove DIR                stops the pair and deletes DIR
# --while PID: once that process is gone, however it went, the pair is removed with its data.
# The choice: EXCHANGEHUB_POSTGRES, EXCHANGEHUB_RABBITMQ and EXCHANGEHUB_RABBITMQ_MANAGEMENT set: those existing servers,
# nothing is started. A Docker engine answers: containers. Else private servers on loopback, data under DIR.
# Read the variables with: eval "$(deploy/servers.sh start DIR)"
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/common.sh"
. "$here/servers.containers.sh"
. "$here/servers.private.sh"

usage() { sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
fail() { say "deploy/servers.sh: $*"; exit 1; }

given_variables() {
  local name
  for name in EXCHANGEHUB_POSTGRES EXCHANGEHUB_RABBITMQ EXCHANGEHUB_RABBITMQ_MANAGEMENT; do
    printf 'export %s=%q\n' "$name" "${!name}"
  done
}

secret() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# Ports and passwords stay the same from start to start: the counties' key folders name them.
load_settings() {
  if [ ! -s "$dir/settings" ]; then
    {
      printf 'postgres_port=%s\namqp_port=%s\nmanagement_port=%s\n' "$(free_port)" "$(free_port)" "$(free_port)"
      printf 'epmd_port=%s\ndistribution_port=%s\n' "$(free_port)" "$(free_port)"
      printf 'postgres_password=%s\nrabbitmq_password=%s\n' "$(secret)" "$(secret)"
    } >"$dir/settings.new"
    mv "$dir/settings.new" "$dir/settings"
  fi
  # shellcheck source=/dev/null
  . "$dir/settings"
}

write_variables() {
  {
    printf 'export EXCHANGEHUB_POSTGRES="Host=127.0.0.1;Port=%s;Username=postgres;Password=%s;Database=postgres"\n' "$postgres_port" "$postgres_password"
    printf 'export EXCHANGEHUB_RABBITMQ="amqp://exchangehub:%s@127.0.0.1:%s"\n' "$rabbitmq_password" "$amqp_port"
    printf 'export EXCHANGEHUB_RABBITMQ_MANAGEMENT="http://exchangehub:%s@127.0.0.1:%s"\n' "$rabbitmq_password" "$management_port"
  } >"$dir/variables"
}

# wait_until SECONDS COMMAND…
wait_until() {
  local limit=$((SECONDS + $1))
  shift
  until "$@" 2>/dev/null; do
    [ $SECONDS -lt $limit ] && [ -z "$broken_off" ] || return 1
    sleep 0.1
  done
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

# The broker is up when its management answers its own user: that comes last.
rabbitmq_ready() {
  local status
  answers "$amqp_port" || return 1
  exec 3<>"/dev/tcp/127.0.0.1/$management_port" || return 1
  printf 'GET /api/whoami HTTP/1.0\r\nAuthorization: Basic %s\r\n\r\n' "$(printf 'exchangehub:%s' "$rabbitmq_password" | base64 -w0)" >&3
  read -r -t 5 status <&3 || status=""
  exec 3>&-
  [[ $status == *" 200 "* ]]
}

# A process is known by its id and its start, so that a reused id is never taken for it.
started_at() { awk '{ sub(/^.*\) /, ""); if ($1 != "Z") print $20 }' "/proc/$1/stat" 2>/dev/null; }
remember() { printf '%s %s\n' "$2" "$(started_at "$2")" >"$dir/$1.pid"; }
recall() {
  local pid start
  [ -s "$dir/$1.pid" ] && read -r pid start <"$dir/$1.pid" && [ -n "$start" ] && [ "$(started_at "$pid")" = "$start" ] && printf '%s\n' "$pid"
}

# end NAME SIGNAL SECONDS [COMMAND] [QUICK]: asks the remembered process and its session to end (or only the session's COMMAND, when
# the rest follows it), insists after SECONDS. When the data does not matter, QUICK (or KILL) goes to the whole session at once.
end() {
  local leader
  leader=$(recall "$1") || { rm -f "$dir/$1.pid"; return 0; }
  if [ -z "$data_matters" ]; then set -- "$1" "${5:-KILL}" 10 ""; fi
  if ! wait_until "$3" ended "$leader" "-$2" "${4:-}"; then
    say "  $1 did not end in $3 s; killing it"
    signal -KILL "$leader" ""
    wait_until 10 session_empty "$leader" || say "  $1 (session $leader) is still there"
  fi
  rm -f "$dir/$1.pid"
}
# members SESSION [COMMAND]: ids of a session's processes. Those that have ended but are not yet collected by their parent are gone.
members() {
  local stat line name rest
  for stat in /proc/[0-9]*/stat; do
    { read -r line <"$stat"; } 2>/dev/null || continue
    name=${line#*(} name=${name%)*} rest=${line##*) }
    # shellcheck disable=SC2086
    set -- "$1" "${2:-}" $rest
    if [ "$6" = "$1" ] && [ "$3" != Z ] && { [ -z "$2" ] || [ "$name" = "$2" ]; }; then printf '%s\n' "${line%% *}"; fi
  done
}
signal() {
  # shellcheck disable=SC2046
  kill "$1" $(members "$2" "$3") 2>/dev/null || true
}
session_empty() { [ -z "$(members "$1" "")" ]; }
# Asks again each time: what was only just starting has not heard the first one.
ended() { session_empty "$1" || { signal "$2" "$1" "$3"; sleep 0.2; session_empty "$1"; }; }
gone() { ! recall "$1" >/dev/null; }

running() { [ -s "$dir/kind" ] && "$(cat "$dir/kind")_running"; }

start() {
  load_settings
  if running; then
    say "PostgreSQL and RabbitMQ are running already ($(cat "$dir/kind"), $dir)"
  else
    local kind=private attempt
    if engine_answers; then kind=containers; fi
    # Data lies where it was begun.
    if [ -s "$dir/kind" ]; then kind=$(cat "$dir/kind"); fi
    for attempt in 1 2 3; do
      printf '%s\n' "$kind" >"$dir/kind"
      if "${kind}_start"; then break; fi
      local why=$broken_off
      broken_off=""
      "${kind}_stop"
      [ -z "$why" ] || fail "broken off"
      [ "$attempt" -lt 3 ] || fail "PostgreSQL or RabbitMQ does not start; the logs are in $dir"
      say "  trying again on other ports"
      sed -i '/_port=/d' "$dir/settings"
      for name in postgres amqp management epmd distribution; do printf '%s_port=%s\n' "$name" "$(free_port)" >>"$dir/settings"; done
      load_settings
    done
    write_variables
  fi
  if [ -n "$while_pid" ]; then watch; fi
  cat "$dir/variables"
}

# Whether a stop concerns this server: it names it, or none.
concerns() { [ -z "$only" ] || [ "$only" = "$1" ]; }

# Outlives this script on purpose: it removes the pair when the process that wanted it is gone, killed or not.
watch() {
  end watcher TERM 5
  setsid bash -c 'tail --pid="$1" -f /dev/null; exec "$2" remove "$3"' watcher "$while_pid" "$here/servers.sh" "$dir" </dev/null >/dev/null 2>&1 9>&- &
  remember watcher $!
}

stop() {
  if [ -n "$only" ]; then
    load_settings
    "$(cat "$dir/kind")_stop"
    return
  fi
  # The watcher itself ends up here: it must not end itself.
  if [ "$(recall watcher || true)" != "$$" ]; then end watcher TERM 5; fi
  [ -s "$dir/kind" ] || return 0
  load_settings
  "$(cat "$dir/kind")_stop"
  rm -f "$dir/variables"
}

[ $# -ge 2 ] || usage
# A signal ends a start in order: what has begun is stopped again.
broken_off=""
trap 'broken_off=yes' INT TERM HUP
command=$1 dir=$2 while_pid="" only="" data_matters=yes
case "$command ${3:-}" in
  *" --while") while_pid=${4:?--while needs a process id} ;;
  "stop postgres" | "stop rabbitmq") only=$3 ;;
  "rabbitmqctl "*) ;;
  *) [ $# -eq 2 ] || usage ;;
esac

if servers_given && [ "$command" != stop ] && [ "$command" != remove ]; then
  say "Using the existing servers that EXCHANGEHUB_POSTGRES and EXCHANGEHUB_RABBITMQ name"
  given_variables
  exit 0
fi
for name in EXCHANGEHUB_POSTGRES EXCHANGEHUB_RABBITMQ EXCHANGEHUB_RABBITMQ_MANAGEMENT; do
  if ! servers_given && [ -n "${!name:-}" ]; then
    fail "$name is set but not all of EXCHANGEHUB_POSTGRES, EXCHANGEHUB_RABBITMQ, EXCHANGEHUB_RABBITMQ_MANAGEMENT: set all three or none"
  fi
done

# Folders on the way keep the caller's rights; what is made inside is the caller's alone.
if [ "$command" = start ]; then mkdir -p "$dir"; fi
umask 077
case $command in
  start) ;;
  env) [ -s "$dir/variables" ] || fail "nothing is started in $dir"; cat "$dir/variables"; exit 0 ;;
  running | rabbitmqctl) [ -d "$dir" ] || exit 1 ;;
  stop | remove) [ -d "$dir" ] || exit 0 ;;
  *) usage ;;
esac
dir=$(cd "$dir" && pwd -P)
id=$(printf '%s' "$dir" | sha256sum | cut -c1-10)
# One at a time: two starts of one DIR give one pair.
exec 9>"$dir/lock"
flock 9
case $command in
  start) start ;;
  running) load_settings; running ;;
  stop) stop ;;
  rabbitmqctl) load_settings; "$(cat "$dir/kind")_rabbitmqctl" "${@:3}" ;;
  remove) data_matters=""; stop; "$(cat "$dir/kind" 2>/dev/null || echo private)_delete"; rm -rf "$dir" ;;
esac
