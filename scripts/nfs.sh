#!/usr/bin/env bash
# Trains on a real NFS, kills the run, resumes it and audits it. Then two machines train one run together, of which one is
# killed. A server and two clients are Linux kernels that run as processes (Debian's user-mode-linux), with this machine's
# files as theirs, in a network namespace of their own. They have folders /tmp of their own, so PROGRAM cannot be there.
# Needs root. Usage: scripts/nfs.sh PROGRAM [MOUNT-OPTIONS]
set -euo pipefail
program=$(realpath "$1")
options=${2:-vers=4.2}
# In version 4 the exported folder is the server's root.
case $options in vers=3*) exported=/mnt/nfs ;; *) exported=/ ;; esac
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "nfs: needs root" >&2; exit 77; }
scripts/setup.sh .venv apt:user-mode-linux apt:busybox-static apt:nfs-kernel-server apt:iproute2 apt:e2fsprogs

work=$(mktemp -d /var/tmp/poptrain-nfs-XXXXXX)
net=poptrain-nfs-$$
mkdir -p /lib/modules

clean_up() {
  # What guests run are processes of this machine, in the namespace too.
  ip netns pids "$net" | xargs -r kill -9 2>/dev/null || true
  ip netns del "$net" || true
  rm -rf "$work"
}
trap clean_up EXIT

ip netns add "$net"
ip -n "$net" link add bridge type bridge
ip -n "$net" link set bridge up
for guest in 1 2 3; do
  ip -n "$net" tuntap add dev "tap$guest" mode tap
  ip -n "$net" link set "tap$guest" master bridge up
done

cc -shared -fPIC -o "$work/user-mode-linux.so" scripts/user-mode-linux.c
truncate -s 300M "$work/disk"
mke2fs -q -t ext4 "$work/disk"

cat > "$work/init" <<'GUEST'
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sys /sys
for folder in /run /tmp /mnt /var/lib/nfs /lib/modules; do mount -t tmpfs none $folder; done
kernel=$(uname -r)
mkdir -p /lib/modules/$kernel /mnt/nfs /run/rpcbind /var/lib/nfs/v4recovery
mount --bind /usr/lib/uml/modules/$kernel /lib/modules/$kernel
load() { busybox modprobe "$1"; }
ip link set lo up
ip link set vec0 up
ip address add 10.0.0.$guest/24 dev vec0
. "$work/guest-$guest"
busybox poweroff -f
GUEST
chmod +x "$work/init"

cat > "$work/guest-1" <<'SERVER'
load ext4
load nfsd
mount -t ext4 /dev/ubda /mnt/nfs
mount -t nfsd nfsd /proc/fs/nfsd
mkdir -p /var/lib/nfs/sm /var/lib/nfs/sm.bak
touch /var/lib/nfs/etab /var/lib/nfs/rmtab /var/lib/nfs/state
rpcbind -w
rpc.statd --no-notify
exportfs -o rw,no_root_squash,no_subtree_check,insecure,fsid=0 10.0.0.0/24:/mnt/nfs
rpc.mountd
rpc.nfsd 4
echo "server is up"
while true; do sleep 1000; done
SERVER

cat > "$work/client" <<'CLIENT'
load nfsv3
load nfsv4
mkdir -p /var/lib/nfs/sm /var/lib/nfs/sm.bak
rpcbind -w
rpc.statd --no-notify
mount -t nfs -o $options 10.0.0.1:$exported /mnt/nfs || busybox poweroff -f
grep /mnt/nfs /proc/mounts
cd /mnt/nfs
CLIENT

cat > "$work/guest-2" <<'FIRST'
. "$work/client"
cp $shell/* .
$program run experiment.yaml > output 2>&1 &
until grep -q "interval 3 " output; do kill -0 $! && busybox usleep 10000 || break; done
kill -9 $!
echo "killed after $(grep -c '  interval ' output) intervals"
$program run experiment.yaml 2>&1 | tail -4
$program status runs/shell | head -1
$program audit runs/shell && echo "audit is clean"
$program run experiment.yaml --shared --run shared > output-2 2>&1 &
until grep -q "interval 3 " output-2; do kill -0 $! && busybox usleep 10000 || break; done
kill -9 $!
echo "shared: killed after $(grep -c '  interval ' output-2) intervals"
busybox sync
until [ -s output-3 ] && grep -q "^ended" output-3; do sleep 1; done
grep -c "^member" output-3
$program status shared | head -1
$program audit shared && echo "shared audit is clean"
FIRST

cat > "$work/guest-3" <<'SECOND'
. "$work/client"
until [ -s output-2 ] && grep -q "interval 2 " output-2; do sleep 1; done
$program worker shared > output-3 2>&1
SECOND

boot() {
  local guest=$1
  shift
  LD_PRELOAD=$work/user-mode-linux.so ip netns exec "$net" linux.uml mem=512M rootfstype=hostfs rw "init=$work/init" \
    con=null con0=null,fd:1 con1=null quiet \
    "umid=$net-$guest" "vec0:transport=tap,ifname=tap$guest,depth=128,gro=1,mac=52:54:00:00:00:0$guest" \
    "guest=$guest" "work=$work" "$@" > "$work/log-$guest" 2>&1 </dev/null
}

{ boot 1 "ubd0=$work/disk" || true; } 2>/dev/null &
disown
for _ in $(seq 600); do
  grep -q "server is up" "$work/log-1" && break
  sleep 0.1
done
given=("program=$program" "options=$options" "exported=$exported" "shell=$PWD/examples/shell")
{ boot 3 "${given[@]}" || true; } 2>/dev/null &
disown
export net work
export -f boot
timeout 600 bash -c 'boot 2 "$@"' _ "${given[@]}" || { tail "$work"/log-* >&2; exit 1; }

sed -n '/nfs/,$p' "$work/log-2"
grep -q "1,200 of 1,200 steps" "$work/log-2" && grep -q "^audit is clean" "$work/log-2"
grep -q "shared audit is clean" "$work/log-2"
