import { closeSync, constants, existsSync, openSync, readdirSync, renameSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { GantryError } from '../../kernel/index.js';
import { ensureStateFolder, kindAt } from '../system/index.js';
import { type Extracted, extract } from './extract.js';
import { notedSize, noteSize } from './layer-size.js';
import { syncFilesystem } from './native.js';
import { shortId } from './short-id.js';
import {
  abandonedFolders,
  claimTempFolder,
  isInPlace,
  letOthersKeep,
  lock,
  makeTempFolder,
  share,
  type TempFolder,
} from './temp-folder.js';
import { fillTopLayer, topLayerFault } from './top-layer.js';
import { Trash } from './trash.js';
import { Unpackers } from './unpackers.js';

const HEX = /^[0-9a-f]{64}$/;
/** No image that runs is larger, unless its user says so. */
const MAX_LAYER_BYTES = 64 * 2 ** 30;
/** Of the free space: a bomb that fills the disk would stop all that writes to it, containers first. */
const USABLE_SHARE = 0.95;

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

  /** @param maxBytes of an uncompressed layer */
  constructor(
    root: string,
    private readonly maxBytes = MAX_LAYER_BYTES,
  ) {
    this.#folder = join(root, 'layers');
    this.#recipes = join(root, 'recipes');
    this.#trash = new Trash(root);
    this.topPath = join(root, 'top');
    this.emptyPath = join(root, 'empty');
  }

  prepare(): void {
    this.#trash.prepare();
    ensureStateFolder(this.emptyPath, 0o755);
    for (const parent of [this.#folder, this.#recipes]) {
      ensureStateFolder(parent, 0o700);
      for (const folder of abandonedFolders(parent)) this.drop(folder);
    }
    if (topLayerFault(this.topPath)) this.remakeTop();
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

  /** The same, of a layer that has to be there. @throws GantryError `unavailable` */
  whole(diffId: string, imageId: string): string {
    const path = this.path(diffId);
    if (kindAt(path) === 'folder') return path;
    throw new GantryError('unavailable', `layer ${shortId(diffId)} of image ${shortId(imageId)} is missing`, {
      hint: 'Pull or load the image again: what is missing comes back',
    });
  }

  recipePath(diffId: string): string {
    return join(this.#recipes, hexOf(diffId));
  }

  /**
   * The temporary folder that a layer is to be unpacked in; undefined where another caller, of any process, has it: that
   * one is at work. What a killed process left in it is gone.
   */
  claim(diffId: string): TempFolder | undefined {
    for (;;) {
      const claim = claimTempFolder(this.#folder, hexOf(diffId));
      if (!claim || readdirSync(claim.path).length === 0) return claim;
      this.drop(claim);
    }
  }

  /**
   * @param claim the folder to work in
   * @throws GantryError for a bad archive, of which nothing is left then
   */
  async unpack(archive: Readable, progress?: (bytes: number) => void, claim?: TempFolder): Promise<NewLayer> {
    const folder = claim ?? makeTempFolder(this.#folder);
    const recipe = makeTempFolder(this.#recipes);
    try {
      const { bavail, bsize } = statfsSync(this.#folder);
      const limit = Math.min(this.maxBytes, Math.floor(USABLE_SHARE * bavail * bsize));
      const job = { limit, layer: basename(folder.path), recipe: basename(recipe.path) };
      const extracted = await this.#unpackers.with((unpacker) => extract(unpacker, archive, job, progress));
      noteSize(recipe.path, extracted.size);
      return { folder, recipe, ...extracted };
    } catch (error) {
      this.drop(folder);
      this.drop(recipe);
      this.#trash.empty();
      throw error;
    }
  }

  /**
   * Gives a layer its place, unless that is taken by the same layer. From then on others can keep it. Inside of a write
   * transaction. It is on disk after the next `sync`.
   */
  place(layer: NewLayer): void {
    const recipe = this.recipePath(layer.diffId);
    const isThere = kindAt(this.path(layer.diffId)) === 'folder';
    if (isThere && kindAt(recipe) === 'folder') {
      // A removed image's, from before sizes were noted.
      noteSize(recipe, layer.size);
      return;
    }
    // Left by a process that was killed between two renames.
    if (existsSync(recipe)) this.#trash.put(recipe);
    renameSync(layer.recipe.path, recipe);
    // A recipe that was lost is all that was wanting.
    if (isThere) return;
    makeRoomFor(this.path(layer.diffId), this.#trash);
    renameSync(layer.folder.path, this.path(layer.diffId));
    letOthersKeep(layer.folder);
  }

  /**
   * All layers that have their places are on disk when this resolves, whichever process has unpacked them: to be waited
   * for before an image has them.
   * @throws GantryError `unavailable`
   */
  async sync(): Promise<void> {
    try {
      await syncFilesystem(this.#open().layers);
    } catch (cause) {
      throw new GantryError('unavailable', `${this.#folder} cannot be written to disk: it fails`, { cause });
    }
  }

  /** Ends the work on a layer, placed or not. */
  settle(layer: NewLayer): void {
    this.drop(layer.folder);
    this.drop(layer.recipe);
    this.#trash.empty();
  }

  /** Bytes of a layer's files, as they were counted when it was unpacked. */
  notedSize(diffId: string): number | undefined {
    return notedSize(this.recipePath(diffId));
  }

  /** Diff ids of all that is here, of layers half gone, too. */
  present(): string[] {
    return [...new Set([this.#folder, this.#recipes].flatMap((parent) => readdirSync(parent)))]
      .filter((name) => HEX.test(name))
      .map((name) => `sha256:${name}`);
  }

  /** Keeps a layer that is here until the given function is called; undefined where it is not here, or its recipe is not. */
  keep(diffId: string): (() => void) | undefined {
    if (!HEX.test(diffId.slice('sha256:'.length))) return undefined;
    if ([this.path(diffId), this.recipePath(diffId)].some((path) => kindAt(path) !== 'folder')) return undefined;
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

  /** Takes a damaged layer to where nobody sweeps. */
  putAside(diffId: string): void {
    const lost = join(this.#folder, '..', 'lost');
    ensureStateFolder(lost, 0o700);
    for (const path of [this.path(diffId), this.recipePath(diffId)]) {
      const name = `${basename(join(path, '..'))}-${basename(path)}-${Date.now()}`;
      if (existsSync(path)) renameSync(path, join(lost, name));
    }
  }

  /** Makes what lies above every image anew. */
  remakeTop(): void {
    if (existsSync(this.topPath)) this.#trash.put(this.topPath);
    this.#makeTop();
  }

  /** Temporary folders that no living process works in. */
  abandoned(): string[] {
    return [this.#folder, this.#recipes].flatMap(abandonedFolders).map(({ path, fd }) => {
      closeSync(fd);
      return path;
    });
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
      this.drop(folder);
    }
  }

  /** Ends the work in a temporary folder; what is still in it is deleted. */
  drop(folder: TempFolder): void {
    if (isInPlace(folder)) this.#trash.put(folder.path);
    closeSync(folder.fd);
  }
}

/** What stands there is no folder, and nobody's. */
function makeRoomFor(path: string, trash: Trash): void {
  if (existsSync(path)) trash.put(path);
}

function hexOf(diffId: string): string {
  const hex = diffId.slice(diffId.indexOf(':') + 1);
  if (!HEX.test(hex)) throw new Error(`${diffId} is no diff id`);
  return hex;
}
