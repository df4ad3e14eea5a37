#!/usr/bin/env bash
# Installs what is missing: system libraries through apt, the Python client and packages into an environment.
# Prints nothing where nothing is missing.
# Usage: scripts/setup.sh ENVIRONMENT PACKAGE|FOLDER/requirements.txt|apt:PACKAGE...
set -euo pipefail
venv=$1
shift
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

command -v swift >/dev/null || fail "Swift 6.2 or later is needed: https://www.swift.org/install"
command -v python3 >/dev/null || fail "Python 3.10 or later is needed: apt-get install python3 python3-venv"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
  || fail "Python 3.10 or later is needed; python3 is $(python3 --version)"

missing=()
[ -e /usr/include/sqlite3.h ] || missing+=(libsqlite3-dev)
[ -e /usr/include/xxhash.h ] || missing+=(libxxhash-dev)
[ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
packages=()
for package in "$@"; do
  case $package in
    apt:*)
      [ "$(dpkg-query -Wf '${db:Status-Status}' "${package#apt:}" 2>/dev/null)" = installed ] \
        || missing+=("${package#apt:}") ;;
    */requirements.txt) mapfile -t -O ${#packages[@]} packages < "$package" ;;
    *) packages+=("$package") ;;
  esac
done
if [ ${#missing[@]} -gt 0 ]; then
  say "installing with apt: ${missing[*]}"
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || fail "this needs root once: sudo apt-get install -y ${missing[*]}"
    as_root=(sudo -n)
  fi
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# What has been installed is remembered beside it, so that a second run costs nothing.
wanted="${packages[*]} $(cat python/pyproject.toml scripts/setup.sh | cksum)"
stamp=$venv/installed
if [ ${#packages[@]} -gt 0 ] && ! grep -qsxF -- "$wanted" "$stamp"; then
  [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
  say "installing into $venv: the client and ${packages[*]}"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable ./python "${packages[@]}"
  printf '%s\n' "$wanted" >> "$stamp"
fi
