import type { Graph, Image, TagStore } from './contracts.js';
import { shortId } from './short-id.js';
import type { ImageRecords } from './tokens.js';

export interface UnusedImage {
  readonly id: string;
  /** All names; none for one without. */
  readonly names: readonly string[];
  /** What to call it. */
  readonly name: string;
  /** Bytes of the layers that no image has that stays. */
  readonly layers: number;
}

/**
 * Images that no container and no other image needs, children before their parents: those without a name, and with
 * `all` those with one.
 * @param gone containers that are about to be removed
 */
export function unusedImages(
  graph: Pick<Graph, 'list'>,
  tags: Pick<TagStore, 'namesOf'>,
  records: Pick<ImageRecords, 'holdersOf' | 'layerSize'>,
  { all, gone }: { readonly all: boolean; readonly gone: ReadonlySet<string> },
): UnusedImage[] {
  const images = graph.list();
  const kept = new Map(images.map((image) => [image.id, image]));
  const isFree = ({ id }: Image): boolean =>
    (all || tags.namesOf(id).length === 0) &&
    records.holdersOf(id).every((holder) => gone.has(holder)) &&
    ![...kept.values()].some(({ parent }) => parent === id);
  const unused: UnusedImage[] = [];
  // Whoever loses its last child may be free in turn.
  for (let next = images.find(isFree); next; next = [...kept.values()].find(isFree)) {
    kept.delete(next.id);
    const names = tags.namesOf(next.id);
    unused.push({ id: next.id, names, name: names[0] ?? shortId(next.id), layers: ownLayers(next, kept, records) });
  }
  return unused;
}

function ownLayers(image: Image, kept: ReadonlyMap<string, Image>, records: Pick<ImageRecords, 'layerSize'>): number {
  const shared = new Set([...kept.values()].flatMap(({ diffIds }) => diffIds));
  return layerBytes(
    image.diffIds.filter((layer) => !shared.has(layer)),
    records,
  );
}

/** Each layer once. */
export function layerBytes(layers: readonly string[], records: Pick<ImageRecords, 'layerSize'>): number {
  return [...new Set(layers)].reduce((sum, layer) => sum + (records.layerSize(layer) ?? 0), 0);
}
