import type { Readable } from 'node:stream';
import { token } from '../../kernel/token.js';
import type { Removed } from '../system/index.js';

/** The part of an OCI image configuration that decides how a container of it runs (image-spec `config.md`). */
export interface ImageConfig {
  readonly Env?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Volumes?: Readonly<Record<string, object>>;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly StopSignal?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly Healthcheck?: HealthConfig;
  /** Instructions for builds on top of the image. The engine keeps them, and does nothing with them. */
  readonly OnBuild?: readonly string[];
}

/** How a container's health is looked after, as images say it. Times are nanoseconds; 0 or absent: the usual. */
export interface HealthConfig {
  /** `['CMD', program, ...]`, `['CMD-SHELL', line]`, `['NONE']`. */
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

export interface Image {
  /** `sha256:` and 64 hex digits: the digest of the OCI image configuration's bytes. */
  readonly id: string;
  /** Id of the image that this one was committed from; empty for an imported or pulled one. */
  readonly parent: string;
  readonly created: Date;
  readonly comment: string;
  readonly architecture: string;
  readonly config: ImageConfig;
  /** Digests of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
  /** Bytes of all layers, unpacked. */
  readonly size: number;
}

/** A container's root filesystem, ready to be mounted. */
export interface RootFilesystem {
  /** To be awaited before `mount`, each time: where overlayfs does not work, the first one copies the image. @throws GantryError `conflict`, `unavailable` */
  prepare(): Promise<void>;
  /**
   * Mounts it at `target`, an existing folder, in the mount namespace of the calling thread. Synchronous, since the
   * caller has moved its thread into a private namespace and must leave it before it yields.
   */
  mount(target: string): void;
}

/** How containers' roots are made of layers. */
export interface StorageChoice {
  /** `overlay` mounts them, `vfs` copies them. */
  readonly driver: 'overlay' | 'vfs';
  /** Why it is not the better one; absent where it is, or was asked for. */
  readonly why?: string;
}

/** A layer that is here and stays until `release`, whether an image has it by then or not. */
export interface StagedLayer {
  readonly diffId: string;
  /** Bytes of its files, unpacked. */
  readonly size: number;
  /** To be called once, whatever became of it. A layer that no image has is gone then. */
  release(): void;
}

/** Content-addressed layers and images. */
export interface Graph {
  /** @throws GantryError `not found` (`No such image: x`), `conflict` for an ambiguous prefix. @param reference name, id, or unambiguous id prefix, with or without `sha256:` */
  get(reference: string): Image;
  /** All images, newest first. */
  list(): readonly Image[];
  /** Reads an uncompressed or compressed tar (gzip, bzip2, xz, zstd, told by its first bytes) into a new image of one layer. Nothing is left behind on failure. */
  create(
    archive: Readable,
    detail: {
      comment?: string;
      config?: ImageConfig;
      parent?: string;
      author?: string;
      /** What made the layer, for `history`: a command line. */
      createdBy?: string;
      progress?: (bytes: number) => void;
    },
  ): Promise<Image>;
  /**
   * The layer of a diff id, for `createFromConfig`: the one that is here, else unpacked from what `open` gives, compressed
   * or not. Calls for the same diff id do the work once, in whatever process they are; `open` is called only by the one
   * that does it. What is not here whole is not here at all.
   * @param diffId undefined for one that is not known before: then it is read in any case
   * @param detail.patience milliseconds after which the call does not wait for others any more, and does the work itself
   * @throws GantryError `invalid` for a bad archive and for one of another digest; what `open` throws
   */
  layerFrom(
    diffId: string | undefined,
    open: () => Readable | Promise<Readable>,
    detail?: { readonly progress?: (bytes: number) => void; readonly patience?: number },
  ): Promise<StagedLayer>;
  /** The layer of a diff id, if it is here: for `createFromConfig`. */
  keepLayer(diffId: string): StagedLayer | undefined;
  /**
   * The image of a configuration, byte for byte: its id is their digest. One that is here already is given as it is. On
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
  /** The configuration's bytes, which the image's id is the digest of. @throws GantryError `not found` */
  configBytes(imageId: string): Uint8Array;
  /**
   * The uncompressed archive of a layer: the very bytes that the diff id is the digest of, however often it is asked for.
   * The stream fails with `unavailable` where the layer's folder was changed behind the engine's back.
   */
  layerArchive(diffId: string): Readable;
  /** How many bytes that gives. */
  layerArchiveSize(diffId: string): number;
  /**
   * Removes an image that no tag, child or holder refers to.
   * @param detail.names given: the image can be brought back, and then has these names again. Else it is gone for good.
   * @throws GantryError `not found`, `conflict`
   */
  remove(id: string, detail?: { readonly names: readonly string[] }): Promise<void>;
  /** What can be brought back, the newest first. */
  removed(): readonly Removed[];
  /**
   * Brings a removed image back: same id, same bytes, and its names, but for those that others have by now.
   * @throws GantryError `not found`
   */
  undo(id: string): Promise<Image>;
  /** Forgets all removed images. @returns the bytes that this frees */
  emptyTrash(): Promise<number>;
  /** Notes that `holder` (a container's id) needs this image until `release`. Joins the caller's transaction. */
  hold(imageId: string, holder: string): void;
  release(holder: string): void;
  /**
   * The root of a container: the image's layers, above them the engine's own top layer with real `/dev`, `/proc`,
   * `/sys` and `/etc`, above it `upper`. `upper` and `work` exist, on the same filesystem.
   */
  rootFilesystem(imageId: string, upper: string, work: string): RootFilesystem;
  /** The same to be read only, `upper` as it is now, without the engine's own layer: what `export` writes down. */
  view(imageId: string, upper: string): RootFilesystem;
  /** What `commit` gives to `create`: an OCI layer archive of what a container changed. */
  changesArchive(imageId: string, upper: string): Readable;
  storage(): StorageChoice;
  /** What a container changed: the difference between its `upper` and its image, in path order. */
  changes(imageId: string, upper: string): AsyncIterable<Change>;
}
export const Graph = token<Graph>('Graph');

export interface Change {
  readonly kind: 'A' | 'C' | 'D';
  /** Absolute inside the container. */
  readonly path: string;
}

/** A manifest as a registry has it (image-spec `manifest.md`, or Docker's schema 2). */
export interface StoredManifest {
  /** In full: `docker.io/library/busybox`. */
  readonly repository: string;
  /** `sha256:` and 64 hex digits: of `bytes`. */
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** The compressed form of a layer, as a registry has it. */
export interface LayerBlob {
  readonly diffId: string;
  /** Of the compressed bytes. */
  readonly digest: string;
  /** Compressed. */
  readonly size: number;
  readonly mediaType: string;
  /** In full: where it was seen. */
  readonly repository: string;
}

/**
 * What registries call that which is here, noted by pulls and pushes: so that a push says again what was pulled, and
 * sends no layer that the other side has. It goes with the image and the layer.
 */
export interface Distribution {
  /** Then `repository@digest` is a name of the image. Joins the caller's transaction. */
  recordManifest(imageId: string, manifest: StoredManifest): void;
  /** By repository and digest. */
  manifestsOf(imageId: string): readonly StoredManifest[];
  /** By image id, without the manifests' bytes: for lists. */
  digests(): ReadonlyMap<string, readonly Pick<StoredManifest, 'repository' | 'digest'>[]>;
  /** For a layer that an image has. */
  recordBlob(blob: LayerBlob): void;
  blobsOf(diffId: string): readonly LayerBlob[];
}
export const Distribution = token<Distribution>('Distribution');

/** Names for images: Docker's reference grammar, normalised (`busybox` is `docker.io/library/busybox:latest`). */
export interface TagStore {
  /** The image id of a reference, or undefined; by `repository@digest` where that is noted in `Distribution`. @throws GantryError `invalid` for what is no reference */
  lookup(reference: string): string | undefined;
  /** Points a reference at an image, moving it from the image that had it. */
  set(reference: string, imageId: string): void;
  /** @returns the image id that it pointed to. @throws GantryError `not found` */
  delete(reference: string): string;
  /** Familiar names (`busybox:latest`) of an image, sorted. */
  namesOf(imageId: string): readonly string[];
  /** All tags, sorted by repository and tag, repositories in familiar form. */
  list(): readonly { readonly repository: string; readonly tag: string; readonly imageId: string }[];
}
export const TagStore = token<TagStore>('TagStore');
