import { readFileSync } from 'node:fs';

/** How many descriptors this process may open. */
export function openFilesLimit(): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
