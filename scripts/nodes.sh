#!/usr/bin/env bash
# Three virtual nodes, each with a network, processes and a cache of its own, train one run in a bucket of a real server of
# S3. The server is killed in the middle of an upload; one node loses its power, and one its network at the same time; one
# is stopped for longer than others wait for it. All come back. Then the run must end, and its audit be clean.
# Needs root. Usage: scripts/nodes.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
[ -n "${POPTRAIN_S3-}" ] || exec scripts/s3.sh scripts/nodes.sh "$program"

python=$PWD/.venv/bin/python
work=$POPTRAIN_S3_INSIDE/nodes
mkdir "$work"
read -r port AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY <<< "$POPTRAIN_S3"
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_EC2_METADATA_DISABLED=true
export AWS_ENDPOINT_URL=http://127.0.0.1:$port XDG_CACHE_HOME=$work/cache
run=s3://runs/nodes
. scripts/lab.sh
tell() { tail "$work"/log-*; }
trap 'tell >&2' ERR
make_nodes one two three

declare -A processes
# boot NODE ARGUMENT...: has a node run the program.
boot() {
  local node=$1
  shift
  mkdir "$work/$node"
  {
    ip netns exec "$node" unshare --uts --pid --mount-proc --fork --kill-child env \
      AWS_ENDPOINT_URL="http://10.0.0.1:$port" XDG_CACHE_HOME="$work/$node" TMPDIR="$work/$node" \
      bash -c 'hostname "$1"; shift; "$@"; exit $?' node "$node" "$program" "$@"
  } >> "$work/log-$node" 2>&1 &
  processes[$node]=$!
}

# What the nodes have said and done.
intervals() { "$program" export "$run" --format jsonl --after "${1:-0}" 2>/dev/null; }
has_trained() { intervals "$2" | grep "\"worker\": *\"$1/" > /dev/null; }
have_all_gone_on() { [ "$(intervals "$1" | grep -o '"member": *[0-9]*' | sort -u | wc -l)" -eq 12 ]; }
says() { [ "$(grep -c "$2" "$work/log-$1")" -gt "$3" ]; }
last() { intervals | sed -n '$s/^{"sequence": *\([0-9]*\).*/\1/p'; }

# Each model counts its steps, and so finds out whether it is what was saved last.
cat > "$work/train.sh" <<'TRAINER'
set -eu
load=$1 save=$2 start=$3 stop=$4 rate=$5
count=0
[ -z "$load" ] || count=$(cat "$load/count")
[ "$count" -eq "$start" ] || { echo "the model has $count steps, and should have $start" >&2; exit 1; }
[ -e quick ] || sleep 2
# It is uploaded in parts.
[ -e small ] || head -c 10000000 /dev/urandom > "$save/weights"
echo "$stop" > "$save/count"
echo "score=$rate"
TRAINER
cat > "$work/experiment.yaml" <<'EXPERIMENT'
name: nodes
trainer: {command: [sh, train.sh, "{load}", "{save}", "{start}", "{stop}", "{rate}"]}
metric: score
mode: max
population_size: 12
steps: 120
interval: 1
workers: 2
hyperparameters:
  rate: {uniform: [0, 1]}
EXPERIMENT

boot one run "$work/experiment.yaml" --run "$run"
until_true has_trained one 0
boot two worker "$run"
boot three worker "$run"
for node in two three; do until_true has_trained $node 0; done
echo "three nodes train"

# Kills the server while something is being uploaded in parts.
kill_server() {
  "$python" - <<'KILL'
import boto3, os, signal, subprocess, time
server = boto3.client("s3")
process = int(subprocess.check_output(["pgrep", "-x", "radosgw"]))
end = time.monotonic() + 300
while not server.list_multipart_uploads(Bucket="runs").get("Uploads"):
    assert time.monotonic() < end, "nothing is uploaded in parts"
os.kill(process, signal.SIGKILL)
KILL
}
uploads() {
  "$python" -c '
import boto3
print(len(boto3.client("s3").list_multipart_uploads(Bucket="runs").get("Uploads", ())))' 2>/dev/null
}
# An upload that is there when the server is back, before a node can ask it, was cut off. Some end just before.
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  kill_server
  for node in one two three; do until_true says $node "trainers go on" $((attempt - 1)); done
  ip link set switch down
  radosgw -c "$POPTRAIN_S3_INSIDE/ceph.conf" -n client.rgw
  until_true uploads > /dev/null
  cut_off=$(uploads)
  ip link set switch up
  for node in one two three; do until_true says $node "answers again" $((attempt - 1)); done
  [ "$cut_off" -eq 0 ] || break
done
[ "$cut_off" -gt 0 ]
echo "the server was killed in the middle of an upload, and started again"
touch "$work/small"
before=$(last)
until_true have_all_gone_on "$before"
echo "all members have gone on since"

signal KILL one
rm -rf "$work/one"
ip link set two down
before=$(last)
told=$(grep -c "answers again" "$work/log-two")
echo "one has no power, and two no network"
until_true have_all_gone_on "$before"
[ -z "$(intervals "$before" | grep -v '"worker": *"three/')" ]
echo "three has taken over what they trained"
ip link set two up
wait "${processes[one]}" || true
boot one worker "$run"
until_true says two "answers again" "$told"
before=$(last)
for node in one two; do until_true has_trained $node "$before"; done
echo "they have come back"

signal STOP three
before=$(last)
until_true have_all_gone_on "$before"
[ -z "$(intervals "$before" | grep '"worker": *"three/')" ]
echo "three was stopped, and the others have taken over what it trained"
before=$(last)
signal CONT three
until_true has_trained three "$before"
echo "it has come back"

touch "$work/quick"
has_ended() { ! kill -0 "${processes[$1]}" 2>/dev/null; }
for node in one two three; do
  until_true has_ended $node
  wait "${processes[$node]}"
done
"$program" status "$run" | sed -n 1p
intervals > "$work/intervals"
"$python" - "$work/intervals" <<'CHECK'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert all(row["outcome"] == "completed" for row in rows)
assert {(row["member"], row["number"]) for row in rows} == {(m, n) for m in range(12) for n in range(1, 121)}
assert len(rows) == 12 * 120
CHECK
"$program" status "$run" --json | grep '"failures": *0' > /dev/null
"$program" audit "$run" && echo "audit is clean"
