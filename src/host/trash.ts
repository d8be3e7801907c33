import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { namesIn } from './files.js';
import { ensureStateFolder } from './state-folder.js';

const REMOVER = '/bin/rm';

/**
 * The folder for what is removed, one for the whole engine: a rename takes files and folders out of use at once, whatever
 * their size. Names begin with a prefix of their owner, who sees only its own, and empties it after what a killed process
 * has left.
 */
export class Trash {
  readonly #folder: string;

  /**
   * @param prefix `layer-`; an empty one sees all
   * @param formerNames what the owner's names were like in earlier versions
   */
  constructor(
    root: string,
    private readonly prefix: string,
    private readonly formerNames?: RegExp,
  ) {
    this.#folder = join(root, 'trash');
  }

  /** Moves a file or folder into it. @returns its path there @throws the error of `rename` */
  put(path: string, name = `${basename(path)}-${randomBytes(6).toString('hex')}`): string {
    ensureStateFolder(this.#folder, 0o700);
    const entry = join(this.#folder, this.prefix + name);
    renameSync(path, entry);
    return entry;
  }

  /** The paths of what the owner has in it. */
  entries(): string[] {
    const isOwn = (name: string): boolean => name.startsWith(this.prefix) || this.formerNames?.test(name) === true;
    return namesIn(this.#folder)
      .filter(isOwn)
      .map((name) => join(this.#folder, name));
  }

  /** Resolves when an entry is deleted, and its space is free. */
  async delete(entry: string): Promise<void> {
    await rm(entry, { recursive: true, force: true });
  }

  /** Deletes the owner's entries, in a process that outlives this one. It follows no link and enters no mount. */
  empty(): void {
    ensureStateFolder(this.#folder, 0o700);
    const entries = this.entries();
    if (entries.length === 0) return;
    spawn(REMOVER, ['-rf', '--one-file-system', '--', ...entries], { env: {}, detached: true, stdio: 'ignore' })
      .on('error', () => undefined)
      .unref();
  }
}
