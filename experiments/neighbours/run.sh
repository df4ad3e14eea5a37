#!/usr/bin/env bash
# run.sh [--quick] [SYSTEM...]: runs all checks and populations on one thread, and writes RESULTS.md.
# Ten fresh seeds count up from a hash of the sources, which must be committed first.
# With --quick, it trains and prints one population of each system, and writes nothing.
set -euo pipefail
cd "$(dirname "$0")"
swift build -c release --product neighbours-study
python3 prepare.py >/dev/null
study=.build/release/neighbours-study

isQuick=
if [ "${1:-}" = --quick ]; then isQuick=1; shift; fi
systems=("$@")
[ ${#systems[@]} -gt 0 ] || systems=(tensors labels-symmetric labels-pair flow spikes arrays)
if [ -n "$isQuick" ]; then
  for system in "${systems[@]}"; do "$study" "$system" 0 pbt; done
  exit
fi

if [ -n "$(git status --porcelain Sources)" ]; then
  echo "commit the configuration first: experiments/neighbours/Sources has changes" >&2
  exit 1
fi
digest=$(git ls-files -z Sources | xargs -0 cat | sha256sum | cut -c 1-6)
first=$((16#$digest))

mkdir -p results figures
for name in $(printf '%s\n' "${systems[@]%%-*}" | sort -u); do
  "$study" check "$name" >"results/checks-$name.jsonl"
done
for system in "${systems[@]}"; do
  "$study" "$system" "$first-$((first + 9))" >"results/$system.jsonl"
  # The first seed again in the folder of a run, with checkpoints on disk, and for the figure.
  rm -rf "runs/$system"
  "$study" "$system" "$first" pbt "runs/$system" >"results/folder-$system.jsonl"
  poptrain figure schedule "runs/$system" --out "figures/$system.svg"
done
python3 results.py >RESULTS.md
