import { closeSync, renameSync, rmSync } from 'node:fs';

/** A blob that is being fetched, or that an interrupted pull has fetched in part. Open and locked until `close`. */
export class PartialBlob {
  #isThere = true;

  /**
   * @param fd open for reading and writing, and locked: no other process works on it
   * @param length bytes on disk
   */
  constructor(
    private readonly path: string,
    readonly fd: number,
    readonly length: number,
  ) {}

  /** Gives it the path of a whole blob: all of it has come, and its digest is right. */
  complete(whole: string): void {
    renameSync(this.path, whole);
    this.#isThere = false;
  }

  /** Deletes it: its content is wrong, or there is no room for the rest. */
  discard(): void {
    if (this.#isThere) rmSync(this.path, { force: true });
    this.#isThere = false;
  }

  /** Leaves what is there to the next attempt. */
  close(): void {
    closeSync(this.fd);
  }
}
