import { check, libc } from './libc.js';

/** Of <asm-generic/ioctls.h>. */
const TIOCSWINSZ = 0x5414;

/** @throws SystemError */
export function setTerminalSize(fd: number, columns: number, rows: number): void {
  check(libc().setTerminalSize(fd, TIOCSWINSZ, new Uint16Array([rows, columns, 0, 0])), 'ioctl', 'terminal size');
}
