#!/usr/bin/env bash
# ExchangeHub on this machine, with one command.
#   ./run.sh             hub, node host, 20 counties, February 2026 behind them and demo traffic, until Ctrl-C
#   ./run.sh --check     the same (not beside a running one), checks itself with 200 exchanges, prints the rates table, ends with 0 or says what is wrong
#   ./run.sh --traces    as well the Aspire dashboard with traces, metrics and logs
#   ./run.sh WORDS…      the command line tool with the servers up: ./run.sh doctor, ./run.sh scenario FILE, ./run.sh --help
# Missing servers are installed or run as containers; data lies under .run/ and is found again. Existing servers: set
# EXCHANGEHUB_POSTGRES, EXCHANGEHUB_RABBITMQ and EXCHANGEHUB_RABBITMQ_MANAGEMENT (docs/operations.md).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. deploy/common.sh
# Build servers would stay behind.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

words=() traces="" tool="" dashboard="" servers="" guard=""
for word in "$@"; do
  if [ "$word" = --traces ] && [ ${#words[@]} -eq 0 ]; then traces=yes; else words+=("$word"); fi
done
case ${words[0]:-} in
  "") words=(up) ;;
  --check) words=(up --check "${words[@]:1}") ;;
esac

# What was started here ends here, in the order in which it depends on each other. A signal is handed on; the tool ends by itself.
hand_on() { if [ -n "$tool" ]; then kill -TERM "$tool" 2>/dev/null || true; else exit 130; fi; }
clean_up() {
  trap '' INT TERM HUP
  if [ -n "$guard" ]; then kill "$guard" 2>/dev/null || true; fi
  if [ -n "$dashboard" ]; then kill "$dashboard" 2>/dev/null || true; wait "$dashboard" 2>/dev/null || true; fi
  if [ -n "$servers" ]; then deploy/servers.sh stop .run/servers; fi
}
# Reads until this script is gone. Only kill -9 lets it come so far: then it does what could not be done here any more.
stand_guard() {
  read -r _ || true
  kill -TERM "$tool" 2>/dev/null || true
  while kill -0 "$tool" 2>/dev/null; do sleep 0.2; done
  guard=""
  clean_up
}
trap hand_on INT TERM HUP
trap clean_up EXIT

deploy/prerequisites.sh
say "Building (the first time takes a minute or two)"
mkdir -p .run
if [ -t 2 ]; then dotnet build src/ExchangeHub.Cli -c Release -v quiet -p:RestoreLockedMode=true >&2
elif ! dotnet build src/ExchangeHub.Cli -c Release -v quiet -p:RestoreLockedMode=true >.run/build.log 2>&1; then
  cat .run/build.log >&2
  exit 1
fi

# Servers that another run.sh has started are used and left to it.
if ! servers_given && ! deploy/servers.sh running .run/servers; then servers=ours; fi
variables=$(deploy/servers.sh start .run/servers)
eval "$variables"
export EXCHANGEHUB_FOLDER="$repository/.run/exchangehub"

if [ -n "$traces" ]; then
  say "Starting the Aspire dashboard"
  dotnet restore deploy/traces -v quiet >&2
  folder=$(dotnet msbuild deploy/traces -getProperty:DashboardFolder)
  pages=$(free_port) otlp=$(free_port)
  ASPNETCORE_URLS="http://127.0.0.1:$pages" ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL="http://127.0.0.1:$otlp" \
    ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS=true ASPIRE_DASHBOARD_TELEMETRY_OPTOUT=true \
    "$folder/Aspire.Dashboard" --contentRoot "$folder" </dev/null >.run/dashboard.log 2>&1 &
  dashboard=$!
  export OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:$otlp" OTEL_EXPORTER_OTLP_PROTOCOL=grpc
  say "  traces, metrics and logs: http://127.0.0.1:$pages"
fi

# In the background with its own input, so that a signal to this script reaches it at once.
dotnet src/ExchangeHub.Cli/bin/Release/net10.0/exchangehub.dll "${words[@]}" <&0 &
tool=$!
# After all that is started here: who else held the guard's input would keep it waiting.
exec {life}> >(stand_guard >/dev/null 2>&1)
guard=$!
status=0
# A trapped signal ends wait early: wait again until the tool has ended.
while :; do
  wait "$tool" && status=0 || status=$?
  kill -0 "$tool" 2>/dev/null || break
done
exit "$status"
