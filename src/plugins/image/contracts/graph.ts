import type { Readable } from 'node:stream';
import { token } from '../../../kernel/index.js';
import type { Removed } from '../../system/index.js';
import type { Image, ImageConfig, Platform } from './image.js';
import type { Change, RootFilesystem, StorageChoice } from './snapshots.js';

/** A layer on disk that stays until `release`, whether an image has it by then or not. */
export interface StagedLayer {
  readonly diffId: string;
  /** Bytes of its files, unpacked. */
  readonly size: number;
  /** To be called once, in any case. It deletes a layer that no image has. */
  release(): void;
}

/** Finds images, and reads their configurations. */
export interface ImageReader {
  /**
   * @throws GantryError `not found` (`No such image: x`), `conflict` for an ambiguous prefix.
   * @param reference name, id, or unambiguous id prefix, with or without `sha256:`
   */
  get(reference: string): Image;
  /** All images, newest first. */
  list(): readonly Image[];
  /** The configuration's bytes, which the image's id is the digest of. @throws GantryError `not found` */
  configBytes(imageId: string): Uint8Array;
}

/** Makes and removes images, and records which containers need them. */
export interface ImageWriter {
  /**
   * Reads an uncompressed or compressed tar (gzip, bzip2, xz, zstd, chosen by its first bytes) into a new image of one
   * layer. Nothing is left behind on failure.
   */
  create(
    archive: Readable,
    detail: {
      comment?: string;
      config?: ImageConfig;
      parent?: string;
      author?: string;
      /** The command line that made the layer, for `history`. */
      createdBy?: string;
      /** Of an image without a parent; absent: this host's. */
      platform?: Platform | undefined;
      progress?: (bytes: number) => void;
    },
  ): Promise<Image>;
  /**
   * The image of a configuration, whose id is the digest of these bytes. One that exists already is returned as it is. On
   * disk when this resolves. The caller releases the layers.
   * @param layers those that the configuration names, in its order
   * @param detail.event what happened, in Docker's words: `load`, `pull`; @param detail.name what the event calls it
   * @throws GantryError `invalid` for what is no image configuration of Linux, or names other layers
   */
  createFromConfig(
    config: Uint8Array,
    layers: readonly StagedLayer[],
    detail: { readonly event: string; readonly name: string },
  ): Promise<Image>;
  /**
   * Removes an image that no tag, child or holder refers to.
   * @param detail.names given: the image can be brought back, and then has these names again. Else it is gone for good.
   * @throws GantryError `not found`, `conflict`
   */
  remove(id: string, detail?: { readonly names: readonly string[] }): Promise<void>;
  /** Notes that `holder` (a container's id) needs this image until `release`. Joins the caller's transaction. */
  hold(imageId: string, holder: string): void;
  release(holder: string): void;
}

/** Reads layers from archives, and makes the same archives of them again, byte for byte. */
export interface LayerTransfer {
  /**
   * The layer of a diff id, for `createFromConfig`: the one on disk, else unpacked from the archive that `open` returns,
   * compressed or not. Calls for one diff id do the work once, across processes; only the one that does it calls `open`.
   * A layer is on disk either completely or not at all.
   * @param diffId undefined for one that is not known before: then it is read in any case
   * @param detail.timeout milliseconds after which the call no longer waits for others, and does the work itself
   * @param detail.anew reads the archive although the layer may be here: to learn whether it is an archive of that layer
   * @throws GantryError `invalid` for a bad archive and for one of another digest; what `open` throws
   */
  layerFrom(
    diffId: string | undefined,
    open: () => Readable | Promise<Readable>,
    detail?: { readonly progress?: (bytes: number) => void; readonly timeout?: number; readonly anew?: boolean },
  ): Promise<StagedLayer>;
  /** The layer of a diff id, if it is here: for `createFromConfig`. */
  keepLayer(diffId: string): StagedLayer | undefined;
  /**
   * The uncompressed archive of a layer: the very bytes that the diff id is the digest of, however often it is asked for.
   * The stream fails with `unavailable` where the layer's folder was changed behind the engine's back.
   */
  layerArchive(diffId: string): Readable;
  /** The number of bytes of that archive. */
  layerArchiveSize(diffId: string): number;
  /** The compressed copies of layers, as registries have them, that are kept for a push. */
  compressedUsage(): { readonly count: number; readonly bytes: number };
  /** Deletes them: a push to a registry that has not the layer compresses it anew. @returns the bytes that this frees */
  dropCompressed(): Promise<number>;
}

/** Removed images, which can be brought back for a while. */
export interface RemovedImages {
  /** Images that can be restored, the newest first. */
  removed(): readonly Removed[];
  /**
   * Restores a removed image: same id, same bytes, and its names, except those that other images have by now.
   * @throws GantryError `not found`
   */
  undo(id: string): Promise<Image>;
  /** Bytes on disk of layers that removed images alone have. */
  removedBytes(): number;
  /** Deletes all removed images for good. @returns the bytes that this frees */
  emptyTrash(): Promise<number>;
}

/** Root filesystems of containers over the layers of an image, and what containers changed in them. */
export interface Snapshots {
  /**
   * The root of a container: the image's layers, above them the engine's own top layer with real `/dev`, `/proc`,
   * `/sys` and `/etc`, above it `upper`. `upper` and `work` exist, on the same filesystem.
   */
  rootFilesystem(imageId: string, upper: string, work: string): RootFilesystem;
  /**
   * Like `rootFilesystem`, but read-only: `upper` as it is now. What `export` writes down.
   */
  view(imageId: string, upper: string): RootFilesystem;
  /** An OCI layer archive of a container's changes: `commit` passes it to `create`. */
  changesArchive(imageId: string, upper: string): Readable;
  storage(): StorageChoice;
  /** Changes of a container: the differences between its `upper` and its image, in path order. */
  changes(imageId: string, upper: string): AsyncIterable<Change>;
}

/**
 * Content-addressed layers and images. Who needs a part of it asks for that part: `@Graph private readonly images:
 * ImageReader`.
 */
export interface Graph extends ImageReader, ImageWriter, LayerTransfer, RemovedImages, Snapshots {}
export const Graph = token<Graph>('Graph');
