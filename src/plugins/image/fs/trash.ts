import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureStateFolder } from '../../../host/index.js';

const REMOVER = '/bin/rm';
/** Arguments of one call. */
const MAX_NAMES = 1000;

/** The folder for removed files and folders: one rename takes them out of use at once, whatever their size. */
export class Trash {
  readonly #folder: string;
  #isEmptying = false;
  /** Whether there may be more by the time that it has been emptied. */
  #isWanted = false;

  constructor(root: string) {
    this.#folder = join(root, 'trash');
  }

  prepare(): void {
    ensureStateFolder(this.#folder, 0o700);
  }

  put(path: string): void {
    renameSync(path, join(this.#folder, `${basename(path)}-${randomBytes(6).toString('hex')}`));
  }

  /**
   * Deletes what is in it, in a process that outlives this one; in one at a time. It follows no link and enters no mount.
   */
  empty(): void {
    this.#isWanted = true;
    if (this.#isEmptying) return;
    const names = this.#names().slice(0, MAX_NAMES);
    this.#isWanted = names.length === MAX_NAMES;
    if (names.length === 0) return;
    this.#isEmptying = true;
    const paths = names.map((name) => join(this.#folder, name));
    spawn(REMOVER, ['-rf', '--one-file-system', '--', ...paths], { env: {}, detached: true, stdio: 'ignore' })
      .on('error', () => this.#ended(1))
      .on('exit', (code) => this.#ended(code))
      .unref();
  }

  /** None where the root has been removed meanwhile. */
  #names(): string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder) : [];
  }

  /** What cannot be deleted is not tried again at once. */
  #ended(code: number | null): void {
    this.#isEmptying = false;
    if (this.#isWanted && code === 0) this.empty();
  }
}
