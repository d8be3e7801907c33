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
  /** Makes `repository@digest` a name of the image. Joins the caller's transaction. */
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
