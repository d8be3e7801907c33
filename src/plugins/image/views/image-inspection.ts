import { NIL_MAP, omitEmpty, withGoNames } from '../../../kernel/index.js';
import type { ImageDocument } from '../config/index.js';
import type { Image } from '../contracts/index.js';
import { describeConfig } from './describe-config.js';

interface Names {
  readonly tags: readonly string[];
  /** `repository@sha256:…` */
  readonly digests: readonly string[];
}

/** How the image's layers are kept. */
interface Storage {
  readonly driver: string;
}

/** The object that `image inspect` prints, with the field names of Docker's API. */
export function describeImage(
  image: Image,
  document: ImageDocument | undefined,
  { tags, digests }: Names,
  { driver }: Storage,
): object {
  const described = {
    Id: image.id,
    RepoTags: tags,
    RepoDigests: digests,
    Parent: image.parent,
    Comment: image.comment,
    Created: document?.created ?? image.created.toISOString(),
    DockerVersion: '',
    Author: document?.author ?? '',
    Config: describeConfig(image.config),
    Architecture: image.architecture,
    Variant: document?.variant ?? '',
    Os: 'linux',
    OsVersion: document?.['os.version'] ?? '',
    Size: image.size,
    VirtualSize: image.size,
    GraphDriver: { Data: NIL_MAP, Name: driver },
    RootFS: { Type: 'layers', Layers: image.diffIds },
    Metadata: { LastTagTime: image.created },
    History: document?.history ?? [],
  };
  return withGoNames(omitEmpty(described, 'Variant', 'OsVersion'), { ID: 'Id' });
}
