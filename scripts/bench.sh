#!/bin/sh
# Compares Gantry with docker and podman:  npm run bench -- [--quick] [--only run,version] [--peers gantry,docker]
# See docs/benchmarks.md.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
. "$home/scripts/namespaces.sh"
cd "$home"

name=gantry-bench
scratch=${GANTRY_BENCH_SCRATCH:-/var/tmp/gantry-bench}
program=dist/bench/bench.js
export GANTRY_BENCH_SCRATCH="$scratch"

mkdir -p bench/out
in_namespaces "$@"
