# Sourced: names the folder of the contract's tools, `tools`, and installs their packages there as the lock file says, once.
tools=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
command -v npm >/dev/null && command -v node >/dev/null || {
  echo "The contract's tools need Node.js 18 or newer with npm." >&2
  exit 3
}
if ! cmp -s "$tools/package-lock.json" "$tools/node_modules/.installed"; then
  # Two at once would pull the folder from under each other.
  exec 9<"$tools/package.json"
  flock 9
  if ! cmp -s "$tools/package-lock.json" "$tools/node_modules/.installed"; then
    npm --prefix "$tools" ci --ignore-scripts --silent >&2
    cp "$tools/package-lock.json" "$tools/node_modules/.installed"
  fi
  exec 9<&-
fi
