#!/usr/bin/env bash
# Fuzzes each target of Sources/PoptrainFuzzing for some seconds, starting from the corpus in Tests/Fixtures/fuzzing. What
# crashes is kept there as crash-…, where DoorTests finds it from then on; what reaches new code is kept in
# .build/fuzz/corpus, for the next time.
# Usage: scripts/fuzz.sh SECONDS [DOOR]...
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
shift
doors=("$@")
kept=Tests/Fixtures/fuzzing
[ ${#doors[@]} -gt 0 ] || mapfile -t doors < <(ls "$kept")

# The linker of LLVM: gold stops with an internal error here.
POPTRAIN_FUZZ=1 swift build -c release --scratch-path .build/fuzz --product fuzz \
  -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld

status=0
for door in "${doors[@]}"; do
  found=.build/fuzz/corpus/$door
  mkdir -p "$found"
  echo "$door: $seconds s, from $(find "$kept/$door" "$found" -type f | wc -l) inputs"
  if DOOR=$door .build/fuzz/release/fuzz "$found" "$kept/$door" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
    -artifact_prefix="$kept/$door/" -print_final_stats=1 2>"$found.log"; then
    grep -E "number_of_executed_units|new_units_added" "$found.log"
  else
    status=1
    tail -n 40 "$found.log"
    echo "$door: crashed; what came in is kept in $kept/$door, the log is $found.log"
  fi
done
exit $status
