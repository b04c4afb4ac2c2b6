#!/usr/bin/env bash
# Reads contracts/asyncapi.yaml with the public AsyncAPI parser (@asyncapi/parser, version in package-lock.json).
#   contracts/tools/check-asyncapi.sh [FILE]
# Exit code 0: no error; 1: errors, one line each; 3: no Node.js here.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
file=${1:-$tools/../asyncapi.yaml}
exec node "$tools/check.mjs" "$(realpath --relative-to="$PWD" "$file")"
