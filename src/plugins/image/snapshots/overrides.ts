import { linkSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fsPath, isOpaque, makeOpaque, namesIn, type PathBytes, toPathBytes } from '../fs/index.js';
import { copyAttributes, copyTime, isUsual, type LayerFolder } from './attributes.js';
import { type LowerEntry, lookUp } from './merged-layers.js';

/** A layer as it lies on the disk. */
export interface LayerTree {
  readonly path: string;
  /** Directories, '' for the root, that it has only because something in them is named. */
  readonly implied: ReadonlySet<PathBytes>;
}

const ETC = 'etc';
/** What the engine mounts over, or has put there, in `/etc`. */
const ETC_FILES = ['hosts', 'hostname', 'resolv.conf'];
const OF_ENGINE = new Set(['dev', 'proc', 'sys']);
const MAX_LINKS = 40;
const OTHERS_MAY_ENTER = 0o001n;

/**
 * What an image has above its layers and the init layer, where they alone would show something else than the image means:
 * a directory that a layer does not name is as lower layers have it, or is the link that they have in its place, and `/etc`
 * is as the image has it. Nothing, for most images.
 * @see overridesFor
 */
export class Overrides {
  readonly #folders = new Map<PathBytes, LayerFolder>();
  readonly #links = new Map<PathBytes, PathBytes>();
  readonly #files = new Set<PathBytes>();
  /** Trees of layers, by the paths at which they are to be seen. */
  readonly #moved: { readonly from: PathBytes; readonly to: PathBytes }[] = [];

  /** @param layers highest first */
  constructor(private readonly layers: readonly LayerTree[]) {
    for (const path of new Set(layers.flatMap(({ implied }) => [...implied]).sort())) this.#implied(path);
    this.#etc();
  }

  get areNone(): boolean {
    return this.#folders.size === 0 && this.#links.size === 0;
  }

  /** Makes them in an empty folder. */
  makeIn(root: string): void {
    const at = (path: PathBytes): PathBytes => `${toPathBytes(root)}/${path}`;
    const folders = [...this.#folders].sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [path] of folders) mkdirSync(fsPath(at(path)));
    for (const { from, to } of this.#moved) mergeTree(from, at(to));
    for (const path of this.#files) writeFileSync(fsPath(at(path)), '', { mode: 0o644 });
    for (const [path, target] of this.#links) symlinkSync(fsPath(target), fsPath(at(path)));
    for (const [path, folder] of folders) copyAttributes(folder, at(path));
    for (const [path, folder] of folders.reverse()) copyTime(folder, at(path));
  }

  /** A directory that a layer does not name. */
  #implied(path: PathBytes): void {
    if (path === '' || OF_ENGINE.has(firstOf(path)) || this.#isBelowLink(path)) return;
    const { stat, at, directories } = entryAt(this.layers, path);
    if (!stat?.isDirectory()) return;
    const owners = directories.map((directory) => this.layers.findIndex((layer) => placeIn(layer, path) === directory));
    if (owners.every((index) => this.layers[index]?.implied.has(path))) this.#overLink(path, owners);
    const source = this.#sourceOf(path);
    if (source && source.at !== at && !isSame(source, { stat, at })) this.#addFolder(path);
  }

  /** All that layers have in it belongs to where the link of lower layers leads. */
  #overLink(path: PathBytes, owners: readonly number[]): void {
    const below = this.layers.slice((owners.at(-1) ?? 0) + 1);
    const link = entryAt(below, path);
    const target = link.stat?.isSymbolicLink() ? folderAt(below, path) : undefined;
    if (!target || OF_ENGINE.has(firstOf(target))) return;
    this.#addFolder(target);
    this.#addLink(path, readlink(link.at));
    for (const index of owners.toReversed()) {
      this.#moved.push({ from: placeIn(this.layers[index] as LayerTree, path), to: target });
    }
  }

  #etc(): void {
    const { stat, at } = entryAt(this.layers, ETC);
    if (stat?.isDirectory() && !this.#links.has(ETC)) {
      const source = this.#sourceOf(ETC) ?? { stat, at };
      if (!isUsual(source)) this.#addFolder(ETC);
    }
    const target = stat?.isSymbolicLink() ? folderAt(this.layers, ETC) : undefined;
    if (!target || OF_ENGINE.has(firstOf(target))) return;
    this.#addFolder(target);
    this.#addLink(ETC, readlink(at));
    for (const name of ETC_FILES) {
      const file = `${target}/${name}`;
      if (!entryAt(this.layers, file).stat?.isFile()) this.#files.add(file);
    }
  }

  /** With the directories above it. */
  #addFolder(path: PathBytes): void {
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const folder = end < 0 ? path : path.slice(0, end);
      const source = this.#sourceOf(folder);
      if (source) this.#folders.set(folder, source);
      if (end < 0) return;
    }
  }

  #addLink(path: PathBytes, target: PathBytes): void {
    if (path.includes('/')) this.#addFolder(path.slice(0, path.lastIndexOf('/')));
    this.#links.set(path, target);
  }

  #isBelowLink(path: PathBytes): boolean {
    return [...this.#links.keys()].some((link) => path.startsWith(`${link}/`));
  }

  /** The directory that says how the one of a path is: of the highest layer that names it, else of the highest. */
  #sourceOf(path: PathBytes): LayerFolder | undefined {
    const { directories } = entryAt(this.layers, path);
    const isNamed = (directory: PathBytes): boolean =>
      this.layers.some((layer) => placeIn(layer, path) === directory && !layer.implied.has(path));
    const at = directories.find(isNamed) ?? directories[0];
    return at === undefined ? undefined : { at, stat: lstatSync(fsPath(at), { bigint: true }) };
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

function placeIn({ path }: LayerTree, name: PathBytes): PathBytes {
  return `${toPathBytes(path)}/${name}`;
}

function firstOf(path: PathBytes): PathBytes {
  return path.split('/', 1)[0] ?? '';
}

function isSame(one: LayerFolder, other: LayerFolder): boolean {
  const { mode, uid, gid } = other.stat;
  return one.stat.mode === mode && one.stat.uid === uid && one.stat.gid === gid && isUsual(one) === isUsual(other);
}

function entryAt(layers: readonly LayerTree[], path: PathBytes): LowerEntry {
  let entry: LowerEntry = { stat: undefined, at: '', directories: layers.map((layer) => toPathBytes(layer.path)) };
  for (const name of path.split('/')) entry = lookUp(entry.directories, name);
  return entry;
}

/** Where a path leads, if that is a directory below the root. Links stay inside of the layers. */
function folderAt(layers: readonly LayerTree[], path: PathBytes): PathBytes | undefined {
  const done: PathBytes[] = [];
  let links = 0;
  for (const pending = path.split('/'); pending.length > 0; ) {
    const name = pending.shift() ?? '';
    if (name === '..') done.pop();
    if (['', '.', '..'].includes(name)) continue;
    const { stat, at } = entryAt(layers, [...done, name].join('/'));
    if (stat?.isSymbolicLink() && ++links <= MAX_LINKS) {
      const target = readlink(at);
      if (target.startsWith('/')) done.length = 0;
      pending.unshift(...target.split('/'));
    } else if (stat?.isDirectory()) done.push(name);
    else return undefined;
  }
  return done.join('/') || undefined;
}

function readlink(path: PathBytes): PathBytes {
  return readlinkSync(fsPath(path), { encoding: 'latin1' });
}

/** Adds a tree to another one, its files as links; what is in its place already goes. */
function mergeTree(from: PathBytes, to: PathBytes): void {
  for (const name of namesIn(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    const stat = lstatSync(fsPath(source), { bigint: true });
    const existing = lstatSync(fsPath(target), { throwIfNoEntry: false });
    const areFolders = stat.isDirectory() && existing?.isDirectory();
    if (existing && !areFolders) rmSync(fsPath(target), { recursive: true });
    if (!stat.isDirectory()) linkSync(fsPath(source), fsPath(target));
    else {
      if (!areFolders) mkdirSync(fsPath(target));
      if (isOpaque(source)) makeOpaque(target);
      mergeTree(source, target);
      copyAttributes({ stat, at: source }, target);
      copyTime({ stat, at: source }, target);
    }
  }
}
