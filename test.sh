#!/usr/bin/env bash
# Installs what the tests need, builds once, checks the format, and runs all tests.
#   ./test.sh                 everything
#   ./test.sh UnitTests …     only these projects of tests/, without the format check
# The last line is `N passed, N failed, N skipped`, added up from the TRX files in TestResults/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. deploy/common.sh
# Build servers would stay behind.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
results=$repository/TestResults
step() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }

step "Prerequisites"
deploy/prerequisites.sh tests
step "Build"
dotnet restore ExchangeHub.sln --locked-mode -v quiet
dotnet build ExchangeHub.sln --no-restore -c Release -v quiet -clp:NoSummary
projects=("$@")
if [ $# -eq 0 ]; then
  step "Format"
  # Style and analyzers have failed the build already (EnforceCodeStyleInBuild): only the layout is left to look at.
  dotnet format whitespace ExchangeHub.sln --no-restore --verify-no-changes
  step "Compose file"
  # Checked against its schema by the client; that needs no engine.
  if docker compose version >/dev/null 2>&1; then compose=(docker compose); else compose=(docker-compose); fi
  EXCHANGEHUB_SECRET=checked "${compose[@]}" config -q
  projects=(UnitTests IntegrationTests BrowserTests)
fi

# One private pair of servers for all projects; with a Docker engine the tests start their own containers.
if ! servers_given && ! engine_answers; then
  step "Servers"
  servers=$(mktemp -d "${TMPDIR:-/tmp}/exchangehub-test.XXXXXX")
  trap 'deploy/servers.sh remove "$servers"' EXIT
  variables=$(deploy/servers.sh start "$servers" --while $$)
  eval "$variables"
fi

rm -rf "$results"
broken=0 passed=0 failed=0 skipped=0
for project in "${projects[@]}"; do
  step "$project"
  dotnet run --project "tests/ExchangeHub.$project" -c Release --no-build -- \
    --results-directory "$results" --report-trx --report-trx-filename "$project.trx" --progress off || broken=1
  # A run that crashed leaves no counts: it has failed, whatever the others say.
  counters=$(grep -o '<Counters [^>]*>' "$results/$project.trx") || { say "$project left no results"; broken=1; continue; }
  count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
  total=$(count total)
  passed=$((passed + $(count passed)))
  skipped=$((skipped + $(count notExecuted)))
  failed=$((failed + total - $(count passed) - $(count notExecuted)))
  [ "$total" -gt 0 ] || { say "$project ran no test"; broken=1; }
done

if [ -n "${servers:-}" ]; then
  trap - EXIT
  deploy/servers.sh remove "$servers"
fi
step "Done"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ $broken -eq 0 ] && [ $failed -eq 0 ] && [ $passed -gt 0 ]
