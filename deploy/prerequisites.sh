#!/usr/bin/env bash
# Installs what is missing and skips what is there.
#   deploy/prerequisites.sh          the .NET SDK is checked; PostgreSQL and RabbitMQ are installed
#   deploy/prerequisites.sh tests    as well what the tests use: Chromium, Chinese fonts, Python with pika, jwcrypto and jsonschema, a compose client
# Servers are not installed where EXCHANGEHUB_POSTGRES and EXCHANGEHUB_RABBITMQ name existing ones, or a Docker engine answers.
# Ends with 1 and the list of what is missing where it cannot install.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages=() needs=() sdk=""

# need "what it is" PACKAGE COMMAND…: the package is wanted unless the command succeeds.
need() {
  local what=$1 package=$2
  shift 2
  if "$@" >/dev/null 2>&1; then return; fi
  needs+=("$what (Debian or Ubuntu package $package)")
  packages+=("$package")
}

has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
has_compose() { docker compose version || docker-compose version; }
has_chinese_font() { command -v fc-list && [ -n "$(fc-list :lang=zh-cn family)" ]; }

if ! command -v dotnet >/dev/null; then
  sdk="the .NET SDK 10 (https://dotnet.microsoft.com/download, or your distribution's package dotnet-sdk-10.0)"
elif ! (cd "$repository" && dotnet --version >/dev/null 2>&1); then
  sdk="a .NET SDK that global.json accepts (it asks for $(sed -n 's/.*"version": "\([^"]*\)".*/\1/p' "$repository/global.json") or a newer 10.0; installed: $(cd / && dotnet --list-sdks | cut -d' ' -f1 | paste -sd' '))"
fi

if ! servers_given && ! engine_answers; then
  need "PostgreSQL" postgresql postgres_programs
  need "RabbitMQ" rabbitmq-server test -x "$rabbitmq_program"
fi
if [ "${1:-}" = tests ]; then
  need "Chromium" chromium has_chromium
  need "Chinese fonts" fonts-noto-cjk has_chinese_font
  need "a compose client" docker-compose has_compose
  need "Python's pika" python3-pika /usr/bin/python3 -c 'import pika'
  need "Python's jwcrypto" python3-jwcrypto /usr/bin/python3 -c 'import jwcrypto'
  need "Python's jsonschema" python3-jsonschema /usr/bin/python3 -c 'import jsonschema'
fi

missing() {
  say "Missing, and not installed here because $1:"
  printf '  - %s\n' "${needs[@]}" ${sdk:+"$sdk"} >&2
  exit 1
}

if [ ${#packages[@]} -eq 0 ]; then
  [ -z "$sdk" ] || missing "this script does not install an SDK"
  exit 0
fi
command -v apt-get >/dev/null || missing "there is no apt-get"
if [ "$(id -u)" -eq 0 ]; then as_root=()
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then as_root=(sudo)
else missing "you are not root and sudo is not at hand"
fi

say "Installing: ${packages[*]}"
# The packages would start servers of their own; ours are private ones. A policy file forbids that while they are installed.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod 755 $policy
  trap '"${as_root[@]}" rm -f $policy' EXIT
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" >&2; }
apt update
apt install -y --no-install-recommends "${packages[@]}" || missing "apt-get install failed"
if [ -d /run/systemd/system ]; then
  for unit in postgresql rabbitmq-server; do
    case " ${packages[*]} " in *" $unit "*) "${as_root[@]}" systemctl disable --quiet $unit || true ;; esac
  done
fi
[ -z "$sdk" ] || missing "this script does not install an SDK"
say "Installed."
