#!/bin/sh
# Has Gantry and Docker answer the same command lines, and prints where they differ:  npm run compare -- [--only run,create]
# See docs/compared.md.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
. "$home/scripts/namespaces.sh"
cd "$home"

name=gantry-compare
scratch=${GANTRY_COMPARE_SCRATCH:-/var/tmp/gantry-compare}
program=dist/test/compare/main.js
export GANTRY_COMPARE_SCRATCH="$scratch"

in_namespaces "$@"
