#!/usr/bin/env bash
# Trains a population on digits with noisy labels, then the same budget as random search, and compares them.
# Usage: scripts/showcase.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
export PATH="$PWD/.venv/bin:$PATH"
example=examples/digits

python3 "$example/prepare.py" >/dev/null

train() { # title, experiment file, folder
  printf '\n== %s\n\n' "$1"
  "$program" run "$example/$2" --run "runs/$3"
}
train "Population based training" experiment.yaml digits
train "Random search: the same members, steps and first hyperparameters, and nobody copies" random-search.yaml digits-random

printf '\n== The schedule that population based training found\n\n'
"$program" schedule runs/digits

printf '\n== The best model of each, on test data that no training and no selection has seen\n\n'
for run in digits digits-random; do
  printf '  %-16s' "$run"
  python3 "$example/evaluate.py" "runs/$run/best"
done
printf '\nOne pair of runs is one draw; docs/results.md has the table over many seeds.\n'
