import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { libc } from '../../../../src/host/index.js';
import { portableXattrs } from '../../../../src/plugins/image/fs/xattrs.js';

/** cap_net_raw=ep, as `setcap` stores it. */
const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex');
const LONG = 'long-name-'.repeat(15);
const NOT_UTF8 = Buffer.from([0x66, 0xff, 0xfe, 0x66]);
const NANOSECONDS = '2001-02-03 04:05:06.123456789';

function setXattr(path: string, name: string, value: Buffer): void {
  if (libc().lsetxattr(path, name, value, value.length, 0) < 0) throw new Error(`lsetxattr ${name}`);
}

export function mknod(path: string, mode: number, device: number): void {
  if (libc().mknod(path, mode, device) < 0) throw new Error(`mknod ${path}`);
}

/** A tree with one of everything that a root filesystem may hold. */
export function makeTree(root: string): void {
  mkdirSync(join(root, 'etc/deep', LONG, LONG), { recursive: true });
  writeFileSync(join(root, 'etc/deep', LONG, LONG, 'file'), 'deep');
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
  writeFileSync(join(root, 'größe'), 'ü');
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), NOT_UTF8]), 'bytes');
  writeFileSync(join(root, 'empty'), '');
  writeFileSync(join(root, 'owned'), 'x');
  chownSync(join(root, 'owned'), 1234, 3_000_000_000);
  writeFileSync(join(root, 'su'), 'x');
  chownSync(join(root, 'su'), 1, 2);
  chmodSync(join(root, 'su'), 0o6755);
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777);
  mkdirSync(join(root, 'group'));
  chownSync(join(root, 'group'), 0, 5);
  chmodSync(join(root, 'group'), 0o2770);
  writeFileSync(join(root, 'group/member'), 'x', { mode: 0o600 });
  chownSync(join(root, 'group/member'), 0, 0);
  symlinkSync('/etc/passwd', join(root, 'absolute'));
  symlinkSync('../../nowhere', join(root, 'dangling'));
  linkSync(join(root, 'etc/passwd'), join(root, 'etc/passwd-'));
  mknod(join(root, 'fifo'), 0o010640, 0);
  mknod(join(root, 'null'), 0o020666, 0x103);
  mknod(join(root, 'disk'), 0o060660, 0x80_1234_05);
  setXattr(join(root, 'owned'), 'security.capability', CAPABILITY);
  setXattr(join(root, 'etc/passwd'), 'user.note', Buffer.from('a=b\nc\0d'));
  setXattr(join(root, 'etc'), 'user.dir', Buffer.from('x'));
  execFileSync('touch', ['-h', '-d', NANOSECONDS, join(root, 'owned'), join(root, 'absolute')]);
  execFileSync('touch', ['-d', '1960-01-01 00:00:00', join(root, 'empty')]);
  utimesSync(join(root, 'etc'), 1e9, 1e9);
}

/** Everything about a tree, by path. Inodes as the first path that has them. */
export function describeTree(root: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const firsts = new Map<bigint, string>();
  const visit = (path: string): void => {
    const raw = Buffer.from(join(root, path), 'latin1');
    const stat = lstatSync(raw, { bigint: true });
    const first = firsts.get(stat.ino) ?? path;
    firsts.set(stat.ino, first);
    found[path] = {
      mode: stat.mode.toString(8),
      owner: `${stat.uid}:${stat.gid}`,
      time: stat.mtimeNs,
      device: stat.isDirectory() ? 0n : stat.rdev,
      first,
      xattrs: [...portableXattrs(join(root, path))],
      content: stat.isFile() ? readFileSync(raw, 'latin1') : stat.isSymbolicLink() ? readlinkSync(raw) : '',
    };
    if (!stat.isDirectory()) return;
    for (const name of readdirSync(raw, { encoding: 'latin1' }).sort()) visit(`${path}/${name}`);
  };
  for (const name of readdirSync(root, { encoding: 'latin1' }).sort()) visit(name);
  return found;
}

/** The names of all extended attributes, those of the engine's own, too. */
export function attributesOf(path: string): string[] {
  const list = Buffer.alloc(1000);
  const length = Number(libc().llistxattr(path, list, list.length));
  return list.toString('latin1', 0, length).split('\0').filter(Boolean);
}
