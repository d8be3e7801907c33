import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureStateFolder, ifThere, isDiskNearlyFull, libc } from '../../../host/index.js';
import { fileDigest } from './file-digest.js';
import { PartialBlob } from './partial-blob.js';

const LOCK_EX_NB = 2 | 4;
const DAY_MS = 24 * 60 * 60 * 1000;
const UNFINISHED = /^[0-9a-f]{64}\.(?:[0-9a-f]{16}\.)?(?:part|whole)$/;

/**
 * Compressed layers as registries have them, in `<root>/blobs`: `<hex>.<registry>.part` while they come, `<hex>.whole`
 * when all of it is there, `<hex>` once an image has them. Only the digest of a whole blob can be checked: therefore a
 * part belongs to the registry that it came from, and is never continued with another one's bytes. Blobs are kept so that
 * pulled images can be pushed with the same digests: compressing a layer again gives other bytes. The image plugin removes
 * those that `Distribution` does not record.
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

  /** Whether all of a blob is here. */
  has(digest: string): boolean {
    return this.#paths(digest).some((path) => existsSync(path));
  }

  /** Opens a whole blob, to be closed; undefined where there is none. */
  async open(digest: string): Promise<FileHandle | undefined> {
    for (const path of this.#paths(digest)) {
      try {
        return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    return undefined;
  }

  /**
   * Opens the part of a blob that is on disk, to continue it; undefined where another process is fetching it.
   * @param registry its host
   */
  openPartial(digest: string, registry: string): PartialBlob | undefined {
    const path = this.#path(digest, `.${createHash('sha256').update(registry).digest('hex').slice(0, 16)}.part`);
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW, 0o600);
    const isOurs =
      libc().flock(fd, LOCK_EX_NB) === 0 && statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(fd).ino;
    if (isOurs) return new PartialBlob(path, fd, fstatSync(fd).size);
    closeSync(fd);
    return undefined;
  }

  /** Marks a blob as whole: all of it has come, and its digest is right. */
  complete(digest: string, partial: PartialBlob): void {
    partial.complete(this.#path(digest, '.whole'));
  }

  /** Takes a whole blob over from a file of the same disk, unless the disk is nearly full. */
  async adopt(file: string, digest: string): Promise<void> {
    if (isDiskNearlyFull(this.#folder)) return;
    await using opened = await open(file, 'r');
    await opened.datasync();
    renameSync(file, this.#path(digest, '.whole'));
  }

  /** Free bytes of the disk. */
  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#folder);
    return bavail * bsize;
  }

  /** Deletes a whole blob, if its digest is wrong. @returns whether it was */
  async removeIfDamaged(digest: string): Promise<boolean> {
    const file = await this.open(digest);
    if (file === undefined || `sha256:${await fileDigest(file)}` === digest) return false;
    for (const path of this.#paths(digest)) rmSync(path, { force: true });
    return true;
  }

  /** Moves a whole blob to its final name, when an image has it. */
  commit(digest: string): void {
    ifThere(() => renameSync(this.#path(digest, '.whole'), this.#path(digest)));
  }

  /** Where a whole blob may be. Another process may move it from the second to the first meanwhile. */
  #paths(digest: string): readonly string[] {
    const committed = this.#path(digest);
    return [committed, this.#path(digest, '.whole'), committed];
  }

  #path(digest: string, ending = ''): string {
    return join(this.#folder, digest.slice('sha256:'.length) + ending);
  }
}

function isRecent(path: string): boolean {
  const mtime = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - mtime < DAY_MS;
}
