import { token } from '../../../kernel/index.js';

/** Names for images: Docker's reference grammar, normalised (`busybox` is `docker.io/library/busybox:latest`). */
export interface TagStore {
  /**
   * The image id of a reference, or undefined; by `repository@digest` where that is noted in `Distribution`.
   * @throws GantryError `invalid` for what is no reference
   */
  lookup(reference: string): string | undefined;
  /**
   * Points a reference at an image, moving it from the image that had it.
   * @param manifest digest of that which the image came by under this name: a push sends it again
   */
  set(reference: string, imageId: string, manifest?: string): void;
  /** The digest of the manifest that the image of a tag came by; undefined where that is not known. */
  manifestOf(reference: string): string | undefined;
  /** @returns the image id that it pointed to. @throws GantryError `not found` */
  delete(reference: string): string;
  /** Familiar names (`busybox:latest`) of an image, sorted. */
  namesOf(imageId: string): readonly string[];
  /** All tags, sorted by repository and tag, repositories in familiar form. */
  list(): readonly { readonly repository: string; readonly tag: string; readonly imageId: string }[];
}
export const TagStore = token<TagStore>('TagStore');
