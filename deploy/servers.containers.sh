# PostgreSQL and RabbitMQ as containers; sourced by servers.sh.
# shellcheck shell=bash disable=SC2154
. "$here/images.env"
postgres_container="exchangehub-postgres" rabbitmq_container="exchangehub-rabbitmq"

container_runs() { [ "$(docker inspect -f '{{.State.Running}}' "$1-$id" 2>/dev/null)" = true ]; }

containers_running() { container_runs "$postgres_container" && container_runs "$rabbitmq_container"; }

containers_start() {
  say "Starting PostgreSQL and RabbitMQ as containers ($EXCHANGEHUB_POSTGRES_IMAGE, $EXCHANGEHUB_RABBITMQ_IMAGE)"
  container_runs "$postgres_container" || containers_postgres || return 1
  container_runs "$rabbitmq_container" || containers_rabbitmq || return 1
  wait_until 120 docker exec "$postgres_container-$id" pg_isready -q -h 127.0.0.1 -U postgres || return 1
  wait_until 180 rabbitmq_ready || return 1
}

containers_postgres() {
  docker rm -f "$postgres_container-$id" >/dev/null 2>&1 || true
  # The password reaches the container by name, so that it is on no command line.
  POSTGRES_PASSWORD=$postgres_password docker run -d --name "$postgres_container-$id" -p "127.0.0.1:$postgres_port:5432" \
    -e POSTGRES_PASSWORD -v "$postgres_container-$id:/var/lib/postgresql/data" \
    "$EXCHANGEHUB_POSTGRES_IMAGE" -c max_connections=500 >/dev/null
}

containers_rabbitmq() {
  docker rm -f "$rabbitmq_container-$id" >/dev/null 2>&1 || true
  # A fixed host name: the broker keeps its data by it.
  RABBITMQ_DEFAULT_PASS=$rabbitmq_password docker run -d --name "$rabbitmq_container-$id" --hostname exchangehub \
    -p "127.0.0.1:$amqp_port:5672" -p "127.0.0.1:$management_port:15672" \
    -e RABBITMQ_DEFAULT_USER=exchangehub -e RABBITMQ_DEFAULT_PASS -v "$rabbitmq_container-$id:/var/lib/rabbitmq" \
    -v "$here/rabbitmq.conf:/etc/rabbitmq/conf.d/20-exchangehub.conf:ro" \
    "$EXCHANGEHUB_RABBITMQ_IMAGE" >/dev/null
}

containers_stop() {
  local names=()
  say "Stopping the containers"
  if concerns postgres; then names+=("$postgres_container-$id"); fi
  if concerns rabbitmq; then names+=("$rabbitmq_container-$id"); fi
  docker stop -t 30 "${names[@]}" >/dev/null 2>&1 || true
  docker rm -f "${names[@]}" >/dev/null 2>&1 || true
}

containers_delete() {
  docker volume rm -f "$postgres_container-$id" "$rabbitmq_container-$id" >/dev/null 2>&1 || true
}

containers_rabbitmqctl() { docker exec "$rabbitmq_container-$id" rabbitmqctl "$@" >&2; }
