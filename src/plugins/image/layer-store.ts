import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statfsSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { GantryError } from '../../kernel/index.js';
import { type Extracted, extract } from './extract.js';
import { syncFilesystem } from './native.js';
import { abandonedFolders, lock, makeTempFolder, share, type TempFolder } from './temp-folder.js';
import { fillTopLayer } from './top-layer.js';
import { Trash } from './trash.js';
import { Unpackers } from './unpackers.js';

const HEX = /^[0-9a-f]{64}$/;
/** No image that runs is larger. */
const MAX_ARCHIVE_BYTES = 64 * 2 ** 30;

/** A layer that has been unpacked and has no place yet. */
export interface NewLayer extends Extracted {
  readonly folder: TempFolder;
  readonly recipe: TempFolder;
}

/**
 * Unpacked layers: `<root>/layers/<hex of the diff id>`, and `<root>/recipes/<the same>`, which tells how to make the
 * layer's archive of it again. Which of them belong to images the database knows: folders come
 * and go inside its write transactions only, so that a folder without a row, seen in one, is nobody's.
 */
export class LayerStore {
  readonly #folder: string;
  readonly #recipes: string;
  readonly #trash: Trash;
  readonly #unpackers = new Unpackers(() => this.#open());
  #opened: { readonly layers: number; readonly recipes: number } | undefined;
  /** The engine's own layer, above every image's. */
  readonly topPath: string;
  /** Overlayfs wants two layers where one would do. */
  readonly emptyPath: string;

  constructor(root: string) {
    this.#folder = join(root, 'layers');
    this.#recipes = join(root, 'recipes');
    this.#trash = new Trash(root);
    this.topPath = join(root, 'top');
    this.emptyPath = join(root, 'empty');
  }

  prepare(): void {
    this.#trash.prepare();
    mkdirSync(this.emptyPath, { recursive: true, mode: 0o755 });
    for (const parent of [this.#folder, this.#recipes]) {
      mkdirSync(parent, { recursive: true, mode: 0o700 });
      for (const folder of abandonedFolders(parent)) this.#drop(folder);
    }
    if (!existsSync(this.topPath)) this.#makeTop();
    this.#trash.empty();
  }

  close(): void {
    this.#unpackers.close();
    if (this.#opened) for (const fd of Object.values(this.#opened)) closeSync(fd);
    this.#opened = undefined;
  }

  path(diffId: string): string {
    return join(this.#folder, hexOf(diffId));
  }

  recipePath(diffId: string): string {
    return join(this.#recipes, hexOf(diffId));
  }

  /** @throws GantryError for a bad archive, of which nothing is left then */
  async unpack(archive: Readable, progress?: (bytes: number) => void): Promise<NewLayer> {
    const folder = makeTempFolder(this.#folder);
    const recipe = makeTempFolder(this.#recipes);
    try {
      const { bavail, bsize } = statfsSync(this.#folder);
      const limit = Math.min(MAX_ARCHIVE_BYTES, bavail * bsize);
      const job = { limit, layer: basename(folder.path), recipe: basename(recipe.path) };
      const extracted = await this.#unpackers.with((unpacker) => extract(unpacker, archive, job, progress));
      return { folder, recipe, ...extracted };
    } catch (error) {
      this.#drop(folder);
      this.#drop(recipe);
      this.#trash.empty();
      throw error;
    }
  }

  /** All that has been unpacked is on disk when this resolves: what `place` is given has to be. @throws GantryError `unavailable` */
  async sync(): Promise<void> {
    try {
      await syncFilesystem(this.#open().layers);
    } catch (cause) {
      throw new GantryError('unavailable', `what was unpacked cannot be written to ${this.#folder}: the disk fails`, {
        cause,
      });
    }
  }

  /** Gives layers their places, on disk, unless these are taken by the same layers. Inside of a write transaction. */
  place(layers: readonly NewLayer[]): void {
    const isNew = ({ diffId }: NewLayer): boolean => !existsSync(this.path(diffId));
    const fresh = [...new Map(layers.filter(isNew).map((layer) => [layer.diffId, layer])).values()];
    if (fresh.length === 0) return;
    for (const { diffId, recipe } of fresh) {
      const path = this.recipePath(diffId);
      // Left by a process that was killed between two renames.
      if (existsSync(path)) this.#trash.put(path);
      renameSync(recipe.path, path);
    }
    syncFolder(this.#recipes);
    for (const { diffId, folder } of fresh) renameSync(folder.path, this.path(diffId));
    syncFolder(this.#folder);
  }

  /** Ends the work on a layer, placed or not. */
  settle(layer: NewLayer): void {
    this.#drop(layer.folder);
    this.#drop(layer.recipe);
    this.#trash.empty();
  }

  /** Diff ids of all that is here, of layers half gone, too. */
  present(): string[] {
    return [...new Set([this.#folder, this.#recipes].flatMap((parent) => readdirSync(parent)))]
      .filter((name) => HEX.test(name))
      .map((name) => `sha256:${name}`);
  }

  /** Keeps a layer that is here until the given function is called; undefined where it is not here. */
  keep(diffId: string): (() => void) | undefined {
    if (!HEX.test(diffId.slice('sha256:'.length))) return undefined;
    const fd = share(this.path(diffId));
    return fd === undefined ? undefined : () => closeSync(fd);
  }

  /**
   * Takes a layer out of use, unless somebody keeps it: the next sweep looks again. Inside of a write transaction that
   * has seen that no image has it.
   */
  discard(diffId: string): void {
    if (existsSync(this.path(diffId))) {
      const fd = lock(this.path(diffId));
      if (fd === undefined) return;
      this.#trash.put(this.path(diffId));
      closeSync(fd);
    }
    if (existsSync(this.recipePath(diffId))) this.#trash.put(this.recipePath(diffId));
  }

  emptyTrash(): void {
    this.#trash.empty();
  }

  #open(): { readonly layers: number; readonly recipes: number } {
    const open = (path: string): number => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    this.#opened ??= { layers: open(this.#folder), recipes: open(this.#recipes) };
    return this.#opened;
  }

  #makeTop(): void {
    const folder = makeTempFolder(this.#folder);
    try {
      fillTopLayer(folder.path);
      renameSync(folder.path, this.topPath);
    } catch (error) {
      // Another process was faster.
      if (!existsSync(this.topPath)) throw error;
    } finally {
      this.#drop(folder);
    }
  }

  #drop({ path, fd }: TempFolder): void {
    if (existsSync(path)) this.#trash.put(path);
    closeSync(fd);
  }
}

/** Renames inside of a folder are on disk when this returns. */
function syncFolder(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function hexOf(diffId: string): string {
  const hex = diffId.slice(diffId.indexOf(':') + 1);
  if (!HEX.test(hex)) throw new Error(`${diffId} is no diff id`);
  return hex;
}
