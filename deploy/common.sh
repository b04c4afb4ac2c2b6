# What the scripts share; sourced, never run.
# shellcheck shell=bash
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rabbitmq_program=/usr/lib/rabbitmq/bin/rabbitmq-server

# Talk goes to stderr: stdout is for data.
say() { printf '%s\n' "$*" >&2; }

# Whether a Docker engine answers; the client alone proves nothing.
engine_answers() { command -v docker >/dev/null && timeout 10 docker info >/dev/null 2>&1; }

# Whether existing servers are named by connection string.
servers_given() {
  [ -n "${EXCHANGEHUB_POSTGRES:-}" ] && [ -n "${EXCHANGEHUB_RABBITMQ:-}" ] && [ -n "${EXCHANGEHUB_RABBITMQ_MANAGEMENT:-}" ]
}

# The folder with the newest PostgreSQL's initdb and postgres; Debian keeps them off the PATH.
postgres_programs() {
  local newest
  newest=$({ find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null || true; } | sort -V | tail -n 1)
  [ -n "$newest" ] || newest=$(command -v initdb) || return 1
  dirname "$newest"
}

# Random, and below the range the kernel gives to outgoing connections, so that pairs started together rarely meet.
free_port() {
  local port
  while :; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      printf '%s\n' "$port"
      return
    fi
  done
}
