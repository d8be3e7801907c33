import { readFileSync } from 'node:fs';

let current: string | undefined;

/** What tells this boot of the kernel from any other. */
export function bootId(): string {
  current ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return current;
}
