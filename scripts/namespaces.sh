# shellcheck shell=sh disable=SC2154 # `home`, `node` and what in_namespaces is told come from the script that sources it
# Runs a program that starts engines, in mount, network and process namespaces made for this one run, with all of their state in
# one scratch folder: however it ends, the host is left with neither processes nor mounts, rules or links. Sourced by the scripts
# beside it, after lib.sh. They set `name` (of lock and control groups), `scratch`, and `program`, which gets their arguments.

in_namespaces() {
  if [ "${1-}" = inside ]; then
    shift
    inside "$@"
    exit
  fi
  sh scripts/setup.sh bench
  sh scripts/build.sh
  exec 9>"/run/$name.lock"
  flock -n 9 || die "Another run is under way (/run/$name.lock is locked)."
  clean
  trap clean EXIT
  trap 'exit 130' INT TERM HUP
  mkdir -p "$scratch"
  sh scripts/make-busybox.sh "$scratch/busybox.tar"
  unshare --mount --net --pid --fork --mount-proc --kill-child --propagation private sh "$0" inside "$@" &
  namespaces=$!
  wait $namespaces
}

clean() {
  # With unshare dies its child, process 1 of the namespace, and with that all others.
  if [ -n "${namespaces-}" ] && kill -KILL "$namespaces" 2>/dev/null; then sleep 1; fi
  rm -rf "$scratch"
  find /sys/fs/cgroup -depth -type d -path "*/$name*" -exec rmdir {} + 2>/dev/null || true
}

# Process 1 of the namespace; sh takes in the orphans that the engines leave to it. What they write to places of the host's
# goes to the scratch folder or is forgotten.
inside() {
  mount -t tmpfs -o mode=755 "$name" /run
  mkdir -p /run/lock "$scratch/lib/up" "$scratch/lib/work"
  mount -t overlay -o "lowerdir=/var/lib,upperdir=$scratch/lib/up,workdir=$scratch/lib/work" "$name" /var/lib
  ip link set lo up
  "$node" "$program" "$@" &
  wait $!
}
