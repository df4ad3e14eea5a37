#!/usr/bin/env bash
# Runs a command beside a real server of S3, Ceph's, and tells it in POPTRAIN_S3 the port, a key and its secret. It has the
# buckets `runs` and `versioned`. Both have a network and processes of their own, which end with this script.
# Needs root. Usage: scripts/s3.sh COMMAND [ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo "s3: needs root" >&2; exit 77; }
if [ -z "${POPTRAIN_S3_INSIDE-}" ]; then
  scripts/setup.sh .venv apt:ceph-mon apt:ceph-osd apt:radosgw apt:ceph-common apt:iproute2
  work=$(mktemp -d /var/tmp/poptrain-s3-XXXXXX)
  trap 'rm -rf "$work"' EXIT
  POPTRAIN_S3_INSIDE=$work unshare --net --pid --fork --kill-child --mount-proc scripts/s3.sh "$@"
  exit
fi

work=$POPTRAIN_S3_INSIDE
ip link set lo up
mkdir "$work"/{mon,osd,run,log}
id=$(cat /proc/sys/kernel/random/uuid)
cat > "$work/ceph.conf" <<CONFIGURATION
[global]
fsid = $id
mon host = v1:127.0.0.1:6790
public addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
keyring = $work/keyring
run dir = $work/run
admin socket = $work/run/\$name.asok
log file = $work/log/\$name.log
[mon.a]
mon data = $work/mon
[osd.0]
osd data = $work/osd
osd objectstore = memstore
memstore device bytes = 2147483648
[client.rgw]
rgw frontends = beast port=7480 tcp_nodelay=1
rgw data = $work/run
# Else what was removed takes up room for hours.
rgw gc obj min wait = 1
rgw gc processor period = 1
CONFIGURATION

# Where one of these fails, what they said is the only trace.
trap 'cat "$work/setup.log" >&4' ERR
exec 3>&1 4>&2 > "$work/setup.log" 2>&1
with="-c $work/ceph.conf"
monmaptool --create --fsid "$id" --addv a "[v1:127.0.0.1:6790]" "$work/monmap"
ceph-authtool --create-keyring "$work/keyring" --gen-key -n mon. --cap mon 'allow *'
ceph-authtool "$work/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
ceph-mon $with -i a --mkfs --monmap "$work/monmap" --keyring "$work/keyring"
ceph-mon $with -i a
disk=$(cat /proc/sys/kernel/random/uuid)
ceph $with osd new "$disk"
ceph-osd $with -i 0 --mkfs --osd-uuid "$disk"
# A monitor that has only just begun now and then refuses.
for _ in $(seq 20); do
  ceph-osd $with -i 0 && break
  sleep 0.5
done
radosgw-admin $with -n client.rgw user create --uid=tester --display-name=tester --access-key=tester --secret-key=secret
radosgw $with -n client.rgw
.venv/bin/python - <<'BUCKETS'
import boto3, botocore.config

retries = botocore.config.Config(retries={"total_max_attempts": 30})
server = boto3.client(
    "s3", endpoint_url="http://127.0.0.1:7480", aws_access_key_id="tester", aws_secret_access_key="secret",
    region_name="us-east-1", config=retries)
for bucket in ("runs", "versioned"):
    server.create_bucket(Bucket=bucket)
server.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
BUCKETS
trap - ERR
exec 1>&3 2>&4
POPTRAIN_S3="7480 tester secret" "$@"
