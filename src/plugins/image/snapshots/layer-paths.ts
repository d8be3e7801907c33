import { lstatSync, readlinkSync } from 'node:fs';
import { fsPath, type PathBytes, toPathBytes } from '../fs/index.js';
import type { LayerFolder } from './attributes.js';
import { type LowerEntry, lookUp } from './merged-layers.js';

/** A layer as it lies on the disk. */
export interface LayerTree {
  readonly path: string;
  /** Directories, '' for the root, that it has only because something in them is named. */
  readonly implied: ReadonlySet<PathBytes>;
}

const MAX_LINKS = 40;
/** Characters of the paths that are looked at: more than a hundred thousand usual ones, a second at most. */
const MOST_WORK = 16 * 2 ** 20;

/** No image needs as much, unless somebody made it for that. */
export class TooMuchWork extends Error {}

/**
 * Looks up paths in layers as overlayfs does, each path once. All is done in one turn of the engine, so that there is an end to it.
 * @throws TooMuchWork
 */
export class LayerPaths {
  readonly #known = new Map<PathBytes, LowerEntry>();
  readonly #indexes: ReadonlyMap<PathBytes, number>;

  /** @param layers highest first. @param work that has been done already */
  constructor(
    private readonly layers: readonly LayerTree[],
    private readonly work = { done: 0 },
  ) {
    const directories = layers.map((layer) => toPathBytes(layer.path));
    this.#known.set('', { stat: undefined, at: '', directories });
    this.#indexes = new Map(directories.map((directory, index) => [directory, index]));
  }

  spend(characters: number): void {
    this.work.done += characters;
    if (this.work.done > MOST_WORK) throw new TooMuchWork();
  }

  entry(path: PathBytes): LowerEntry {
    this.spend(path.length);
    const known = this.#known.get(path);
    if (known) return known;
    const slash = path.lastIndexOf('/');
    const { directories } = this.entry(path.slice(0, Math.max(0, slash)));
    for (const directory of directories) this.spend(directory.length + path.length - slash);
    const entry = lookUp(directories, path.slice(slash + 1));
    this.#known.set(path, entry);
    return entry;
  }

  /** Whether no layer names the directory of a path. */
  isImplied(path: PathBytes): boolean {
    return this.entry(path).directories.every((directory) => this.#isImplied(directory, path));
  }

  /** The lowest layer, by index, that has a part in the directory of a path. */
  lowestOwner(path: PathBytes): number {
    return this.#ownerOf(this.entry(path).directories.at(-1) ?? '', path);
  }

  /** Those of the layers below one. */
  below(index: number): LayerPaths {
    this.spend(this.layers.length);
    return new LayerPaths(this.layers.slice(index + 1), this.work);
  }

  /** The directory that says how the one of a path is: of the highest layer that names it, else of the highest. */
  sourceOf(path: PathBytes): LayerFolder | undefined {
    const { directories } = this.entry(path);
    const at = directories.find((directory) => !this.#isImplied(directory, path)) ?? directories[0];
    return at === undefined ? undefined : { at, stat: lstatSync(fsPath(at), { bigint: true }) };
  }

  /** Where a path leads, if that is a directory below the root. Links stay inside of the layers. */
  folder(path: PathBytes): PathBytes | undefined {
    const done: PathBytes[] = [];
    let links = 0;
    for (const pending = path.split('/').reverse(); pending.length > 0; ) {
      const name = pending.pop() ?? '';
      if (name === '..') done.pop();
      if (['', '.', '..'].includes(name)) continue;
      const { stat, at } = this.entry([...done, name].join('/'));
      if (stat?.isSymbolicLink() && ++links <= MAX_LINKS) {
        const target = readlink(at);
        if (target.startsWith('/')) done.length = 0;
        pending.push(...target.split('/').reverse());
      } else if (stat?.isDirectory()) done.push(name);
      else return undefined;
    }
    return done.join('/') || undefined;
  }

  #isImplied(directory: PathBytes, path: PathBytes): boolean {
    this.spend(path.length);
    return this.layers[this.#ownerOf(directory, path)]?.implied.has(path) ?? false;
  }

  #ownerOf(directory: PathBytes, path: PathBytes): number {
    return this.#indexes.get(directory.slice(0, -path.length - 1)) ?? -1;
  }
}

export function readlink(path: PathBytes): PathBytes {
  return readlinkSync(fsPath(path), { encoding: 'latin1' });
}
