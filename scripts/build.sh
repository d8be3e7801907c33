#!/bin/sh
# Compiles src, test, bench and scripts into dist where they have changed. Types are checked on the way.
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
  "$node" dist/scripts/gantry-types.js
  bundle
  chmod 755 bin/docker
  mv $started $built
  # A client may just have read the former's name.
  forget_bundles_but "$build" "$former"
}

# What bin/docker runs, in a folder of its own for each build, since a daemon loads files of its build late. `dist/build` names
# the newest. The programs beside the client that are found by their paths are named here.
bundle() {
  former=$(cat dist/build 2>/dev/null || true)
  build=bundle-$(date -u +%Y%m%dT%H%M%SZ)
  rm -rf dist/bundle.new "dist/$build"
  "$node" dist/scripts/bundle.js dist/bundle.new \
    dist/src/engine/plugin-test-main.js dist/src/plugins/image/unpack/unpack-worker.js \
    dist/src/plugins/container/terminals/pty-host.js dist/src/plugins/container/exec/pty-host-exec.js
  echo '{ "type": "module" }' >dist/bundle.new/package.json
  mv dist/bundle.new "dist/$build"
  echo "$build" >dist/build.new
  mv dist/build.new dist/build
}

# A deleted file shows in the time of its folder.
up_to_date() {
  [ -e $built ] && [ -e "dist/$(cat dist/build 2>/dev/null)/main.cjs" ] &&
    [ -z "$(find src test bench scripts tsconfig.json package.json package-lock.json -newer $built 2>/dev/null | head -n 1)" ]
}

forget_deleted_sources() {
  find dist/src dist/test dist/bench dist/scripts -name '*.js' | while read -r compiled; do
    source=${compiled#dist/}
    source=${source%.js}.ts
    [ -e "$source" ] || rm -f "$compiled" "$compiled.map"
  done
}

main
