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
