#!/bin/sh
# From a fresh clone to a container: installs what is missing, builds, starts the daemon, imports busybox and runs it.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
cd "$home"

root=${GANTRY_ROOT:-/var/lib/gantry}
# As in src/engine/settings.ts: another root has its run folder in it.
case $root in
  /var/lib/gantry) run=/run/gantry ;;
  *) run=$root/run ;;
esac
pid_file=$run/gantry.pid
socket=$run/docker.sock
log=$root/daemon.log
unset DOCKER_HOST

main() {
  sh scripts/setup.sh core
  [ -e dist/.built ] || say "Building"
  sh scripts/build.sh
  if daemon_runs && daemon_is_older; then stop_daemon; fi
  daemon_runs || start_daemon
  [ -n "$(bin/docker images -q busybox)" ] || import_busybox
  run_container
  say_what_next
}

daemon_runs() { [ -S $socket ] && [ -s $pid_file ] && kill -0 "$(cat $pid_file)" 2>/dev/null; }

daemon_is_older() {
  its=$(tr '\0' '\n' <"/proc/$(cat $pid_file)/cmdline" | sed -n 's:.*/dist/\([^/]*\)/main\.cjs$:\1:p')
  is_older_bundle "$its" "$(cat dist/build)"
}

stop_daemon() {
  say "Replacing the daemon, which is of an older build; containers run on"
  daemon=$(cat $pid_file)
  kill "$daemon"
  while kill -0 "$daemon" 2>/dev/null; do sleep 0.1; done
}

start_daemon() {
  say "Starting the daemon (its log: $log)"
  setsid bin/docker -d </dev/null >/dev/null 2>&1 &
  started=$!
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    daemon_runs && return
    kill -0 $started 2>/dev/null || break
    sleep 0.2
  done
  daemon_runs && return
  say "It did not start; this is what it says:"
  timeout 5 bin/docker -d </dev/null >&2 || true
  exit 1
}

import_busybox() {
  say "Importing busybox, made from this machine's own"
  tar=$(mktemp)
  trap 'rm -f "$tar"' EXIT
  sh scripts/make-busybox.sh "$tar"
  bin/docker import "$tar" busybox >/dev/null
}

run_container() {
  say
  # shellcheck disable=SC2016 # the container's shell expands it
  bin/docker run --rm busybox sh -c '
    echo "Hello from a container."
    echo "  name       $(hostname)"
    echo "  kernel     $(uname -sr)"
    echo "  address    $(ip -4 -o addr show eth0 | awk "{ print \$4 }")"
    echo "  processes  $(ls -d /proc/[0-9]* | wc -l)"'
}

# What the user has set for this engine, for the next commands.
own_settings() {
  for name in GANTRY_ROOT GANTRY_BRIDGE GANTRY_SUBNET; do
    eval "value=\${$name-}"
    [ -z "$value" ] || printf 'export %s=%s; ' "$name" "$value"
  done
}

say_what_next() {
  cat <<NEXT

Next:
  export PATH="$home/bin:\$PATH"; $(own_settings)docker help
  docker run -it busybox sh
  kill \$(cat $pid_file)     # stops the daemon; 'docker -d' starts it
NEXT
}

main
