import { token } from '../../../kernel/token.js';

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
