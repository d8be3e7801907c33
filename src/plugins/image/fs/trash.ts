import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureStateFolder } from '../../../host/index.js';

const REMOVER = '/bin/rm';
const PREFIX = 'layer-';
/** The names that earlier versions gave. */
const UNPREFIXED = /^([0-9a-f]{64}|\.tmp-.*|top)-[0-9a-f]{12}$/;

/**
 * The folder for removed files and folders: one rename takes them out of use at once, whatever their size. Containers
 * and volumes have theirs in the same folder, and look after them.
 */
export class Trash {
  readonly #folder: string;

  constructor(root: string) {
    this.#folder = join(root, 'trash');
  }

  prepare(): void {
    ensureStateFolder(this.#folder, 0o700);
  }

  put(path: string): void {
    renameSync(path, join(this.#folder, `${PREFIX}${basename(path)}-${randomBytes(6).toString('hex')}`));
  }

  /** Deletes what `put` has put there, in a process that outlives this one. It follows no link and enters no mount. */
  empty(): void {
    const isOwn = (name: string): boolean => name.startsWith(PREFIX) || UNPREFIXED.test(name);
    const names = readdirSync(this.#folder).filter(isOwn);
    if (names.length === 0) return;
    const paths = names.map((name) => join(this.#folder, name));
    spawn(REMOVER, ['-rf', '--one-file-system', '--', ...paths], { env: {}, detached: true, stdio: 'ignore' })
      .on('error', () => undefined)
      .unref();
  }
}
