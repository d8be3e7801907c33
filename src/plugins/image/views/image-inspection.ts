import type { ImageDocument } from '../config/index.js';
import type { Image } from '../contracts/index.js';

interface Names {
  readonly tags: readonly string[];
  /** `repository@sha256:…` */
  readonly digests: readonly string[];
}

/** The object that `image inspect` prints, with the field names of Docker's API. */
export function describeImage(image: Image, document: ImageDocument | undefined, { tags, digests }: Names): object {
  return {
    Id: image.id,
    RepoTags: tags,
    RepoDigests: digests,
    Parent: image.parent,
    Comment: image.comment,
    Created: document?.created ?? image.created.toISOString(),
    Author: document?.author ?? '',
    Architecture: image.architecture,
    Os: 'linux',
    Size: image.size,
    Config: image.config,
    RootFS: { Type: 'layers', Layers: image.diffIds },
    History: document?.history ?? [],
  };
}
