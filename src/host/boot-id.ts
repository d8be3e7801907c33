import { readFileSync } from 'node:fs';

let current: string | undefined;

/** The id of this boot of the kernel. */
export function bootId(): string {
  current ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return current;
}
