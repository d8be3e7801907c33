import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureStateFolder } from '../../../host/index.js';

const REMOVER = '/bin/rm';

/** The folder for removed files and folders: one rename takes them out of use at once, whatever their size. */
export class Trash {
  readonly #folder: string;

  constructor(root: string) {
    this.#folder = join(root, 'trash');
  }

  prepare(): void {
    ensureStateFolder(this.#folder, 0o700);
  }

  put(path: string): void {
    renameSync(path, join(this.#folder, `${basename(path)}-${randomBytes(6).toString('hex')}`));
  }

  /** Deletes what is in it, in a process that outlives this one. It follows no link and enters no mount. */
  empty(): void {
    const names = readdirSync(this.#folder);
    if (names.length === 0) return;
    const paths = names.map((name) => join(this.#folder, name));
    spawn(REMOVER, ['-rf', '--one-file-system', '--', ...paths], { env: {}, detached: true, stdio: 'ignore' })
      .on('error', () => undefined)
      .unref();
  }
}
