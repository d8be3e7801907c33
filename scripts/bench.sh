#!/bin/sh
# Compares Gantry with docker and podman:  npm run bench -- [--quick] [--only run,version] [--peers gantry,docker]
#
# All engines run in mount, network and process namespaces made for this one run, with all of their state in one scratch
# folder: however it ends, the host is left with neither processes nor mounts, rules or links. See docs/benchmarks.md.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
cd "$home"

scratch=${GANTRY_BENCH_SCRATCH:-/var/tmp/gantry-bench}

main() {
  sh scripts/setup.sh bench
  sh scripts/build.sh
  exec 9>/run/gantry-bench.lock
  flock -n 9 || die "Another benchmark is running (/run/gantry-bench.lock is locked)."
  clean
  trap clean EXIT
  trap 'exit 130' INT TERM HUP
  mkdir -p "$scratch" bench/out
  sh scripts/make-busybox.sh "$scratch/busybox.tar"
  unshare --mount --net --pid --fork --mount-proc --kill-child --propagation private sh scripts/bench.sh inside "$@" &
  namespaces=$!
  wait $namespaces
}

clean() {
  # With unshare dies its child, process 1 of the namespace, and with that all others.
  if [ -n "${namespaces-}" ] && kill -KILL "$namespaces" 2>/dev/null; then sleep 1; fi
  rm -rf "$scratch"
  find /sys/fs/cgroup -depth -type d -path '*/gantry-bench*' -exec rmdir {} + 2>/dev/null || true
}

# Process 1 of the namespace; sh takes in the orphans that the engines leave to it. What they write to places of the host's
# goes to the scratch folder or is forgotten.
inside() {
  mount -t tmpfs -o mode=755 gantry-bench /run
  mkdir -p /run/lock "$scratch/lib/up" "$scratch/lib/work"
  mount -t overlay -o "lowerdir=/var/lib,upperdir=$scratch/lib/up,workdir=$scratch/lib/work" gantry-bench /var/lib
  ip link set lo up
  GANTRY_BENCH_SCRATCH=$scratch "$node" dist/bench/bench.js "$@" &
  wait $!
}

if [ "${1-}" = inside ]; then
  shift
  inside "$@"
else
  main "$@"
fi
