#!/usr/bin/env bash
# Checks manifests of `poptrain launch kubernetes` against the schemas of three versions of Kubernetes.
# Usage: scripts/kubernetes.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
scripts/setup.sh .venv-kubernetes kubernetes-validate
validate=$PWD/.venv-kubernetes/bin/kubernetes-validate

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"$program" init --template command > /dev/null
launch() { "$program" launch kubernetes "$@" --experiment experiment.yaml --image me/x; }
launch s3://bucket/run --workers 1 > plain.yaml
echo 'resources: {gpus: 1, workers_per_gpu: 2, cpus: 3}' >> experiment.yaml
launch "/runs/it's \"x\": \$(A) #" --workers 4 --volume runs:/runs --secret keys > full.yaml

for version in 1.29 1.31 1.37; do "$validate" --strict -k "$version" plain.yaml full.yaml; done
# It does find what is wrong.
sed -i 's/backoffLimitPerIndex/backoffLimitPerPod/' plain.yaml
if "$validate" --strict -k 1.31 plain.yaml > /dev/null; then exit 1; fi
