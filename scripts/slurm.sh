#!/usr/bin/env bash
# Trains on a real Slurm: a controller and three virtual nodes on this machine. One node is killed with all that runs on
# it, one task is queued again, one is cancelled, one is preempted, more are launched, one comes to its time limit. Then
# the run must end, and its audit be clean. At last a second run is stopped for all, whose workers share GPUs.
# Needs root. Usage: scripts/slurm.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "slurm: needs root" >&2; exit 77; }
scripts/setup.sh .venv apt:slurmctld apt:slurmd apt:slurm-client apt:munge

work=$(mktemp -d /var/tmp/poptrain-slurm-XXXXXX)
chmod 755 "$work"
mkdir -p "$work"/{munge,state,project} "$work"/spool/{one,two,three}
export SLURM_CONF=$work/slurm.conf PYTHONPATH=$PWD/python PATH=$(dirname "$program"):$PATH

# The processes of a node: its daemon, those that the daemon has started, and theirs.
of_node() {
  local pid
  for pid in $(pgrep -f "slurm(d|stepd).*" || true); do
    [ -e "/proc/$pid/fd" ] || continue
    if [ -n "$(find "/proc/$pid/fd" -lname "$work/$1.log" 2>/dev/null)" ]; then below "$pid"; fi
  done
}
below() {
  local child
  for child in $(cat "/proc/$1"/task/*/children 2>/dev/null); do below "$child"; done
  echo "$1"
}

clean_up() {
  local node file
  scancel --user root 2>/dev/null || true
  # The controller first: it would wait for nodes that are gone.
  for file in "$work"/{slurmctld,munged}.pid; do [ ! -s "$file" ] || kill -9 "$(cat "$file")" 2>/dev/null || true; done
  for node in one two three; do of_node "$node" | xargs -r kill -9 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean_up EXIT

# Runs a command again until it succeeds, five minutes at most.
until_true() {
  local end=$((SECONDS + 300))
  until "$@"; do
    if [ $SECONDS -ge $end ]; then
      echo "slurm: waited in vain for: $*" >&2
      squeue --array >&2
      tail "$work"/project/slurm-* >&2
      exit 1
    fi
    sleep 0.2
  done
}

cat > "$SLURM_CONF" <<CONF
ClusterName=poptrain
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=17100
SlurmUser=root
# A task that is queued again waits as long as credentials live: by default two minutes.
AuthInfo=socket=$work/munge/socket,cred_expire=5
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool/%n
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/%n.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
GresTypes=gpu
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0
ReturnToService=2
# Nodes that have died are found in seconds, not in minutes.
SlurmdTimeout=5
SlurmctldTimeout=5
MessageTimeout=5
TCPTimeout=1
KillWait=5
# Nodes have processors that this machine may not have.
SlurmdParameters=config_overrides
NodeName=one NodeHostname=localhost NodeAddr=127.0.0.1 Port=17101 CPUs=4 Gres=gpu:2
NodeName=two NodeHostname=localhost NodeAddr=127.0.0.1 Port=17102 CPUs=4 Gres=gpu:2
NodeName=three NodeHostname=localhost NodeAddr=127.0.0.1 Port=17103 CPUs=4 Gres=gpu:2
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE PriorityTier=1 GraceTime=15
PartitionName=urgent Nodes=ALL MaxTime=INFINITE PriorityTier=2 PreemptMode=off
CONF
# GPUs that are not there: any devices do.
for gpu in 0 1; do mknod "$work/gpu$gpu" c 1 3; done
echo "Name=gpu File=$work/gpu[0-1]" > "$work/gres.conf"
(umask 077 && head -c 1024 /dev/urandom > "$work/munge/key")
munged --force --key-file "$work/munge/key" --socket "$work/munge/socket" --pid-file "$work/munged.pid" \
  --log-file "$work/munged.log" --seed-file "$work/munge/seed"
slurmctld -f "$SLURM_CONF"
for node in one two three; do slurmd -N "$node" -f "$SLURM_CONF"; done
are_idle() { [ "$(sinfo -h -N -p main -t idle -o %N | wc -l)" -eq 3 ]; }
until_true are_idle

# What docs/slurm.md tells a newcomer to type, after the installation. Only a run that has begun can be watched.
begin=$(awk '/^```/ { block++ } block == 1 && /^(poptrain (init|check|launch)|squeue)/' docs/slurm.md)
rest=$(awk '/^```/ { block++ } block == 1 && /^poptrain (watch|best)/' docs/slurm.md)
mkdir "$work/page" && cd "$work/page"
bash -euxc "$begin"
until_true "$program" status runs/first > /dev/null 2>&1
timeout 120 bash -euxc "$rest"

# A trainer that takes a second for an interval, so that there is time for accidents.
cd "$work/project"
"$program" init --template command > /dev/null
sed -i 's/^import random$/&\nimport time/; s/^loss = /time.sleep(1)\n&/' train.py
sed -i 's/^steps: 400/steps: 4000\nstop_timeout: 10s/; s/^workers: 2/workers: 1/' experiment.yaml
run="$work/project/it's a \$run"

launch() {
  "$program" launch slurm "$run" --workers "$@" | tee >(cat >&2) \
    | sed -n 's/^submitted job \([0-9]*\):.*/\1/p'
}
field() { scontrol show job "$1" | grep -o "\b$2=[^ ]*" | head -1 | cut -d = -f 2; }
intervals() { "$program" export "$run" --format jsonl 2>/dev/null | wc -l; }
has_intervals() { [ "$(intervals)" -ge "$1" ]; }
restarts() { field "$1" Restarts; }
was_requeued() { [ "$(restarts "$1")" -ge "$2" ]; }
is_in_state() { [ "$(field "$1" JobState)" = "$2" ]; }
has_ended() { [ -z "$(squeue -h --job "$1" 2>/dev/null)" ]; }

job=$(launch 6 --experiment experiment.yaml)
until_true has_intervals 12

victim=${job}_1
node=$(squeue -h --job "$victim" -o %N)
before=$(intervals)
of_node "$node" | xargs kill -9 2>/dev/null || true    # some end with others
# What is left there would have its tasks held when it came back.
rm -rf "$work/spool/$node"/*
echo "node $node was killed after $before intervals"
until_true was_requeued "$victim" 1
until_true is_in_state "$victim" RUNNING
echo "its tasks run on other nodes"

victim=${job}_5
restarts=$(restarts "$victim")
scontrol requeue "$victim"
until_true was_requeued "$victim" $((restarts + 1))
until_true is_in_state "$victim" RUNNING
echo "a task was queued again, and runs again"

victim=${job}_6
scancel "$victim"
until_true is_in_state "$victim" CANCELLED
echo "a task was cancelled"

victim=${job}_2
restarts=$(restarts "$victim")
node=$(squeue -h --job "$victim" -o %N)
urgent=$(sbatch --parsable --partition=urgent --nodelist="$node" --exclusive --output=/dev/null --wrap 'sleep 1')
until_true was_requeued "$victim" $((restarts + 1))
until_true has_ended "$urgent"
until_true is_in_state "$victim" RUNNING
echo "a task was preempted, and runs again"

more=$(launch 2 -- --time=1)
until_true was_requeued "${more}_1" 1
echo "a task came to its time limit, and was queued again"

until_true has_ended "$job"
until_true has_ended "$more"
is_in_state "${job}_6" CANCELLED
"$program" status "$run" | sed -n 1p
"$program" status "$run" | grep "32,000 of 32,000 steps" > /dev/null
"$program" audit "$run" && echo "audit is clean"
if "$program" launch slurm "$run" --workers 2; then exit 1; fi

run=$work/project/stopped
echo 'resources: {gpus: 1, workers_per_gpu: 2}' >> experiment.yaml
if "$program" launch slurm "$run" --workers 2 --experiment experiment.yaml -- --partition=none; then exit 1; fi
job=$(launch 12 --experiment experiment.yaml)
until_true has_intervals 2
scancel --state=PENDING "$job"
"$program" stop "$run"
until_true has_ended "$job"
[ "$(field "${job}_1" ExitCode)" = 76:0 ]
"$program" audit "$run" && echo "the second run was stopped, and its audit is clean"
