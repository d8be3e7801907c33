#!/bin/sh
# Types, format, lint and layers. The layers (what may import what, no cycles) are rules of biome.json.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
cd "$home"

sh scripts/build.sh
"$node" node_modules/@biomejs/biome/bin/biome check --error-on-warnings .
