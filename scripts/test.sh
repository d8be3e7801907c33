#!/bin/sh
# Sets up, builds, checks and tests. Arguments go to ava:  npm test -- --match='*import*'
#
# A test that needs root, or what only a capable host gives, is in test/e2e or in a file named *.root.test.ts. As root on a
# capable host every file runs. Elsewhere those files are left out, and this script says which and why.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
cd "$home"

main() {
  lacks=$(host_lacks)
  if [ -z "$lacks" ]; then
    sh scripts/setup.sh test
    sh scripts/check.sh
    sh scripts/image.sh busybox >/dev/null
    sh scripts/image.sh debian >/dev/null
    before=$(traces)
    ava "$@"
    refuse_traces
    return
  fi
  sh scripts/setup.sh modules
  sh scripts/check.sh
  say_what_is_left_out
  # shellcheck disable=SC2046 # no spaces in the names of our tests
  case " $* " in
    *.js' '*) ava "$@" ;;
    *) ava "$@" $(tests | grep -v "$capable") ;;
  esac
}

capable='^dist/test/e2e/\|\.root\.test\.js$'
tests() { find dist/test -name '*.test.js' | sort; }
ava() { "$node" node_modules/ava/entrypoints/cli.js "$@"; }

# What an engine could leave on its host: links, mounts, rules, cgroups, processes, files.
traces() {
  ip -o link | awk -F': ' '{ print "link " $2 }'
  awk '{ print "mount " $2 }' /proc/mounts
  nft list tables | sed 's/^/nftables /'
  find /sys/fs/cgroup -path '*/gantry/*' -type d -prune 2>/dev/null | sed 's/^/cgroup /'
  pgrep -f 'gantry-(monitor|e2e|image)' | sed 's/^/process /'
  find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'gantry-*' | sed 's/^/file /'
}

# The last test: the host is as it was. The kernel takes a moment to remove the links of containers that have ended.
refuse_traces() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    left=$(traces | grep -vxF "$before" || true)
    [ -n "$left" ] || return 0
    sleep 0.5
  done
  say "The tests left this on the host:"
  say "$left"
  exit 1
}

say_what_is_left_out() {
  say "***"
  say "*** NOT ALL TESTS RUN HERE. Left out: $(tests | grep -c "$capable") of $(tests | wc -l) files, because:"
  printf '%s\n' "$lacks" | sed 's/^/***   /' >&2
  tests | grep "$capable" | sed 's|^dist/\(.*\)\.js$|***     \1.ts|' >&2
  say "***"
}

main "$@"
