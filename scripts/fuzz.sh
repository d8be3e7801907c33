#!/bin/sh
# Tries the readers of what strangers write with made-up inputs:  npm run fuzz -- --target tar --seconds 300 (docs/contributing.md)
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
cd "$home"

sh scripts/setup.sh modules
sh scripts/build.sh
exec "$node" --disable-warning=ExperimentalWarning dist/test/fuzz/main.js "$@"
