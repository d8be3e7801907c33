#!/bin/sh
# Sets up, builds, checks and tests:  npm test
# Builds and tests a part, without the checks:  npm test -- test/kernel
# A part is a file or a folder of test/ or src/, or a part of a test file's path; flags go to AVA (--match='*import*').
#
# A test that needs root, or what only a capable host gives, is in test/e2e or in a file named *.root.test.ts. As root on a
# capable host every file runs. Elsewhere those files are left out, and the end of the run says which and why.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
cd "$home"

GANTRY_TEST_LACKS=$(host_lacks)
export GANTRY_TEST_LACKS
if [ -z "$GANTRY_TEST_LACKS" ]; then level=test; else level=modules; fi
sh scripts/setup.sh $level
if [ $# -gt 0 ]; then sh scripts/build.sh; else sh scripts/check.sh; fi
if [ $level = test ]; then
  sh scripts/image.sh busybox >/dev/null
  sh scripts/image.sh debian >/dev/null
fi
exec "$node" dist/test/runner/main.js "$@"
