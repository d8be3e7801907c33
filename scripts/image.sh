#!/bin/sh
# Prints the path of a root filesystem for the tests, as a tar, and makes it first where it is missing:  image.sh busybox|debian
# They are kept outside the project, under names that change with all that they are made from.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-/var/cache}/gantry-test

case ${1-} in
  busybox) made_from=$(cat "$home/scripts/make-busybox.sh" "$(command -v busybox)" | sha256sum) ;;
  debian) made_from=$( (cat "$home/scripts/make-debian.sh" /etc/os-release && uname -m) | sha256sum) ;;
  *)
    echo "image.sh: no image '${1-}' (there are busybox, debian)" >&2
    exit 1
    ;;
esac

tar=$cache/$1-$(printf %.16s "$made_from").tar
if [ ! -e "$tar" ]; then
  mkdir -p "$cache"
  exec 9>"$cache/lock"
  flock 9
  find "$cache" -name '*.tar' -mtime +14 -delete
  [ -e "$tar" ] || sh "$home/scripts/make-$1.sh" "$tar"
fi
echo "$tar"
