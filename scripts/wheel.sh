#!/usr/bin/env bash
# Builds the wheel of the program and the client, checks it, and trains with it as a user would.
# Usage: scripts/wheel.sh
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=.build/static
environment=.build/wheel

say() { printf 'wheel: %s\n' "$*"; }

# A scratch path of its own: with other flags everything would be built again each time.
# The linker warns of what a static glibc cannot do, which docs/install.md says.
swift build -c release --scratch-path $scratch --static-swift-stdlib -Xswiftc -static-executable -Xlinker -s \
  --product poptrain 2>&1 | grep -v 'in statically linked applications requires'
program=$scratch/release/poptrain
say "the program has $(du -h --apparent-size $program | cut -f1)B"

# What is linked into the program wants its license and its notices beside it.
licenses=$environment/licenses
rm -rf $environment/client $environment/fresh $licenses
mkdir -p $environment/client $licenses
cp LICENSE $licenses/poptrain.txt
for checkout in $scratch/checkouts/*; do
  { cat "$checkout"/LICENSE*; cat "$checkout"/NOTICE* 2>/dev/null || true; } > "$licenses/$(basename "$checkout").txt"
done
cp "$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")/share/swift/LICENSE.txt" $licenses/swift.txt
for package in libc6-dev libsqlite3-dev libxxhash-dev libstdc++-12-dev zlib1g-dev; do
  cp "/usr/share/doc/$package/copyright" "$licenses/$package.txt"
done
cp /usr/share/common-licenses/LGPL-2.1 $licenses/

[ -x $environment/tools/bin/auditwheel ] || {
  python3 -m venv $environment/tools
  $environment/tools/bin/python -m pip install --quiet --disable-pip-version-check auditwheel
}
python=$environment/tools/bin/python
$python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir $environment/client ./python
wheel=$($python scripts/pack_wheel.py $environment/client/*.whl $program $licenses dist)
say "$wheel has $(du -h --apparent-size "$wheel" | cut -f1)B"

diff <(cd python && find poptrain -name '*.py' -o -name py.typed | sort) \
  <($python -m zipfile --list "$wheel" | grep -o '^poptrain/\S*' | sort) \
  || { say "it has other modules than python/poptrain: remove python/build" >&2; exit 1; }

audit=$($environment/tools/bin/auditwheel show "$wheel")
printf '%s\n' "$audit"
grep -q 'requires no external shared libraries' <<<"$audit" \
  || { say "it needs libraries of the system: it would not run everywhere" >&2; exit 1; }

python3 -m venv $environment/fresh
fresh=$PWD/$environment/fresh
"$fresh/bin/python" -m pip install --quiet --disable-pip-version-check --no-index "$wheel"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# The environment of somebody who has nothing but this wheel: no compiler, no other Python, no shell.
in_fresh() { env -i HOME="$folder" PATH="$fresh/bin" /usr/bin/timeout 120 "$@"; }
in_fresh python -m poptrain --version
in_fresh python -c 'import poptrain; print(poptrain.find_program())'
in_fresh poptrain init
in_fresh poptrain check experiment.yaml
in_fresh poptrain run experiment.yaml
in_fresh poptrain best runs/first
in_fresh poptrain audit runs/first
in_fresh poptrain watch runs/first
in_fresh poptrain findings runs/first
in_fresh poptrain figure curves runs/first --out curves.svg
in_fresh poptrain report runs/first
in_fresh python -c 'import poptrain; print(poptrain.Run("runs/first").best)'
# It needs a package that is not here, but the module that says so is.
in_fresh poptrain follow runs/first --tensorboard boards || [ $? -eq 69 ]
# The dashboard of a run that has ended, and of one that goes on.
for command in 'dashboard runs --port 0' 'run runs/first --steps 1000000 --dashboard'; do
  in_fresh python - $command <<'END'
import json, re, subprocess, sys, urllib.request

with subprocess.Popen(["poptrain", *sys.argv[1:]], stdout=subprocess.PIPE, text=True) as program:
    address = next(found[0] for line in program.stdout if (found := re.search(r"http://\S+/", line)))
    page, runs = (urllib.request.urlopen(address + path).read() for path in ("", "runs.json"))
    assert b"<title>Poptrain" in page and [run["key"] for run in json.loads(runs)["runs"]] == ["first"]
    program.terminate()
    program.stdout.read()
END
done
say "installed and trained with, without a compiler on PATH"
