#!/usr/bin/env bash
# Trains on a real Ray with two GPUs that are not there, each shared by two workers, on this machine's loopback. A process
# is killed, and Ray starts it again. Then the run must end, and its audit be clean. At last a second run is stopped for all,
# while one of its tasks waits for a GPU.
# Usage: scripts/ray.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
scripts/setup.sh .venv-ray 'ray[default]'
PATH=$PWD/.venv-ray/bin:$PATH

work=$(mktemp -d /var/tmp/poptrain-ray-XXXXXX)
export RAY_AUTH_MODE=token RAY_AUTH_TOKEN RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER=0 RAY_ADDRESS=http://127.0.0.1:8299
RAY_AUTH_TOKEN=$(head -c 32 /dev/urandom | base64 | tr -d '+/=')

# Not `ray stop`, which would end every Ray of this machine.
env -u RAY_ADDRESS setsid ray start --head --block --node-ip-address=127.0.0.1 --port=6399 --dashboard-host=127.0.0.1 \
  --dashboard-port=8299 --disable-usage-stats --num-cpus=8 --num-gpus=2 --object-store-memory=100000000 \
  --temp-dir="$work/ray" > "$work/head.log" 2>&1 &
head=$!
clean_up() {
  kill "$head" 2>/dev/null || true
  wait "$head" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

. scripts/lab.sh
tell() {
  tail "$work/head.log"
  ray job list || true
}
is_up() { ray job list > /dev/null 2>&1; }
until_true is_up

mkdir "$work/project"
cd "$work/project"
"$program" init --template command > /dev/null
# A trainer that takes a while, and fails where it could read the token.
sed -i 's/^import random$/import os\n&\nimport time/; s/^loss = /time.sleep(0.5)\nassert "RAY_AUTH_TOKEN" not in os.environ\n&/' train.py
sed -i 's/^steps: 400/steps: 1600\nstop_timeout: 10s\nresources: {gpus: 1, workers_per_gpu: 2, cpus: 1}/' experiment.yaml
sed -i '/^workers: 2/d' experiment.yaml
run="$work/project/it's a \$run"

launch() {
  "$program" launch ray "$1" --workers "$2" --experiment experiment.yaml | tee >(cat >&2) \
    | sed -n 's/^submitted job \([^:]*\):.*/\1/p'
}
intervals() { "$program" export "$run" --format jsonl 2>/dev/null | wc -l; }
has_intervals() { [ "$(intervals)" -ge "$1" ]; }
processes() { pgrep -f -- "^$program run .* --shared --run $work/project/.* --workers 2" || true; }
has_processes() { [ "$(processes | wc -l)" -eq "$1" ]; }
is_job() { ray job status "$1" 2>&1 | grep "$2" > /dev/null; }

job=$(launch "$run" 4)
until_true has_intervals 8
has_processes 2
victim=$(processes | head -1)
kill -9 "$victim"
is_replaced() { has_processes 2 && ! processes | grep -qx "$victim"; }
until_true is_replaced
echo "a process was killed, and Ray started it again"
until_true is_job "$job" succeeded
"$program" status "$run" | sed -n 1p
"$program" audit "$run" && echo "audit is clean"

run=$work/project/stopped
job=$(launch "$run" 6)
until_true has_intervals 4
"$program" stop "$run"
until_true is_job "$job" failed
has_processes 0
ray job logs "$job" | tail -5
"$program" audit "$run" && echo "the second run was stopped, and its audit is clean"
