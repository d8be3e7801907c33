import type { HistoryEntry } from '../config/index.js';
import type { ImageRecords } from './image-records-token.js';

export interface Step extends HistoryEntry {
  /** Id of the image that ends with it, where that is here. */
  readonly image: string | undefined;
  /** Bytes of its layer. */
  readonly size: number;
}

/** How an image came about, the newest step first. A step whose image is here, being an ancestor, bears its id. */
export function historySteps(records: ImageRecords, id: string): Step[] {
  const document = records.document(id);
  const ids = idsByLength(records, id);
  let layers = 0;
  return (document?.history ?? [])
    .map((entry, index) => {
      const diffId = entry.empty_layer ? undefined : document?.rootfs.diff_ids[layers++];
      const size = diffId === undefined ? 0 : (records.layerSize(diffId) ?? 0);
      return { ...entry, size, image: ids.get(index + 1) };
    })
    .reverse();
}

function idsByLength(records: ImageRecords, id: string): Map<number, string> {
  const ids = new Map<number, string>();
  for (let image = records.get(id); image; image = records.get(image.parent)) {
    ids.set(records.document(image.id)?.history?.length ?? 0, image.id);
  }
  return ids;
}
