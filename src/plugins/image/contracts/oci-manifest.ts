/** Media types and shapes that manifests of the OCI image specification have, in archives and at registries. */

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
/** A layer as it is in an archive of images: not compressed. */
export const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';
/** A layer as registries have it. */
export const OCI_LAYER_GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** Refers from a manifest to a blob, or from an index to a manifest (image-spec `descriptor.md`). */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly size: number;
}
