#!/usr/bin/env bash
# Trains on a real Slurm: a controller and three virtual nodes, each with a network and a cache of its own. One run is in
# a folder, and one in a bucket of a real server of S3. Of each, one node loses its power while it trains, and comes back;
# one loses its network for so long that Slurm and the run give it up, and comes back with what runs there. Of the first,
# one task is queued again, one is cancelled, one is preempted, more are launched, one comes to its time limit. Then the runs
# must end, and their audits be clean. At last another run is stopped for all, whose workers share GPUs.
# Needs root. Usage: scripts/slurm.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
if [ -z "${POPTRAIN_S3-}" ]; then
  scripts/setup.sh .venv apt:slurmctld apt:slurmd apt:slurm-client apt:munge
  exec scripts/s3.sh scripts/slurm.sh "$program"
fi

work=$POPTRAIN_S3_INSIDE/slurm
mkdir -p "$work"/{munge,state,cache,.aws,project} "$work"/spool/{one,two,three}
chmod 755 "$POPTRAIN_S3_INSIDE" "$work"
read -r port key secret <<< "$POPTRAIN_S3"
printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$key" "$secret" > "$work/.aws/credentials"
export HOME=$work XDG_CACHE_HOME=$work/cache AWS_ENDPOINT_URL=http://10.0.0.1:$port AWS_EC2_METADATA_DISABLED=true
export SLURM_CONF=$work/slurm.conf PYTHONPATH=$PWD/python PATH=$(dirname "$program"):$PATH
. scripts/lab.sh
tell() {
  squeue --array
  scontrol show job | grep -oE '(JobId|ArrayTaskId|JobState|Reason)=[^ ]*'
  tail "$work"/project/slurm-*
}
make_nodes one two three

cat > "$SLURM_CONF" <<CONF
ClusterName=poptrain
SlurmctldHost=localhost(10.0.0.1)
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
NodeName=one NodeHostname=localhost NodeAddr=10.0.0.2 Port=17101 CPUs=8 Gres=gpu:2
NodeName=two NodeHostname=localhost NodeAddr=10.0.0.3 Port=17102 CPUs=8 Gres=gpu:2
NodeName=three NodeHostname=localhost NodeAddr=10.0.0.4 Port=17103 CPUs=8 Gres=gpu:2
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
# Not `ip netns exec`, which hides /sys/fs/cgroup from the daemon.
boot() {
  nsenter --net="/run/netns/$1" unshare --uts --mount sh -c \
    'hostname "$1" && mount -t tmpfs none "$2" && exec slurmd -N "$1" -f "$3"' sh "$1" "$work/cache" "$SLURM_CONF"
}
for node in one two three; do boot $node; done
are_idle() { [ "$(sinfo -h -N -p main -t idle -o %N | wc -l)" -eq 3 ]; }
until_true are_idle

# What docs/slurm.md tells a newcomer to type, after the installation. Only a run that has begun can be watched.
begin=$(awk '/^```/ { block++ } block == 1 && /^(poptrain (init|check|launch)|squeue)/' docs/slurm.md)
rest=$(awk '/^```/ { block++ } block == 1 && /^poptrain (watch|best)/' docs/slurm.md)
mkdir "$work/page" && cd "$work/page"
bash -euxc "$begin"
until_true "$program" status runs/first > /dev/null 2>&1
timeout 120 bash -euxc "$rest"

# A trainer that takes three seconds for an interval, until there were enough accidents.
cd "$work/project"
"$program" init --template command > /dev/null
sed -i 's/^import random$/&\nimport time/; s/^loss = /time.sleep(0 if Path("quick").exists() else 3)\n&/' train.py
sed -i 's/^steps: 400/steps: 6000\nstop_timeout: 10s/; s/^workers: 2/workers: 1/' experiment.yaml

launch() {
  "$program" launch slurm "$run" --workers "$@" | tee >(cat >&2) \
    | sed -n 's/^submitted job \([0-9]*\):.*/\1/p'
}
field() { scontrol show job "$1" | grep -o "\b$2=[^ ]*" | head -1 | cut -d = -f 2; }
node_of() { squeue -h --job "$1" -o %N; }
intervals() { "$program" export "$run" --format jsonl --after "${1:-0}" 2>/dev/null; }
has_intervals() { [ "$(intervals | wc -l)" -ge "$1" ]; }
last() { intervals | sed -n '$s/^{"sequence": *\([0-9]*\).*/\1/p'; }
have_all_gone_on() { [ "$(intervals "$1" | grep -o '"member": *[0-9]*' | sort -u | wc -l)" -eq 8 ]; }
restarts() { field "$1" Restarts; }
was_requeued() { [ "$(restarts "$1")" -ge "$2" ]; }
is_in_state() { [ "$(field "$1" JobState)" = "$2" ]; }
# Slurm holds a task that it could not start where something of it was left.
runs() {
  scontrol release "$1" 2>/dev/null || true
  is_in_state "$1" RUNNING
}
has_ended() { [ -z "$(squeue -h --job "$1" 2>/dev/null)" ]; }
# The processes of a node that train.
training() { ip netns pids "$1" | xargs -r ps -o pid=,comm= -p | awk '$2 == "poptrain" { print $1 }'; }
train() {
  scontrol release "$1" 2>/dev/null || true
  [ "$(for node in one two three; do training $node; done | wc -l)" -ge "$2" ]
}
are_there() { kill -0 $1 2>/dev/null; }
have_ended() { ! are_there "$1"; }

# Lets one node lose its power, and one its network, with those tasks of the job that run there.
accidents() {
  local job=$1 node before left
  node=$(node_of "${job}_1")
  before=$(restarts "${job}_1")
  signal KILL "$node"
  # What is left there would have its tasks held when it comes back.
  rm -rf "$work/spool/$node"/*
  until_true was_requeued "${job}_1" $((before + 1))
  until_true runs "${job}_1"
  boot "$node"
  echo "node $node lost its power; its tasks run on other nodes, and it is back"

  # A task that is cut off from the controller before it has begun fails.
  until_true train "$job" 6
  node=$(node_of "${job}_2")
  before=$(restarts "${job}_2")
  left=$(training "$node")
  ip link set "$node" down
  until_true was_requeued "${job}_2" $((before + 1))
  until_true runs "${job}_2"
  are_there "$left"
  before=$(last)
  until_true have_all_gone_on "$before"
  are_there "$left"
  echo "node $node has no network; its tasks run on other nodes, where all members go on, and here"
  ip link set "$node" up
  until_true have_ended "$left"
  echo "node $node is back, and Slurm has ended what was left there"
}

run="$work/project/it's a \$run"
folder_job=$(launch 6 --experiment experiment.yaml)
until_true has_intervals 12
accidents "$folder_job"

victim=${folder_job}_5
before=$(restarts "$victim")
scontrol requeue "$victim"
until_true was_requeued "$victim" $((before + 1))
until_true runs "$victim"
echo "a task was queued again, and runs again"

victim=${folder_job}_6
scancel "$victim"
until_true has_ended "$victim"
echo "a task was cancelled"

victim=${folder_job}_3
before=$(restarts "$victim")
urgent=$(sbatch --parsable --partition=urgent --nodelist="$(node_of "$victim")" --exclusive --output=/dev/null --wrap 'sleep 1')
until_true was_requeued "$victim" $((before + 1))
until_true has_ended "$urgent"
until_true runs "$victim"
echo "a task was preempted, and runs again"

more=$(launch 2 -- --time=2)
until_true was_requeued "${more}_1" 1
echo "a task came to its time limit, and was queued again"

touch quick
for job in "$folder_job" "$more"; do until_true has_ended "$job"; done
rm quick
folder_run=$run
run=s3://runs/slurm
bucket_job=$(launch 6 --experiment experiment.yaml)
until_true has_intervals 12
accidents "$bucket_job"

touch quick
until_true has_ended "$bucket_job"
for run in "$folder_run" "$run"; do
  "$program" status "$run" | sed -n 1p
  "$program" status "$run" | grep "48,000 of 48,000 steps" > /dev/null
  "$program" audit "$run" && echo "audit is clean"
  if "$program" launch slurm "$run" --workers 2; then exit 1; fi
done

rm quick
run=$work/project/stopped
echo 'resources: {gpus: 1, workers_per_gpu: 2}' >> experiment.yaml
if "$program" launch slurm "$run" --workers 2 --experiment experiment.yaml -- --partition=none; then exit 1; fi
job=$(launch 12 --experiment experiment.yaml)
until_true has_intervals 2
scancel --state=PENDING "$job"
"$program" stop "$run"
until_true has_ended "$job"
[ "$(field "${job}_1" ExitCode)" = 76:0 ]
"$program" audit "$run" && echo "the last run was stopped, and its audit is clean"
