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
import { ensureStateFolder, libc } from '../../../host/index.js';

const LOCK_EX_NB = 2 | 4;
const DAY_MS = 24 * 60 * 60 * 1000;
const UNFINISHED = /^[0-9a-f]{64}\.(?:part|whole)$/;

/** A blob that is being fetched, or that an interrupted pull has fetched in part. */
export interface PartialBlob {
  /** Open for reading and writing, and locked: no other process works on it. */
  readonly fd: number;
  /** Bytes on disk. */
  readonly length: number;
}

/**
 * Compressed layers as registries have them, in `<root>/blobs`: `<hex>.part` while they come, `<hex>.whole` when all of
 * it is there, `<hex>` once an image has them. They are kept so that pulled images can be pushed with the same digests:
 * compressing a layer again gives other bytes. The image plugin removes those that `Distribution` does not record.
 */
export class BlobStore {
  readonly #folder: string;

  constructor(root: string) {
    this.#folder = join(root, 'blobs');
  }

  /** Makes the folder, and deletes partial blobs that are older than a day. */
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

  /** Opens the part of a blob that is on disk, to continue it; undefined where another process is fetching it. */
  openPartial(digest: string): PartialBlob | undefined {
    const path = this.#path(digest, '.part');
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW, 0o600);
    const isOurs = libc().flock(fd, LOCK_EX_NB) === 0 && existsSync(path);
    if (isOurs) return { fd, length: statSync(path).size };
    closeSync(fd);
    return undefined;
  }

  /** Marks a blob as whole: all of it has come, and its digest is right. */
  complete(digest: string, { fd }: PartialBlob): void {
    renameSync(this.#path(digest, '.part'), this.#path(digest, '.whole'));
    closeSync(fd);
  }

  /** Keeps the fetched part for the next attempt. */
  closePartial({ fd }: PartialBlob): void {
    closeSync(fd);
  }

  /** Free bytes of the disk. */
  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#folder);
    return bavail * bsize;
  }

  /** Deletes a part whose content is wrong. */
  discardPartial(digest: string, { fd }: PartialBlob): void {
    rmSync(this.#path(digest, '.part'), { force: true });
    closeSync(fd);
  }

  /** Deletes a whole blob whose digest is wrong. */
  remove(digest: string): void {
    for (const state of ['', '.whole'] as const) rmSync(this.#path(digest, state), { force: true });
  }

  /** Moves a whole blob to its final name, when an image has it. */
  commit(digest: string): void {
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
