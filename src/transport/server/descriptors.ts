import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** The descriptor of an open connection. Node has no public name for it. */
export function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}

/** How many descriptors this process may open. */
export function openFilesLimit(): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
