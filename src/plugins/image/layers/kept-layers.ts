import { closeSync, openSync } from 'node:fs';
import { libc } from '../../../host/index.js';

/** Of <fcntl.h>: locks of an open file, which change from shared to exclusive and back without a gap. */
const [F_OFD_SETLK, F_OFD_SETLKW] = [37, 38];
const [F_RDLCK, F_WRLCK] = [0, 1];
const FLOCK_BYTES = 32;

/**
 * The layers that callers of this process need although no image has them yet. To other processes one lock says that there
 * are any: a descriptor for each layer would let an archive with thousands of layers use up all that there are.
 */
export class KeptLayers {
  readonly #counts = new Map<string, number>();
  #fd: number | undefined;

  /** @param file that is locked; it is empty */
  constructor(private readonly file: string) {}

  /** @param isThere looked at when no other process can discard the layer any more. @returns ends it; undefined: not there */
  keep(diffId: string, isThere: () => boolean): (() => void) | undefined {
    this.#lock();
    if (isThere()) {
      this.#counts.set(diffId, (this.#counts.get(diffId) ?? 0) + 1);
      return () => this.#leave(diffId);
    }
    this.#unlockIfIdle();
    return undefined;
  }

  /** Runs `discard`, unless a caller of this process needs the layer, or one of another process any. */
  unlessKept(diffId: string, discard: () => void): void {
    if (this.#counts.has(diffId)) return;
    const fd = this.#fd ?? this.#open();
    try {
      if (setLock(fd, F_OFD_SETLK, F_WRLCK)) discard();
    } finally {
      if (this.#fd === undefined) closeSync(fd);
      else setLock(fd, F_OFD_SETLKW, F_RDLCK);
    }
  }

  #leave(diffId: string): void {
    const left = (this.#counts.get(diffId) ?? 0) - 1;
    if (left > 0) this.#counts.set(diffId, left);
    else this.#counts.delete(diffId);
    this.#unlockIfIdle();
  }

  /** Waits for a process that is discarding a layer, which is a matter of two renames. */
  #lock(): void {
    if (this.#fd !== undefined) return;
    this.#fd = this.#open();
    setLock(this.#fd, F_OFD_SETLKW, F_RDLCK);
  }

  #unlockIfIdle(): void {
    if (this.#fd === undefined || this.#counts.size > 0) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open(): number {
    return openSync(this.file, 'a+', 0o600);
  }
}

/** Of the whole file. @returns whether it has the lock now; if not, it has the one that it had */
function setLock(fd: number, command: number, type: number): boolean {
  const flock = Buffer.alloc(FLOCK_BYTES);
  flock.writeInt16LE(type, 0);
  return libc().fcntlLock(fd, command, flock) === 0;
}
