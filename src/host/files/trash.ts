import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { removeTree } from './deep-paths.js';
import { namesIn } from './if-there.js';
import { ensureStateFolder, kindAt } from './state-folder.js';

const REMOVER = '/bin/rm';
/** Arguments of one call. */
const MAX_ENTRIES = 1000;

/**
 * The folder for what is removed, one for the whole engine: a rename takes files and folders out of use at once, whatever
 * their size. Names begin with a prefix of their owner, who sees only its own, and empties it after what a killed process
 * has left.
 */
export class Trash {
  readonly #folder: string;
  #isEmptying = false;
  /** Whether there may be more by the time that it has been emptied. */
  #isWanted = false;

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
    await removeTree(entry);
  }

  /**
   * Deletes the owner's entries, in a process that outlives this one; in one at a time. It follows no link and enters no
   * mount.
   */
  empty(): void {
    this.#isWanted = true;
    if (this.#isEmptying) return;
    ensureStateFolder(this.#folder, 0o700);
    const entries = this.entries().slice(0, MAX_ENTRIES);
    this.#isWanted = entries.length === MAX_ENTRIES;
    if (entries.length === 0) return;
    this.#isEmptying = true;
    spawn(REMOVER, ['-rf', '--one-file-system', '--', ...entries], { env: {}, detached: true, stdio: 'ignore' })
      .on('error', () => this.#ended(1))
      .on('exit', (code) => this.#ended(code))
      .unref();
  }

  /** What cannot be deleted is not tried again at once; nothing is made again in a root that has been removed meanwhile. */
  #ended(code: number | null): void {
    this.#isEmptying = false;
    if (this.#isWanted && code === 0 && kindAt(this.#folder)) this.empty();
  }
}
