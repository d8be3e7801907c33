import { closeSync, constants, lstatSync, openSync } from 'node:fs';
import { type PathBytes, toPathBytes } from '../fs/index.js';
import { isUsual, type LayerFolder } from './attributes.js';
import { LayerPaths, type LayerTree, readlink, TooMuchWork } from './layer-paths.js';
import { PlainFolder } from './plain-folder.js';

const ETC = 'etc';
/** What the engine mounts over, or has put there, in `/etc`. */
const ETC_FILES = ['hosts', 'hostname', 'resolv.conf'];
const OF_ENGINE = new Set(['dev', 'proc', 'sys']);
const OTHERS_MAY_ENTER = 0o001n;
/** Failures of steps that contradict each other, or lead too deep. */
const NOT_AS_MEANT = new Set(['EEXIST', 'ELOOP', 'EMLINK', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR']);

/**
 * What an image has above its layers and the init layer, where they alone would show something else than the image means:
 * a directory that a layer does not name is as lower layers have it, or is the link that they have in its place, and `/etc`
 * is as the image has it. Nothing, for most images.
 */
export class Overrides {
  readonly #paths: LayerPaths;
  readonly #folders = new Map<PathBytes, LayerFolder>();
  readonly #links = new Map<PathBytes, PathBytes>();
  readonly #files = new Set<PathBytes>();
  /** Trees of layers, by the paths at which they are to be seen. */
  readonly #moved: { readonly from: PathBytes; readonly to: PathBytes }[] = [];

  /** @param layers highest first */
  constructor(layers: readonly LayerTree[]) {
    this.#paths = new LayerPaths(layers);
    for (const path of new Set(layers.flatMap(({ implied }) => [...implied]).sort())) this.#implied(path);
    this.#etc();
  }

  get areNone(): boolean {
    return this.#folders.size === 0 && this.#links.size === 0;
  }

  /** Makes them in an empty folder. */
  makeIn(path: string): void {
    const root = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      this.#make(new PlainFolder(root, (characters) => this.#paths.spend(characters)));
    } finally {
      closeSync(root);
    }
  }

  #make(root: PlainFolder): void {
    const folders = [...this.#folders].sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [path] of folders) root.makeFolder(path);
    for (const { from, to } of this.#moved) root.merge(from, to);
    for (const path of this.#files) root.makeFile(path);
    for (const [path, target] of this.#links) root.makeLink(path, target);
    for (const [path, folder] of folders) root.copyAttributes(folder, path);
    for (const [path, folder] of folders.reverse()) root.copyTime(folder, path);
  }

  /** A directory that a layer does not name. */
  #implied(path: PathBytes): void {
    if (path === '' || OF_ENGINE.has(firstOf(path)) || this.#isBelowLink(path)) return;
    const { stat, at } = this.#paths.entry(path);
    if (!stat?.isDirectory()) return;
    if (this.#paths.isImplied(path)) this.#overLink(path);
    const source = this.#paths.sourceOf(path);
    if (source && source.at !== at && !isSame(source, { stat, at })) this.#addFolder(path);
  }

  /** All that layers have in it belongs to where the link of lower layers leads. */
  #overLink(path: PathBytes): void {
    const below = this.#paths.below(this.#paths.lowestOwner(path));
    const link = below.entry(path);
    const target = link.stat?.isSymbolicLink() ? below.folder(path) : undefined;
    if (!target || OF_ENGINE.has(firstOf(target))) return;
    this.#addFolder(target);
    this.#addLink(path, readlink(link.at));
    for (const from of this.#paths.entry(path).directories.toReversed()) this.#moved.push({ from, to: target });
  }

  #etc(): void {
    const { stat, at } = this.#paths.entry(ETC);
    if (stat?.isDirectory() && !this.#links.has(ETC)) {
      const source = this.#paths.sourceOf(ETC) ?? { stat, at };
      if (!isUsual(source)) this.#addFolder(ETC);
    }
    const target = stat?.isSymbolicLink() ? this.#paths.folder(ETC) : undefined;
    if (!target || OF_ENGINE.has(firstOf(target))) return;
    this.#addFolder(target);
    this.#addLink(ETC, readlink(at));
    for (const name of ETC_FILES) {
      const file = `${target}/${name}`;
      if (!this.#paths.entry(file).stat?.isFile()) this.#files.add(file);
    }
  }

  /** With the directories above it. */
  #addFolder(path: PathBytes): void {
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const folder = end < 0 ? path : path.slice(0, end);
      const source = this.#paths.sourceOf(folder);
      if (source) this.#folders.set(folder, source);
      if (end < 0) return;
    }
  }

  #addLink(path: PathBytes, target: PathBytes): void {
    if (path.includes('/')) this.#addFolder(path.slice(0, path.lastIndexOf('/')));
    this.#links.set(path, target);
  }

  #isBelowLink(path: PathBytes): boolean {
    for (let end = path.lastIndexOf('/'); end > 0 && this.#links.size > 0; end = path.lastIndexOf('/', end - 1)) {
      if (this.#links.has(path.slice(0, end))) return true;
    }
    return false;
  }
}

/**
 * What an image has above its layers counts as nothing where it takes too much work, or cannot be made: its layers then show
 * what they show.
 */
export function unlessAbsurd(make: () => string | undefined): string | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof TooMuchWork || NOT_AS_MEANT.has((error as { code?: string }).code ?? '')) return undefined;
    throw error;
  }
}

/**
 * The folder whose attributes the root of an image has; undefined where they are the usual ones. A root that only its owner may enter
 * is the temporary folder of whoever made the archive: it would shut all other users out, and counts as a usual one, as with Docker.
 * @param layers highest first
 */
export function rootOf(layers: readonly LayerTree[]): LayerFolder | undefined {
  const named = layers.find(({ implied }) => !implied.has(''));
  if (!named) return undefined;
  const root = { at: toPathBytes(named.path), stat: lstatSync(named.path, { bigint: true }) };
  const mayBeEntered = (root.stat.mode & OTHERS_MAY_ENTER) !== 0n;
  return isUsual(root) || !mayBeEntered ? undefined : root;
}

function firstOf(path: PathBytes): PathBytes {
  return path.split('/', 1)[0] ?? '';
}

function isSame(one: LayerFolder, other: LayerFolder): boolean {
  const { mode, uid, gid } = other.stat;
  return one.stat.mode === mode && one.stat.uid === uid && one.stat.gid === gid && isUsual(one) === isUsual(other);
}
