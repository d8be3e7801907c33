#!/bin/sh
# Runs a rig to its end, and prints what it broke:  npm run torture -- --rig pairs --seed 7 (docs/contributing.md)
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
cd "$home"

sh scripts/setup.sh test
sh scripts/build.sh
sh scripts/image.sh busybox >/dev/null
exec "$node" dist/test/torture/main.js "$@"
