#!/usr/bin/env bash
# Makes the contract's HTML page from asyncapi.yaml, schemas/ and examples/: one file, no scripts, nothing fetched.
#   contracts/tools/make-page.sh [FILE]     default: contracts/page/index.html, which git ignores
# Exit code 3: no Node.js here.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
page=${1:-$tools/../page/index.html}
mkdir -p "$(dirname "$page")"
node "$tools/page.mjs" "$tools/.." "$page"
echo "$(realpath --relative-to="$PWD" "$page")"
