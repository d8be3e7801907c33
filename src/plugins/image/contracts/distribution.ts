import { token } from '../../../kernel/index.js';

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
  /** In full: the repository that has it. */
  readonly repository: string;
}

/**
 * Digests that local images and layers have at registries, recorded by pulls and pushes, so that a push sends the manifest
 * that was pulled, and no layer that the registry has. Rows are deleted with their image or layer.
 */
export interface Distribution {
  /**
   * Makes `repository@digest` a name of the image. Joins the caller's transaction.
   * @param how.isName false: the manifest is only kept, as one that a list names
   */
  recordManifest(imageId: string, manifest: StoredManifest, how?: { readonly isName?: boolean }): void;
  /** Takes a name `repository@digest` from its image; the manifest is kept. */
  untag(name: string): void;
  /** By repository and digest, also those that are no names. */
  manifestsOf(imageId: string): readonly StoredManifest[];
  /** The familiar `repository@digest` that are names of an image, sorted. */
  namesOf(imageId: string): readonly string[];
  /** Names by image id, without the manifests' bytes: for lists. */
  digests(): ReadonlyMap<string, readonly Pick<StoredManifest, 'repository' | 'digest'>[]>;
  /** For a layer that an image has. */
  recordBlob(blob: LayerBlob): void;
  blobsOf(diffId: string): readonly LayerBlob[];
}
export const Distribution = token<Distribution>('Distribution');
