#!/usr/bin/env bash
# Runs the tests under the thread sanitizer. It reports into files, since tests do not look at what a program that they start
# says of itself: any report fails, and is shown.
# Usage: scripts/sanitize.sh SKIPPED
set -euo pipefail
cd "$(dirname "$0")/.."
build=.build/thread-sanitizer
swift build --build-tests --sanitize=thread --scratch-path $build
rm -f $build/report.*

status=0
TSAN_OPTIONS="suppressions=$PWD/Tests/thread-sanitizer.txt log_path=$PWD/$build/report" \
  swift test --sanitize=thread --scratch-path $build --skip-build --skip "$1" || status=$?
for report in $build/report.*; do
  [ -s "$report" ] || continue
  status=1
  cat "$report"
done
exit $status
