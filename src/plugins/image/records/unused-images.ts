import { type Filters, meetsPruneFilters, type Prunable, shortId } from '../../../kernel/index.js';
import { type Graph, type Image, type TagStore } from '../contracts/index.js';
import type { ImageRecords } from './image-records-token.js';

export interface UnusedImage {
  readonly id: string;
  /** All names; none for one without. */
  readonly names: readonly string[];
  /** For messages: the first of its names, else its short id. */
  readonly name: string;
  /** Bytes of the layers that no remaining image has. */
  readonly layers: number;
}

/**
 * Images that no container and no other image needs, children before their parents: those without a name, and with
 * `all` those with one. A parent stays with a child that stays.
 * @param gone containers that are about to be removed. @param filters as of `prune --filter`
 */
export function unusedImages(
  graph: Pick<Graph, 'list'>,
  tags: Pick<TagStore, 'namesOf'>,
  records: Pick<ImageRecords, 'holdersOf' | 'layerSize'>,
  { all, gone, filters }: { readonly all: boolean; readonly gone: ReadonlySet<string>; readonly filters: Filters },
): UnusedImage[] {
  const images = graph.list();
  const kept = new Map(images.map((image) => [image.id, image]));
  const children = countOf(images.map(({ parent }) => parent));
  const users = countOf(images.flatMap(({ diffIds }) => [...new Set(diffIds)]));
  const isFree = ({ id, created, config }: Image): boolean =>
    kept.has(id) &&
    !children.get(id) &&
    (all || tags.namesOf(id).length === 0) &&
    records.holdersOf(id).every((holder) => gone.has(holder)) &&
    meetsPruneFilters(filters, { created, labels: config.Labels ?? {} });
  const unused: UnusedImage[] = [];
  for (const image of images) {
    // A parent that loses its last child may be unused in turn.
    for (let next: Image | undefined = image; next && isFree(next); next = kept.get(next.parent)) {
      kept.delete(next.id);
      children.set(next.parent, (children.get(next.parent) ?? 0) - 1);
      const names = tags.namesOf(next.id);
      const layers = layerBytes(lastUses(next, users), records);
      unused.push({ id: next.id, names, name: names[0] ?? shortId(next.id), layers });
    }
  }
  return unused;
}

/** They are removed with their names. */
export function prunableImages(
  graph: Pick<Graph, 'remove'>,
  tags: Pick<TagStore, 'delete'>,
  images: readonly UnusedImage[],
): Prunable {
  return {
    heading: 'Images',
    asked: images.map(({ name }) => `image ${name}`),
    deleted: images.map(({ id }) => id),
    remove: async () => {
      let reclaimed = 0;
      for (const { id, names, layers } of images) {
        for (const name of names) tags.delete(name);
        await graph.remove(id);
        reclaimed += layers;
      }
      return reclaimed;
    },
  };
}

function countOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** The layers that no other image has any more. */
function lastUses({ diffIds }: Image, users: Map<string, number>): string[] {
  return [...new Set(diffIds)].filter((layer) => {
    const left = (users.get(layer) ?? 0) - 1;
    users.set(layer, left);
    return left === 0;
  });
}

/** Each layer once. */
export function layerBytes(layers: readonly string[], records: Pick<ImageRecords, 'layerSize'>): number {
  return [...new Set(layers)].reduce((sum, layer) => sum + (records.layerSize(layer) ?? 0), 0);
}
