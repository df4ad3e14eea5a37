#!/usr/bin/env bash
# Draws the pictures of docs/figures.md: figures.sh PROGRAM [RUN]. Without RUN, a population is trained first.
set -euo pipefail

program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
run=${2:-}
if [ -z "$run" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  run=$work/digits
  PATH="$root/.venv/bin:$PATH" "$program" run "$root/examples/digits/experiment.yaml" --run "$run"
fi
for name in curves founders lineage schedule scatter parallel; do
  "$program" figure "$name" "$run" --out "$root/docs/images/figure-$name.svg"
done
