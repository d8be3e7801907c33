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
    exec_ava "$@"
  fi
  sh scripts/setup.sh modules
  sh scripts/check.sh
  say_what_is_left_out
  # shellcheck disable=SC2046 # no spaces in the names of our tests
  case " $* " in
    *.js' '*) exec_ava "$@" ;;
    *) exec_ava "$@" $(tests | grep -v "$capable") ;;
  esac
}

capable='^dist/test/e2e/\|\.root\.test\.js$'
tests() { find dist/test -name '*.test.js' | sort; }
exec_ava() { exec "$node" node_modules/ava/entrypoints/cli.js "$@"; }

say_what_is_left_out() {
  say "***"
  say "*** NOT ALL TESTS RUN HERE. Left out: $(tests | grep -c "$capable") of $(tests | wc -l) files, because:"
  printf '%s\n' "$lacks" | sed 's/^/***   /' >&2
  tests | grep "$capable" | sed 's|^dist/\(.*\)\.js$|***     \1.ts|' >&2
  say "***"
}

main "$@"
