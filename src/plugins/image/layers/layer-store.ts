import { closeSync, constants, existsSync, openSync, readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ensureStateFolder, kindAt, Trash } from '../../../host/index.js';
import { GantryError, shortId } from '../../../kernel/index.js';
import {
  claimTempFolder,
  downgradeToSharedLock,
  isInPlace,
  makeTempFolder,
  orphanedTempFolders,
  type PathBytes,
  syncFilesystem,
  type TempFolder,
} from '../fs/index.js';
import { type UnpackResult, unpack, WorkerPool } from '../unpack/index.js';
import { readImplied, writeImplied } from './implied-file.js';
import { checkInitLayer, createInitLayer } from './init-layer.js';
import { KeptLayers } from './kept-layers.js';
import { mostBytes, readSize, writeSize } from './layer-size.js';

const HEX = /^[0-9a-f]{64}$/;
/** In earlier versions layers had no prefix in the trash. */
const FORMER_TRASH = /^([0-9a-f]{64}|\.tmp-.*|top)-[0-9a-f]{12}$/;

/** A layer that has been unpacked and is not committed yet. */
export interface UnpackedLayer extends UnpackResult {
  readonly folder: TempFolder;
  readonly tarSplit: TempFolder;
}

/**
 * Unpacked layers in `<root>/layers/<hex of the diff id>`, and in `<root>/recipes/<hex of the diff id>` the tar-split data
 * that makes the layer's archive of them again. The database knows which of them belong to images. Folders are added and
 * removed inside of its write transactions only, so that a folder without a row, seen in one, belongs to no image.
 */
export class LayerStore {
  readonly #folder: string;
  readonly #tarSplits: string;
  readonly #overrides: string;
  readonly #trash: Trash;
  readonly #kept: KeptLayers;
  readonly #workers = new WorkerPool(() => this.#open());
  #opened: { readonly layers: number; readonly tarSplits: number } | undefined;
  /** The init layer, above every image's layers. */
  readonly initPath: string;

  /** @param maxBytes of an uncompressed layer */
  constructor(
    root: string,
    private readonly maxBytes?: number | undefined,
  ) {
    this.#folder = join(root, 'layers');
    this.#tarSplits = join(root, 'recipes');
    this.#overrides = join(root, 'overrides');
    this.#trash = new Trash(root, 'layer-', FORMER_TRASH);
    this.#kept = new KeptLayers(join(root, 'layers.lock'));
    // Containers that run since an older engine have the folder `top`, which stays.
    this.initPath = join(root, 'init');
  }

  prepare(): void {
    ensureStateFolder(this.#overrides, 0o700);
    for (const parent of [this.#folder, this.#tarSplits]) {
      ensureStateFolder(parent, 0o700);
      for (const folder of orphanedTempFolders(parent)) this.drop(folder);
    }
    if (checkInitLayer(this.initPath)) this.recreateInitLayer();
    this.#trash.empty();
  }

  close(): void {
    this.#workers.close();
    if (this.#opened) for (const fd of Object.values(this.#opened)) closeSync(fd);
    this.#opened = undefined;
  }

  path(diffId: string): string {
    return join(this.#folder, hexOf(diffId));
  }

  /** Like `path`, but of a layer that has to exist. @throws GantryError `unavailable` */
  requirePath(diffId: string, imageId: string): string {
    const path = this.path(diffId);
    if (kindAt(path) === 'folder') return path;
    throw new GantryError('unavailable', `layer ${shortId(diffId)} of image ${shortId(imageId)} is missing`, {
      hint: 'Pull or load the image again: what is missing comes back',
    });
  }

  tarSplitPath(diffId: string): string {
    return join(this.#tarSplits, hexOf(diffId));
  }

  /**
   * Locks the temporary folder that a layer is to be unpacked in, and empties it of the files of a killed process;
   * undefined where another caller, of this process or another, is unpacking the layer.
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
  async unpack(archive: Readable, progress?: (bytes: number) => void, claim?: TempFolder): Promise<UnpackedLayer> {
    const folder = claim ?? makeTempFolder(this.#folder);
    const tarSplit = makeTempFolder(this.#tarSplits);
    try {
      const limit = mostBytes(this.#folder, this.maxBytes);
      const job = { limit, layer: basename(folder.path), tarSplit: basename(tarSplit.path) };
      const extracted = await this.#workers.with((unpacker) => unpack(unpacker, archive, job, progress));
      writeSize(tarSplit.path, extracted.size);
      writeImplied(tarSplit.path, extracted.implied ?? []);
      return { folder, tarSplit, ...extracted };
    } catch (error) {
      this.drop(folder);
      this.drop(tarSplit);
      this.#trash.empty();
      throw error;
    }
  }

  /**
   * Moves a layer to its final path, unless it is there already. From then on others can keep it. Inside of a write
   * transaction. It is on disk after the next `sync`.
   */
  commit(layer: UnpackedLayer): void {
    const tarSplit = this.tarSplitPath(layer.diffId);
    const isThere = kindAt(this.path(layer.diffId)) === 'folder';
    if (isThere && kindAt(tarSplit) === 'folder') {
      // It belongs to a removed image of a version that recorded no sizes.
      writeSize(tarSplit, layer.size);
      return;
    }
    // A process was killed between the two renames.
    this.#putInTrash(tarSplit);
    renameSync(layer.tarSplit.path, tarSplit);
    // Only the tar-split data was missing.
    if (isThere) return;
    this.#putInTrash(this.path(layer.diffId));
    renameSync(layer.folder.path, this.path(layer.diffId));
    downgradeToSharedLock(layer.folder);
  }

  /**
   * All committed layers are on disk when this resolves, whichever process has unpacked them. To be awaited before an
   * image has them.
   * @throws GantryError `unavailable`
   */
  async sync(): Promise<void> {
    try {
      await syncFilesystem(this.#open().layers);
    } catch (cause) {
      throw new GantryError('unavailable', `${this.#folder} cannot be written to disk: it fails`, { cause });
    }
  }

  /** Ends the work on a layer; one that is not committed is deleted. */
  discardStaged(layer: UnpackedLayer): void {
    this.drop(layer.folder);
    this.drop(layer.tarSplit);
    this.#trash.empty();
  }

  /** Bytes of a layer's files, as they were counted when it was unpacked. */
  readSize(diffId: string): number | undefined {
    return readSize(this.tarSplitPath(diffId));
  }

  /** Of each layer the directories without an entry of their own; none of a layer that an older engine has unpacked. */
  impliedFolders(diffIds: readonly string[]): readonly ReadonlySet<PathBytes>[] {
    return readImplied(diffIds.map((diffId) => this.tarSplitPath(diffId)));
  }

  /** The folder that an image has above its layers; undefined where it was never asked for. */
  overridesOf(imageId: string): string | undefined {
    const path = join(this.#overrides, hexOf(imageId));
    return kindAt(path) === 'folder' ? path : undefined;
  }

  /** @param fill makes what is to be in it */
  makeOverrides(imageId: string, fill: (folder: string) => void): string {
    return this.#make(join(this.#overrides, hexOf(imageId)), fill);
  }

  /** @param isNeeded by image id. Of images that are gone */
  sweepOverrides(isNeeded: (imageId: string) => boolean): void {
    for (const name of readdirSync(this.#overrides)) {
      if (HEX.test(name) && !isNeeded(`sha256:${name}`)) this.#putInTrash(join(this.#overrides, name));
    }
  }

  /** Diff ids of all layers on disk, of incomplete ones, too. */
  diffIds(): string[] {
    return [...new Set([this.#folder, this.#tarSplits].flatMap((parent) => readdirSync(parent)))]
      .filter((name) => HEX.test(name))
      .map((name) => `sha256:${name}`);
  }

  /**
   * Keeps a layer that is here until the given function is called; undefined where it is not here, or its tar-split data
   * is not.
   */
  keep(diffId: string): (() => void) | undefined {
    if (!HEX.test(diffId.slice('sha256:'.length))) return undefined;
    return this.#kept.keep(diffId, () =>
      [this.path(diffId), this.tarSplitPath(diffId)].every((path) => kindAt(path) === 'folder'),
    );
  }

  /**
   * Moves a layer to the trash, unless a caller keeps it: the next sweep tries again. Inside of a write transaction that
   * has seen that no image has it.
   */
  discard(diffId: string): void {
    this.#kept.unlessKept(diffId, () => {
      for (const path of [this.path(diffId), this.tarSplitPath(diffId)]) if (existsSync(path)) this.#trash.put(path);
    });
  }

  /** Moves a damaged layer, and what images have above theirs, to the folder `lost`, where no sweep deletes it: it may be mounted. */
  quarantine(diffId: string): void {
    const lost = join(this.#folder, '..', 'lost');
    ensureStateFolder(lost, 0o700);
    const overrides = readdirSync(this.#overrides).map((name) => join(this.#overrides, name));
    for (const path of [this.path(diffId), this.tarSplitPath(diffId), ...overrides]) {
      const name = `${basename(join(path, '..'))}-${basename(path)}-${Date.now()}`;
      if (existsSync(path)) renameSync(path, join(lost, name));
    }
  }

  /** Recreates the init layer. */
  recreateInitLayer(): void {
    this.#putInTrash(this.initPath);
    this.#make(this.initPath, createInitLayer);
  }

  /** Temporary folders that no living process works in. */
  orphanedTempFolders(): string[] {
    return [this.#folder, this.#tarSplits].flatMap(orphanedTempFolders).map(({ path, fd }) => {
      closeSync(fd);
      return path;
    });
  }

  emptyTrash(): void {
    this.#trash.empty();
  }

  #open(): { readonly layers: number; readonly tarSplits: number } {
    const open = (path: string): number => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    this.#opened ??= { layers: open(this.#folder), tarSplits: open(this.#tarSplits) };
    return this.#opened;
  }

  #make(path: string, fill: (folder: string) => void): string {
    const folder = makeTempFolder(this.#folder);
    try {
      fill(folder.path);
      renameSync(folder.path, path);
    } catch (error) {
      // Another process was faster.
      if (!existsSync(path)) throw error;
    } finally {
      this.drop(folder);
    }
    return path;
  }

  /** Ends the work in a temporary folder; what is still in it is deleted, at the latest by the next start. */
  drop(folder: TempFolder): void {
    try {
      if (isInPlace(folder)) this.#trash.put(folder.path);
    } catch {
      // The caller's own error is the one to tell.
    } finally {
      closeSync(folder.fd);
    }
  }

  /** Nothing at the path is no error. */
  #putInTrash(path: string): void {
    if (existsSync(path)) this.#trash.put(path);
  }
}

function hexOf(diffId: string): string {
  const hex = diffId.slice(diffId.indexOf(':') + 1);
  if (!HEX.test(hex)) throw new Error(`${diffId} is no diff id`);
  return hex;
}
