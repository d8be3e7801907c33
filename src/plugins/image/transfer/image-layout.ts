/** Names and shapes inside of image archives: OCI image-layout, and Docker's `manifest.json` beside it. */

export const BLOBS = 'blobs/sha256/';
export const INDEX = 'index.json';
export const DOCKER_MANIFEST = 'manifest.json';
/** What containerd and Docker call an image in full: `docker.io/library/busybox:latest`. */
export const NAME_ANNOTATION = 'io.containerd.image.name';
/** What OCI calls it: anything, mostly the tag alone. */
export const REF_ANNOTATION = 'org.opencontainers.image.ref.name';

export function blobPath(digest: string): string {
  return digest.replace(/^sha256:/, BLOBS);
}
