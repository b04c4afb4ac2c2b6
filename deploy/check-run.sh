#!/usr/bin/env bash
# Starts ./run.sh as a person would, follows the README's exchange by hand, presses Ctrl-C, and looks for anything left behind; then the
# same with kill -9 in place of Ctrl-C.
# Ends with 0 when all went well. Takes a few minutes the first time; the demonstration under .run/ stays for the next run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. deploy/common.sh
mkdir -p .run
log=.run/check-run.log

# A process group of its own stands for the terminal: Ctrl-C reaches all that runs in it. (Without -m the shell would make it deaf.)
begin() {
  set -m
  ./run.sh >"$log" 2>&1 </dev/null &
  run=$!
  set +m
  trap 'kill -INT -- "-$run" 2>/dev/null || true' EXIT
  say "Waiting for ./run.sh ($log)"
  until grep -q "Ctrl-C stops everything" "$log"; do
    kill -0 "$run" 2>/dev/null || { tail -n 20 "$log" >&2; exit 1; }
    sleep 1
  done
}
left_behind() {
  ps -eo pid=,pgid=,stat=,args= | awk -v group="$run" -v folder="$repository/.run" '$3 !~ /^Z/ && ($2 == group || index($0, folder) && !/awk/)' || true
}

begin
say "An exchange by hand, by the README's own commands"
awk '/^## A first exchange by hand/ { here = 1 } here && /^```sh/ { block = 1; next } block && /^```/ { exit } block' README.md >.run/by-hand.sh
# The addresses are those that run.sh printed.
sed -i "s|http://127.0.0.1:8081|$(grep -o 'http://[^ ]*/swagger' "$log" | sed -n 2p | sed 's|/swagger||')|; s|http://127.0.0.1:8080|$(grep -o 'http://[^ ]*/swagger' "$log" | sed -n 1p | sed 's|/swagger||')|" .run/by-hand.sh
# The visitor who is told to answer the first row of the worklist has one.
echo 'until as $ASKER $NODE/api/v1/worklist | grep -q exchangeId; do sleep 0.2; done' >>.run/by-hand.sh
timeout 60 bash -e .run/by-hand.sh >.run/by-hand.log
grep -q '"outcome":"MatchWithDifferences"' .run/by-hand.log || { say "The asker did not get the answer: .run/by-hand.log"; exit 1; }

say "Ctrl-C"
kill -INT -- "-$run"
wait "$run" || true
trap - EXIT
left=$(left_behind)
if [ -n "$left" ]; then
  say "Left behind:"
  say "$left"
  exit 1
fi

begin
say "kill -9"
kill -KILL "$run"
trap - EXIT
limit=$((SECONDS + 60))
while [ -n "$(left_behind)" ]; do
  [ $SECONDS -lt $limit ] || { say "Left behind after kill -9:"; left_behind >&2; exit 1; }
  sleep 1
done
say "Nothing is left behind"
