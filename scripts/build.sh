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
}

# What bin/docker runs: main.cjs, one file with all that a call to a daemon takes, for Node spends half a millisecond on each
# file that it opens, and as much on the loader of ES modules; and the rest in shared files, imported when it is needed.
bundle() {
  rm -rf dist/bundle.new
  esbuild dist/src/main.js --minify --format=cjs --outfile=dist/bundle.new/main.cjs $(printf -- '--external:./%s.js ' $imported_by_main)
  esbuild --splitting --format=esm --entry-names='[name]' --outdir=dist/bundle.new \
    dist/src/daemon.js dist/src/local.js dist/src/background.js dist/src/client-logins.js dist/src/client-trees.js \
    dist/src/transport/client-extras.js dist/src/transport/connect-tls.js dist/src/transport/terminal.js \
    dist/src/plugin-test-main.js dist/src/plugins/image/extract-main.js \
    dist/src/plugins/container/terminals/pty-host.js dist/src/plugins/container/exec/pty-host-exec.js
  # What runs a third-party plugin: one file with everything, since it is read from standard input.
  "$node" node_modules/esbuild/bin/esbuild --bundle --platform=node --target=node24 --format=esm --minify --log-level=warning \
    --outfile=dist/bundle.new/plugin-main.js dist/src/kernel/guest/main.js
  echo '{ "type": "module" }' >dist/bundle.new/package.json
  rm -rf dist/bundle
  mv dist/bundle.new dist/bundle
}

esbuild() {
  "$node" node_modules/esbuild/bin/esbuild --bundle --platform=node --target=node24 \
    --packages=external --sourcemap --log-level=warning "$@"
}

imported_by_main='daemon local background client-logins client-trees client-extras connect-tls terminal'
# A deleted file shows in the time of its folder.
up_to_date() {
  [ -e $built ] && [ -e dist/bundle/main.cjs ] &&
    [ -z "$(find src test bench scripts tsconfig.json package.json package-lock.json -newer $built 2>/dev/null | head -n 1)" ]
}

forget_deleted_sources() {
  find dist/src dist/test dist/bench dist/scripts -name '*.js' | while read -r compiled; do
    source=${compiled#dist/}
    source=${source%.js}.ts
    [ -e "$source" ] || rm -f "$compiled" "$compiled.map"
  done
}

# shellcheck disable=SC2046,SC2086 # lists of words
main
