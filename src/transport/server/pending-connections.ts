import { openFilesLimit } from './descriptors.js';

interface Connection {
  destroy(): unknown;
}

/** In bytes, of all connections: each line may be long, but not all of them at a time. */
const MOST_UNFINISHED = 16 << 20;

/** Connections that have not yet said what they want, oldest first, and never more than a given number of them. */
export class PendingConnections {
  readonly #most: number;
  /** With the bytes of a first line that has no end yet. */
  readonly #waiting = new Map<Connection, number>();
  #unfinished = 0;

  /** @param most never taken as more than a quarter of the descriptors that this process may open */
  constructor(most: number) {
    this.#most = Math.min(most, Math.floor(openFilesLimit() / 4));
  }

  add(connection: Connection): void {
    if (!this.#waiting.has(connection)) this.#waiting.set(connection, 0);
    if (this.#waiting.size > this.#most) this.dropOldest();
  }

  /** Counts bytes that a connection has sent and that have to be kept. Where all have sent too many, the oldest that has goes. */
  keep(connection: Connection, bytes: number): void {
    const before = this.#waiting.get(connection);
    if (before === undefined) return;
    this.#waiting.set(connection, before + bytes);
    this.#unfinished += bytes;
    if (this.#unfinished <= MOST_UNFINISHED) return;
    const [oldest] = [...this.#waiting].find(([, kept]) => kept > 0) ?? [];
    if (oldest) this.#drop(oldest);
  }

  delete(connection: Connection): void {
    this.#unfinished -= this.#waiting.get(connection) ?? 0;
    this.#waiting.delete(connection);
  }

  dropOldest(): void {
    const [oldest] = this.#waiting.keys();
    if (oldest) this.#drop(oldest);
  }

  dropAll(): void {
    while (this.#waiting.size > 0) this.dropOldest();
  }

  #drop(connection: Connection): void {
    this.delete(connection);
    connection.destroy();
  }
}
