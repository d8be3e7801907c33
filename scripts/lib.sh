# shellcheck shell=sh disable=SC2154,SC2034 # `home` comes from the script, what it does not use others do
# What every script shares. Sourced from the scripts beside it, after they have set `home` to the project's folder.

say() { printf '%s\n' "$*" >&2; }
die() {
  say "gantry: $*"
  exit 1
}

case $(uname -m) in
  x86_64) cpu=x64 ;;
  aarch64 | arm64) cpu=arm64 ;;
  *) cpu=none ;;
esac
node=$home/node_modules/node-linux-$cpu/bin/node

# Debian keeps nft, ip and others where only root's PATH looks. npm puts the programs of packages first, among them an
# `nft` that is another one, and a node that `npm ci` is about to delete.
path=
IFS=:
for folder in $PATH; do
  case $folder in */node_modules/.bin) ;; *) path=$path$folder: ;; esac
done
unset IFS
PATH=$path/usr/local/sbin:/usr/sbin:/sbin

has() { command -v "$1" >/dev/null 2>&1; }

# Removes the bundles of other builds from ./dist, but for those that a process runs.
forget_bundles_but() {
  for folder in dist/bundle dist/bundle-*; do
    name=${folder#dist/}
    case $name in "$1" | "$2") continue ;; esac
    # The brackets keep grep from finding itself.
    grep -qsa "[d]ist/$name/" /proc/[0-9]*/cmdline || rm -rf "$folder"
  done
}

# True where one bundle is of an earlier build than another. Builds are named by their time; those of before have none.
is_older_bundle() { [ -n "$1" ] && expr "$1" \< "$2" >/dev/null; }

# Prints one line for each thing that Gantry needs and this host cannot give; nothing on a capable host. Changes nothing.
host_lacks() {
  [ "$(uname -s)" = Linux ] || {
    echo "This is $(uname -s); Gantry runs containers on Linux only."
    return
  }
  [ "$cpu" != none ] || echo "The processor is $(uname -m); Gantry's pinned Node is built for x86_64 and aarch64."
  has apt-get || echo "There is no apt-get; the scripts install packages on Debian and Ubuntu only."
  [ "$(id -u)" = 0 ] || {
    echo "You are not root (uid $(id -u)); mounts, namespaces and packages need root: try it with sudo."
    return
  }
  has_filesystem overlay || echo "The kernel has no overlay filesystem (nothing in /proc/filesystems, no module)."
  [ -w /var/lib ] || echo "/var/lib cannot be written to; Gantry keeps its state in /var/lib/gantry."
  grep -q ' cgroup2\? ' /proc/mounts || echo "No cgroups are mounted (no cgroup or cgroup2 in /proc/mounts)."
  if unshare -m -n -p -i -u --fork true 2>/dev/null; then
    networks_work
  else
    echo "Namespaces cannot be made (unshare -m -n -p -i -u failed): inside a container, it must be a privileged one."
  fi
}

has_filesystem() {
  grep -qw "$1" /proc/filesystems || { has modprobe && modprobe -n -q "$1"; }
}

# The two tools may be missing still: then the same is found out after they are installed.
networks_work() {
  if has ip && ! unshare -n ip link add name gantry-probe type bridge 2>/dev/null; then
    echo "The kernel makes no bridges (ip link add type bridge failed in a network namespace of its own)."
  fi
  if has ip && ! unshare -n ip link add gantry-probe0 type veth peer name gantry-probe1 2>/dev/null; then
    echo "The kernel makes no veth pairs (ip link add type veth failed in a network namespace of its own)."
  fi
  if has nft && ! unshare -n nft add table inet gantry_probe 2>/dev/null; then
    echo "nftables does not work (nft add table failed in a network namespace of its own)."
  fi
}

refuse_unless_capable() {
  lacks=$(host_lacks)
  [ -z "$lacks" ] && return
  say "gantry: this host cannot run it:"
  printf '%s\n' "$lacks" | sed 's/^/  - /' >&2
  say "Nothing was changed."
  exit 1
}
