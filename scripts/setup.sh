#!/bin/sh
# Installs what is missing, and nothing else:  setup.sh [modules|core|test|bench]
#   modules  the npm packages alone (needs no root where a C++ compiler is there)
#   core     and the Debian packages that the engine works with (the default)
#   test     and those that the tests run against
#   bench    and those that the benchmark compares with
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
. "$home/scripts/lib.sh"
level=${1:-core}

main() {
  case $level in
    modules) ;;
    core | test | bench)
      refuse_unless_capable
      refuse_without_npm
      install_packages
      refuse_unless_capable
      ;;
    *) die "setup.sh: no level '$level' (there are modules, core, test, bench)" ;;
  esac
  refuse_without_npm
  install_modules
}

refuse_without_npm() {
  has npm || die "There is no npm. This installs it, any version will do:  apt-get install -y nodejs npm"
}

# --- Debian packages ---

install_packages() {
  [ -n "$(missing_packages)" ] || return 0
  forbid_services
  quietly apt-get update
  missing=$(missing_packages)
  # shellcheck disable=SC2086 # a list of words
  say Installing packages: $missing
  # shellcheck disable=SC2086
  quietly apt-get install -y --no-install-recommends $missing
  allow_services
}

missing_packages() {
  has crun || has runc || echo crun
  unless_command nft nftables
  unless_command ip iproute2
  unless_command xz xz-utils
  unless_command bzip2 bzip2
  unless_command g++ g++
  [ -x /usr/bin/tini-static ] || if_known tini
  unless_package busybox-static
  [ "$level" != test ] || {
    unless_command crun crun
    unless_command runc runc
    unless_command debootstrap debootstrap
    unless_command bsdtar libarchive-tools
    unless_command zstd zstd
    unless_command skopeo skopeo
    unless_command podman podman
    unless_command umoci umoci
    unless_package python3-jsonschema
    unless_command zsh zsh
    unless_command fish fish
    unless_command groff groff-base
    unless_command docker-registry docker-registry
    unless_command skopeo skopeo
    unless_command podman podman
  }
  [ "$level" != bench ] || {
    unless_command dockerd docker.io
    [ -x /usr/bin/docker ] || if_known docker-cli
    unless_command podman podman
    unless_command iptables iptables
    unless_command docker-registry docker-registry
    unless_command skopeo skopeo
  }
}

unless_command() { has "$1" || echo "$2"; }
unless_package() { [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = 'install ok installed' ] || echo "$1"; }
if_known() { if apt-cache show "$1" >/dev/null 2>&1; then echo "$1"; fi; }

quietly() {
  log=$(mktemp)
  if ! DEBIAN_FRONTEND=noninteractive "$@" -q -o DPkg::Lock::Timeout=300 </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "'$*' failed; see above."
  fi
  rm -f "$log"
}

# A package's own daemon (docker, docker-registry) must not start: Debian asks this file first.
policy=/usr/sbin/policy-rc.d
policy_mark='# put here by gantry while it installs packages'
forbid_services() {
  [ -e "$policy" ] && ! grep -qF "$policy_mark" "$policy" && return
  printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy"
  chmod 755 "$policy"
  trap allow_services EXIT
  trap 'exit 130' INT TERM HUP
}
allow_services() {
  if [ -e "$policy" ] && grep -qF "$policy_mark" "$policy"; then rm -f "$policy"; fi
}

# --- npm packages ---

install_modules() {
  cd "$home"
  exec 9<package-lock.json
  flock 9
  stamp=node_modules/.gantry-setup
  wanted="$cpu $(sha256sum <package-lock.json)"
  if [ "$(cat $stamp 2>/dev/null)" = "$wanted" ] && [ -x "$node" ]; then return; fi
  say "Installing npm packages"
  npm ci --ignore-scripts --include=dev --include=optional --loglevel=error >&2 ||
    die "npm ci failed; see above."
  [ -x "$node" ] || die "npm did not install the pinned Node ($node)."
  build_pty
  verify_modules
  echo "$wanted" >$stamp
}

# node-pty ships no binary for Linux. Its one source file is compiled here, by the recipe of its binding.gyp, against the
# headers that come with the pinned Node: node-gyp would need Python and headers from the network, and newer npms run no
# install scripts.
build_pty() {
  pty=node_modules/node-pty
  has g++ || die "There is no C++ compiler, and node-pty needs one:  apt-get install -y g++"
  mkdir -p $pty/build/Release
  g++ -std=c++20 -O2 -Wno-cast-function-type -fPIC -fexceptions -shared \
    -DNODE_GYP_MODULE_NAME=pty -DBUILDING_NODE_EXTENSION -DNAPI_CPP_EXCEPTIONS \
    -I "${node%/bin/node}/include/node" -I node_modules/node-addon-api \
    $pty/src/unix/pty.cc -lutil -o $pty/build/Release/pty.node.new || die "node-pty could not be compiled; see above."
  mv $pty/build/Release/pty.node.new $pty/build/Release/pty.node
}

verify_modules() {
  "$node" -e "require('koffi'); require('node-pty'); require('node:sqlite')" 2>/dev/null ||
    "$node" -e "require('koffi'); require('node-pty'); require('node:sqlite')" ||
    die "The pinned Node cannot load koffi and node-pty; see above."
}

main
