import { readFileSync } from 'node:fs';

/** Connections that have not yet said what they want, oldest first, and never more than a given number of them. */
export class PendingConnections {
  readonly #most: number;
  readonly #waiting = new Set<{ destroy(): unknown }>();

  /** @param most never taken as more than a quarter of the descriptors that this process may open */
  constructor(most: number) {
    this.#most = Math.min(most, Math.floor(openFilesLimit() / 4));
  }

  add(connection: { destroy(): unknown }): void {
    this.#waiting.add(connection);
    if (this.#waiting.size > this.#most) this.dropOldest();
  }

  delete(connection: { destroy(): unknown }): void {
    this.#waiting.delete(connection);
  }

  dropOldest(): void {
    const [oldest] = this.#waiting;
    if (!oldest) return;
    this.#waiting.delete(oldest);
    oldest.destroy();
  }

  dropAll(): void {
    while (this.#waiting.size > 0) this.dropOldest();
  }
}

function openFilesLimit(): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
