import { chmodSync, closeSync, constants, fstatSync, mkdirSync, openSync, type Stats } from 'node:fs';
import { fsPath, type PathBytes } from './path-bytes.js';
import { openBeneath } from './syscalls.js';

/** Where the files of an archive are made. */
export interface Places {
  /** A path of this process. What is above it has to be there. */
  at(path: PathBytes): PathBytes;
  /** Makes folders that are missing, with all above them. */
  makeFolder(path: PathBytes, mode: number): void;
  /** @returns false where `isExpected` says that somebody has put something else there: then nothing is changed */
  setMode(path: PathBytes, mode: number, isExpected: (stats: Stats) => boolean): boolean;
}

/** Below the working directory of a process whose root keeps links and `..` inside. */
export const PLACES_OF_ROOT: Places = {
  at: (path) => path,
  makeFolder: (path, mode) => mkdirSync(fsPath(path), { recursive: true, mode }),
  setMode: (path, mode) => {
    chmodSync(fsPath(path), mode);
    return true;
  },
};

/** Looks without touching: what is opened this way may be a link or a pipe. */
const O_PATH = 0o1000_0000;

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY;
/** Folders that are kept open. */
const MOST_OPEN = 64;

/** Below an open folder, wherever this process's root is: no part of a path may be a link. */
export class PlainPlaces implements Places {
  readonly #open = new Map<PathBytes, number>();

  constructor(private readonly root: number) {}

  /** Valid until the sixty-fourth call after this one. @throws SystemError `ENOENT`, `ELOOP`, `ENOTDIR` */
  at(path: PathBytes): PathBytes {
    const slash = path.lastIndexOf('/');
    return `/proc/self/fd/${this.#folder(path.slice(0, Math.max(0, slash)))}/${path.slice(slash + 1)}`;
  }

  makeFolder(path: PathBytes, mode: number): void {
    const parts = path.split('/');
    for (let count = 1; count <= parts.length; count++) {
      try {
        mkdirSync(fsPath(this.at(parts.slice(0, count).join('/'))), { mode });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  setMode(path: PathBytes, mode: number, isExpected: (stats: Stats) => boolean): boolean {
    const fd = openSync(fsPath(this.at(path)), O_PATH | constants.O_NOFOLLOW);
    try {
      if (!isExpected(fstatSync(fd))) return false;
      chmodSync(`/proc/self/fd/${fd}`, mode);
      return true;
    } finally {
      closeSync(fd);
    }
  }

  #folder(path: PathBytes): number {
    if (path === '') return this.root;
    const known = this.#open.get(path);
    if (known !== undefined) {
      // The folder that was used least recently is the first to be closed.
      this.#open.delete(path);
      this.#open.set(path, known);
      return known;
    }
    const fd = openBeneath(this.root, path, FOLDER);
    this.#open.set(path, fd);
    for (const [oldest, descriptor] of this.#open) {
      if (this.#open.size <= MOST_OPEN) break;
      this.#open.delete(oldest);
      closeSync(descriptor);
    }
    return fd;
  }
}
