#!/bin/sh
# Installs what is missing of npm's packages. Types, format, lint and layers. What may import what: between files and houses in biome.json, between rooms in house/layers.ts.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
cd "$home"

sh scripts/setup.sh modules
sh scripts/build.sh
"$node" node_modules/@biomejs/biome/bin/biome check --error-on-warnings .
"$node" dist/scripts/house/layers.js
