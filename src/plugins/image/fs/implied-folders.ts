import { lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import type { LinkedPaths } from './linked-paths.js';
import { fsPath, type PathBytes } from './path-bytes.js';
import { isWhiteout, makeOpaque } from './whiteouts.js';

const MODE = 0o755;
const ATTEMPTS = 4;

/** Of an image. What has more is made by no habit of a program, and stays as it was made. */
export const MAX_IMPLIED_BYTES = 256 * 1024;

/**
 * The directories of a layer that only the paths of other entries name, '' for the root: lower layers say how they are.
 * Paths are those of a process whose root is the layer.
 */
export class ImpliedFolders {
  readonly #paths = new Set<PathBytes>(['']);

  /** @param links of the layer */
  constructor(private readonly links: LinkedPaths) {}

  /** Without those below the root where they are too many. */
  get paths(): readonly PathBytes[] {
    let bytes = 0;
    for (const { length } of this.#paths) bytes += length + 1;
    return bytes > MAX_IMPLIED_BYTES ? [...this.#paths].filter((path) => path === '') : [...this.#paths];
  }

  /** Makes a directory, and those above it. */
  make(path: PathBytes): void {
    for (let attempt = 1; ; attempt++) {
      try {
        mkdirSync(fsPath(path), MODE);
        this.#paths.add(this.links.resolve(path));
        return;
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === 'EEXIST') {
          replaceWhiteout(path);
          return;
        }
        const slash = path.lastIndexOf('/');
        if (attempt === ATTEMPTS || slash <= 0 || (code !== 'ENOENT' && code !== 'ENOTDIR')) throw error;
        this.make(path.slice(0, slash));
      }
    }
  }

  /** The directory has an entry of its own. */
  named(path: PathBytes): void {
    if (this.#paths.size > 0) this.#paths.delete(path === '' ? '' : this.links.resolve(path));
  }

  /** The directory is gone, and all in it. */
  removed(path: PathBytes): void {
    const removed = this.links.resolve(path);
    for (const one of this.#paths) if (one === removed || one.startsWith(`${removed}/`)) this.#paths.delete(one);
  }
}

/** The directory hides what the whiteout did, which came before what is in it. */
function replaceWhiteout(path: PathBytes): void {
  if (!isWhiteout(lstatSync(fsPath(path)), path)) return;
  unlinkSync(fsPath(path));
  mkdirSync(fsPath(path), MODE);
  makeOpaque(path);
}
