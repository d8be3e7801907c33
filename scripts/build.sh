#!/bin/sh
# Compiles src, test and bench into dist where they have changed. Types are checked on the way.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
cd "$home"

built=dist/.built
started=dist/.started

main() {
  [ -x "$node" ] || die "The npm packages are not installed yet; run 'sh scripts/setup.sh' first."
  exec 9<package.json
  flock 9
  if up_to_date; then return; fi
  mkdir -p dist
  touch $started
  "$node" node_modules/typescript/bin/tsc -p .
  forget_deleted_sources
  bundle
  chmod 755 bin/docker
  mv $started $built
}

# What bin/docker runs: the same modules in few files. A command starts in two thirds of the time that it would take Node to
# find and open each module by itself.
bundle() {
  rm -rf dist/bundle.new
  "$node" node_modules/esbuild/bin/esbuild --bundle --splitting --format=esm --platform=node --target=node24 \
    --external:koffi --external:node-pty --banner:js="$require_for_cjs" --sourcemap --log-level=warning \
    --entry-names='[name]' --outdir=dist/bundle.new \
    dist/src/main.js dist/src/plugins/container/pty-host.js dist/src/plugins/image/extract-main.js
  rm -rf dist/bundle
  mv dist/bundle.new dist/bundle
}
# CommonJS packages in the bundle ask for Node's own modules by require().
require_for_cjs="import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

# A deleted file shows in the time of its folder.
up_to_date() {
  [ -e $built ] && [ -e dist/bundle/main.js ] &&
    [ -z "$(find src test bench tsconfig.json package.json package-lock.json -newer $built 2>/dev/null | head -n 1)" ]
}

forget_deleted_sources() {
  find dist/src dist/test dist/bench -name '*.js' | while read -r compiled; do
    source=${compiled#dist/}
    source=${source%.js}.ts
    [ -e "$source" ] || rm -f "$compiled" "$compiled.map"
  done
}

main
