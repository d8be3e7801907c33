import { realpathSync } from 'node:fs';
import { fsPath, type PathBytes } from './path-bytes.js';

/** Finds the paths of an archive that lead through links of the same archive: few, if any. */
export class LinkedPaths {
  readonly #links = new Set<PathBytes>();
  #lastParent: PathBytes = '';
  #lastIsPlain = true;

  add(link: PathBytes): void {
    this.#links.add(this.resolve(link));
    this.#lastParent = '';
    this.#lastIsPlain = true;
  }

  /** Where a path leads, relative to the root; a link at its very end is not followed. */
  resolve(path: PathBytes): PathBytes {
    const slash = path.lastIndexOf('/');
    const parent = path.slice(0, Math.max(0, slash));
    if (this.#isPlain(parent)) return path;
    const real = realpathSync(fsPath(`/${parent}`), { encoding: 'latin1' });
    return `${real}/${path.slice(slash + 1)}`.replace(/^\/+/, '');
  }

  /** Remembered for the next path, which mostly has the same parent. */
  #isPlain(parent: PathBytes): boolean {
    if (this.#links.size === 0 || parent === '') return true;
    if (parent !== this.#lastParent) {
      this.#lastParent = parent;
      this.#lastIsPlain = !this.#hasLink(parent);
    }
    return this.#lastIsPlain;
  }

  #hasLink(path: PathBytes): boolean {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (this.#links.has(path.slice(0, end))) return true;
    }
    return false;
  }
}
