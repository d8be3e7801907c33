import { booleanFilter, type Client, type Filters, meets, meetsLabels, parseTimeFlag } from '../../../kernel/index.js';
import type { Image } from '../contracts/index.js';
import { matchesGlob } from './name-glob.js';

interface Tag {
  readonly repository: string;
  readonly tag: string;
}

/**
 * The rows of `images` that filters let through; an image without a name has no tag. One that is named by a digest alone counts
 * as dangling and as named, as with Docker.
 * @param get finds an image by name or id. @throws GantryError `invalid` or `usage` for a bad value; what `get` throws
 */
export function imageFilter(
  filters: Filters,
  get: (reference: string) => Image,
  client: Pick<Client, 'env'>,
): (image: Image, tag: Tag | undefined) => boolean {
  const dangling = booleanFilter(filters, 'dangling');
  const moments = (name: string, read: (value: string) => number) => filters.get(name)?.map(read);
  const createdOf = (reference: string): number => get(reference).created.getTime();
  const timeOf = (moment: string): number => parseTimeFlag(moment, '--filter until', client);
  const before = [...(moments('before', createdOf) ?? []), ...(moments('until', timeOf) ?? [])];
  const since = moments('since', createdOf) ?? [];
  return (image, tag) => {
    const created = image.created.getTime();
    return (
      (dangling === undefined || (dangling ? !hasTag(tag) : tag !== undefined)) &&
      before.every((moment) => created < moment) &&
      since.every((moment) => created > moment) &&
      meets(filters, 'reference', (glob) => tag !== undefined && isNamed(tag, glob)) &&
      meetsLabels(filters, image.config.Labels ?? {})
    );
  };
}

/** A name by digest has none. */
function hasTag(tag: Tag | undefined): boolean {
  return tag !== undefined && tag.tag !== '<none>';
}

/** Whether a pattern means a name, with its tag or without. */
export function isNamed({ repository, tag }: Tag, glob: string): boolean {
  return matchesGlob(repository, glob) || matchesGlob(`${repository}:${tag}`, glob);
}
