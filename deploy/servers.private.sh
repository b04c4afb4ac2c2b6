# PostgreSQL and RabbitMQ as private processes on loopback; sourced by servers.sh.
# shellcheck shell=bash disable=SC2154

# As root the servers run as their own users, as PostgreSQL demands; otherwise as the caller.
# The shell becomes the program: in the background, $! is the program's own id. Descriptor 9 is the lock: no server holds it.
become() {
  local user=$1
  shift
  cd / && umask 077
  if [ "$(id -u)" -ne 0 ]; then exec "$@" 9>&-; fi
  exec setpriv --reuid="$user" --regid="$user" --init-groups -- "$@" 9>&-
}
as_user() { (become "$@"); }

# Where the data lies: under DIR, or beside it where the servers' users cannot reach DIR (a clone in root's home).
private_home() {
  home=$dir
  if [ "$(id -u)" -eq 0 ]; then
    chmod 711 "$dir"
    if [ -L "$dir/data" ] || ! as_user postgres test -x "$dir" || ! as_user rabbitmq test -x "$dir"; then
      home=/var/tmp/exchangehub-$id
      if [ ! -e "$home" ]; then
        mkdir -m 711 "$home"
        ln -sfn "$home" "$dir/data"
        say "  the servers' users cannot reach $dir: the data lies in $home"
      fi
      [ -O "$home" ] && [ ! -L "$home" ] || { say "  $home is not ours"; return 1; }
    fi
  fi
  for server in postgres rabbitmq; do
    mkdir -p -m 700 "$home/$server"
    if [ "$(id -u)" -eq 0 ]; then chown "$server:" "$home/$server"; fi
  done
}

private_running() {
  answers "$postgres_port" 2>/dev/null && rabbitmq_ready 2>/dev/null && recall postgres >/dev/null && recall rabbitmq >/dev/null
}

private_start() {
  postgres_programs >/dev/null && [ -x "$rabbitmq_program" ] || fail "PostgreSQL or RabbitMQ is not installed: run deploy/prerequisites.sh"
  private_home || return 1
  say "Starting private PostgreSQL and RabbitMQ on loopback"
  if gone rabbitmq; then private_rabbitmq_begin || return 1; fi
  if gone postgres; then private_postgres || return 1; fi
  if ! wait_until 240 rabbitmq_ready; then
    tail -n 20 "$dir/rabbitmq.log" >&2
    return 1
  fi
  say "  PostgreSQL on port $postgres_port, RabbitMQ on port $amqp_port, its management on port $management_port"
}

private_postgres() {
  local programs data=$home/postgres/data log=$home/postgres/log
  programs=$(postgres_programs)
  if [ ! -s "$data/PG_VERSION" ]; then
    say "  making a database cluster"
    as_user postgres rm -rf "$data"
    printf '%s\n' "$postgres_password" | as_user postgres tee "$home/postgres/password" >/dev/null
    as_user postgres "$programs/initdb" -D "$data" -U postgres --encoding=UTF8 --locale=C.UTF-8 \
      --auth=scram-sha-256 --pwfile="$home/postgres/password" >/dev/null || return 1
    rm "$home/postgres/password"
  fi
  # No Unix socket: the only way in is loopback with the password.
  if ! as_user postgres "$programs/pg_ctl" -D "$data" -l "$log" -w -t 60 -s \
    -o "-p $postgres_port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=500 -c shared_buffers=256MB -c log_statement=none" start; then
    as_user postgres tail -n 20 "$log" >&2
    return 1
  fi
  remember postgres "$(head -n 1 "$data/postmaster.pid")"
}

private_rabbitmq_begin() {
  local at=$home/rabbitmq
  {
    printf 'listeners.tcp.1 = 127.0.0.1:%s\n' "$amqp_port"
    printf 'management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = %s\n' "$management_port"
    printf 'default_user = exchangehub\ndefault_pass = %s\n' "$rabbitmq_password"
    # A laptop is rarely half empty; the broker stops taking below 200 MB.
    printf 'disk_free_limit.absolute = 200MB\n'
    cat "$here/rabbitmq.conf"
  } | as_user rabbitmq tee "$at/rabbitmq.conf" >/dev/null
  printf '[rabbitmq_management].\n' | as_user rabbitmq tee "$at/plugins" >/dev/null
  : | as_user rabbitmq tee "$at/environment" >/dev/null
  as_user rabbitmq mkdir -p "$at/home"
  # Erlang's port mapper outlives the broker: this pair has its own, started here and ended at stop.
  become rabbitmq setsid epmd -port "$epmd_port" -address 127.0.0.1 </dev/null >/dev/null 2>&1 &
  remember epmd $!
  wait_until 10 answers "$epmd_port" || { say "  Erlang's port mapper does not start"; return 1; }
  # +sbwt none: idle schedulers sleep instead of spinning.
  become rabbitmq env -i PATH="$PATH" LANG=C.UTF-8 HOME="$at/home" \
    ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$epmd_port" RABBITMQ_DIST_PORT="$distribution_port" \
    RABBITMQ_NODENAME="exchangehub-$id@localhost" RABBITMQ_CONF_ENV_FILE="$at/environment" RABBITMQ_CONFIG_FILE="$at/rabbitmq.conf" \
    RABBITMQ_MNESIA_BASE="$at/mnesia" RABBITMQ_LOG_BASE="$at/log" RABBITMQ_ENABLED_PLUGINS_FILE="$at/plugins" \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none" \
    setsid "$rabbitmq_program" </dev/null >"$dir/rabbitmq.log" 2>&1 &
  remember rabbitmq $!
}

private_rabbitmqctl() {
  local at=$dir/rabbitmq
  if [ -L "$dir/data" ]; then at=$dir/data/rabbitmq; fi
  as_user rabbitmq env -i PATH="$PATH" LANG=C.UTF-8 HOME="$at/home" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$epmd_port" \
    RABBITMQ_NODENAME="exchangehub-$id@localhost" RABBITMQ_CONF_ENV_FILE="$at/environment" "$(dirname "$rabbitmq_program")/rabbitmqctl" "$@" >&2
}

private_stop() {
  local data="$dir/postgres/data"
  if [ -L "$dir/data" ]; then data="$dir/data/postgres/data"; fi
  # A start that was broken off may have left a server that nobody remembers yet.
  if gone postgres && [ -s "$data/postmaster.pid" ]; then
    local left
    left=$(head -n 1 "$data/postmaster.pid")
    if [ "$(readlink "/proc/$left/cwd" 2>/dev/null)" = "$(readlink -f "$data")" ]; then remember postgres "$left"; fi
  fi
  if gone postgres && gone rabbitmq && gone epmd; then return 0; fi
  say "Stopping ${only:-PostgreSQL and RabbitMQ}"
  if concerns rabbitmq; then
    # SIGTERM to the Erlang machine is the broker's orderly stop; the scripts around it follow.
    end rabbitmq TERM 60 beam.smp
    end epmd TERM 5
  fi
  # SIGINT is PostgreSQL's fast shutdown: sessions end, data is flushed. SIGQUIT is its immediate one.
  if concerns postgres; then end postgres INT 60 "" QUIT; fi
}

private_delete() {
  rm -rf "/var/tmp/exchangehub-$id"
}
