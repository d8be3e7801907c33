/** File names and annotations in archives of images: OCI image-layout, and Docker's `manifest.json` beside it. */

export const BLOBS = 'blobs/sha256/';
export const INDEX = 'index.json';
export const DOCKER_MANIFEST = 'manifest.json';
/** containerd's annotation for the full name of an image: `docker.io/library/busybox:latest`. */
export const NAME_ANNOTATION = 'io.containerd.image.name';
/** OCI's annotation for a name: any text, mostly the tag alone. */
export const REF_ANNOTATION = 'org.opencontainers.image.ref.name';

export function blobPath(digest: string): string {
  return digest.replace(/^sha256:/, BLOBS);
}
