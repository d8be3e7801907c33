/** Names and shapes inside of image archives: OCI image-layout, and Docker's `manifest.json` beside it. */

export const BLOBS = 'blobs/sha256/';
export const INDEX = 'index.json';
export const DOCKER_MANIFEST = 'manifest.json';
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
export const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';
/** What containerd and Docker call an image in full: `docker.io/library/busybox:latest`. */
export const NAME_ANNOTATION = 'io.containerd.image.name';
/** What OCI calls it: anything, mostly the tag alone. */
export const REF_ANNOTATION = 'org.opencontainers.image.ref.name';

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

export function blobPath(digest: string): string {
  return digest.replace(/^sha256:/, BLOBS);
}
