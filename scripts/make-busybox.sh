#!/bin/sh
# Makes the root filesystem of a busybox image from the machine's own busybox-static:  make-busybox.sh OUT.tar
# The same busybox gives the same bytes.
set -eu
out=$1
busybox=$(command -v busybox) || {
  echo "make-busybox.sh: there is no busybox; install busybox-static" >&2
  exit 1
}

root=$(mktemp -d)
trap 'rm -rf "$root" "$out.new"' EXIT
trap 'exit 130' INT TERM HUP
umask 022
chmod 755 "$root"
cd "$root"
mkdir -p bin sbin usr/bin usr/sbin etc dev proc sys run home var/log var/tmp tmp root
chmod 1777 tmp var/tmp
chmod 700 root
cp "$busybox" bin/busybox
chmod 755 bin/busybox
"$busybox" --list-full | while read -r applet; do
  [ -e "$applet" ] || ln -s /bin/busybox "$applet"
done
cat >etc/passwd <<'PASSWD'
root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
nobody:x:65534:65534:nobody:/:/bin/false
PASSWD
cat >etc/group <<'GROUP'
root:x:0:
daemon:x:1:
nogroup:x:65534:
GROUP
cd - >/dev/null
tar -C "$root" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu -cf "$out.new" .
mv "$out.new" "$out"
