import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { ensureStateFolder, libc } from '../system/index.js';

const LOCK_EX_NB = 2 | 4;
const DAY_MS = 24 * 60 * 60 * 1000;
const UNFINISHED = /^[0-9a-f]{64}\.(?:part|whole)$/;

/** A blob that is being fetched, or has been fetched by a pull that did not come to its end. */
export interface Draft {
  /** Open for reading and writing, and locked: no other process works on it. */
  readonly fd: number;
  /** Bytes that are there already. */
  readonly length: number;
}

/**
 * Compressed layers as registries have them, in `<root>/blobs`: `<hex>.part` while they come, `<hex>.whole` when all of
 * it is there, `<hex>` once an image has them. They are kept so that what was pulled can be pushed with the same digests:
 * compressing a layer anew gives other bytes. The image plugin removes those that are noted nowhere in `Distribution`.
 */
export class BlobStore {
  readonly #folder: string;

  constructor(root: string) {
    this.#folder = join(root, 'blobs');
  }

  /** Forgets what was given up a day ago, too. */
  prepare(): void {
    ensureStateFolder(this.#folder, 0o700);
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      if (UNFINISHED.test(name) && !isRecent(path)) rmSync(path, { force: true });
    }
  }

  /** The file of a whole blob, or undefined. */
  find(digest: string): string | undefined {
    return [this.#path(digest), this.#path(digest, '.whole')].find((path) => existsSync(path));
  }

  /** What there is of a blob, to go on with; undefined where another process is at it. */
  draft(digest: string): Draft | undefined {
    const path = this.#path(digest, '.part');
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW, 0o600);
    const isOurs = libc().flock(fd, LOCK_EX_NB) === 0 && existsSync(path);
    if (isOurs) return { fd, length: statSync(path).size };
    closeSync(fd);
    return undefined;
  }

  /** All of it has come, and is what its digest says. */
  whole(digest: string, { fd }: Draft): void {
    renameSync(this.#path(digest, '.part'), this.#path(digest, '.whole'));
    closeSync(fd);
  }

  /** Keeps what has come for the next try. */
  leave({ fd }: Draft): void {
    closeSync(fd);
  }

  /** Bytes that the disk has left. */
  room(): number {
    const { bavail, bsize } = statfsSync(this.#folder);
    return bavail * bsize;
  }

  /** Forgets what is not what it should be. */
  drop(digest: string, { fd }: Draft): void {
    rmSync(this.#path(digest, '.part'), { force: true });
    closeSync(fd);
  }

  /** Forgets a whole blob that is not what its digest says. */
  remove(digest: string): void {
    for (const state of ['', '.whole'] as const) rmSync(this.#path(digest, state), { force: true });
  }

  /** An image has this blob now. */
  keep(digest: string): void {
    const path = this.#path(digest, '.whole');
    if (existsSync(path)) renameSync(path, this.#path(digest));
  }

  #path(digest: string, state: '' | '.part' | '.whole' = ''): string {
    return join(this.#folder, digest.slice('sha256:'.length) + state);
  }
}

function isRecent(path: string): boolean {
  const mtime = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - mtime < DAY_MS;
}
