import type { Descriptor } from './descriptors.js';
import { check, libc } from './libc.js';

/** Numbers of <sys/mount.h>, the same on x86-64 and arm64. */
export const MS_RDONLY = 0x1;
export const MS_REMOUNT = 0x20;
export const MS_BIND = 0x1000;
export const MS_REC = 0x4000;
export const MS_SLAVE = 0x8_0000;
export const MNT_DETACH = 0x2;

export function mount(source: string, target: string, type: string | null, flags: number, data: string | null): void {
  check(libc().mount(source, target, type, flags, data), 'mount', target);
}

export function unmount(target: string, flags = 0): void {
  check(libc().umount2(target, flags), 'umount', target);
}

/** Numbers of <sys/syscall.h> and <linux/mount.h>, the same on x86-64 and arm64. */
const SYS_OPEN_TREE = 428;
const SYS_MOVE_MOUNT = 429;
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const OPEN_TREE_CLONE = 1;
const O_CLOEXEC = 0o200_0000;
const MOVE_MOUNT_F_EMPTY_PATH = 4;

/** A copy of a mount that is nowhere yet, also for another mount namespace: see `attachMount`. The caller closes it. */
export function cloneMount(path: string): number {
  const flags = OPEN_TREE_CLONE | O_CLOEXEC | AT_SYMLINK_NOFOLLOW;
  return check(libc().openTree(SYS_OPEN_TREE, AT_FDCWD, path, flags), 'open_tree', path);
}

/** Mounts a copy of `cloneMount` at a folder or file. */
export function attachMount(copy: Pick<Descriptor, 'fd'>, target: string): void {
  const { moveMount } = libc();
  check(moveMount(SYS_MOVE_MOUNT, copy.fd, '', AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH), 'move_mount', target);
}
