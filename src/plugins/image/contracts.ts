import type { Readable } from 'node:stream';
import { token } from '../../kernel/token.js';

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
  /**
   * Mounts it at `target`, an existing folder, in the mount namespace of the calling thread. Synchronous, since the
   * caller has moved its thread into a private namespace and must leave it before it yields.
   */
  mount(target: string): void;
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
    detail: { comment?: string; config?: ImageConfig; parent?: string; progress?: (bytes: number) => void },
  ): Promise<Image>;
  /** Removes an image that no tag, child or holder refers to. @throws GantryError `not found`, `conflict` */
  remove(id: string): Promise<void>;
  /** Notes that `holder` (a container's id) needs this image until `release`. Joins the caller's transaction. */
  hold(imageId: string, holder: string): void;
  release(holder: string): void;
  /**
   * The root of a container: the image's layers, above them the engine's own top layer with real `/dev`, `/proc`,
   * `/sys` and `/etc`, above it `upper`. `upper` and `work` exist, on the same filesystem.
   */
  rootFilesystem(imageId: string, upper: string, work: string): RootFilesystem;
  /** What a container changed: the difference between its `upper` and its image, in path order. */
  changes(imageId: string, upper: string): AsyncIterable<Change>;
}
export const Graph = token<Graph>('Graph');

export interface Change {
  readonly kind: 'A' | 'C' | 'D';
  /** Absolute inside the container. */
  readonly path: string;
}

/** Names for images: Docker's reference grammar, normalised (`busybox` is `docker.io/library/busybox:latest`). */
export interface TagStore {
  /** The image id of a reference, or undefined. @throws GantryError `invalid` for what is no reference */
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
