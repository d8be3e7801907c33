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
  chmod 755 bin/docker
  mv $started $built
}

# A deleted file shows in the time of its folder.
up_to_date() {
  [ -e $built ] && [ -e dist/src/main.js ] &&
    [ -z "$(find src test bench tsconfig.json package.json package-lock.json -newer $built 2>/dev/null | head -n 1)" ]
}

forget_deleted_sources() {
  find dist -name '*.js' | while read -r compiled; do
    source=${compiled#dist/}
    source=${source%.js}.ts
    [ -e "$source" ] || rm -f "$compiled" "$compiled.map"
  done
}

main
