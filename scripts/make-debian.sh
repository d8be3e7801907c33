#!/bin/sh
# Makes a minimal root filesystem of the machine's own release, from the machine's own mirror:  make-debian.sh OUT.tar
set -eu
out=$1
. /etc/os-release

main() {
  mirror=$(mirror_of "$VERSION_CODENAME")
  [ -n "$mirror" ] || {
    echo "make-debian.sh: apt knows no mirror of $VERSION_CODENAME; see /etc/apt" >&2
    exit 1
  }
  work=$(mktemp -d "$(dirname "$out")/debian.XXXXXX")
  trap 'rm -rf "$work" "$out.new"' EXIT
  trap 'exit 130' INT TERM HUP
  bootstrap || {
    tail -n 20 "$work/log" >&2
    exit 1
  }
  rm -rf "$work/root/var/cache/apt/archives" "$work/root/var/lib/apt/lists"
  mkdir -p "$work/root/var/cache/apt/archives/partial" "$work/root/var/lib/apt/lists/partial"
  tar -C "$work/root" --sort=name --numeric-owner --xattrs -cf "$out.new" .
  mv "$out.new" "$out"
}

mirror_of() {
  # shellcheck disable=SC2016 # apt fills these in
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    awk -v release="$1" '($2 == release || $3 == release) && $NF == "main" { print $1; exit }'
}

# What debootstrap mounts is gone with its mount namespace, even when it is killed.
bootstrap() {
  unshare -m --propagation private \
    debootstrap --variant=minbase "$VERSION_CODENAME" "$work/root" "$mirror" >"$work/log" 2>&1 </dev/null
}

main
