#!/bin/sh
# Kills daemons and clients under load, and counts what is lost:  npm run torture -- --minutes 5 --seed 7
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
cd "$home"

sh scripts/setup.sh test
sh scripts/build.sh
sh scripts/image.sh busybox >/dev/null
exec "$node" dist/test/torture/main.js "$@"
