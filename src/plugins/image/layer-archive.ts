import { createHash } from 'node:crypto';
import { GantryError } from '../../kernel/index.js';
import type { LayerStore } from './layer-store.js';
import { layerChunks } from './layer-tar.js';

/** The archive of a layer, checked against its digest on the way. */
export async function* layerArchive(layers: LayerStore, diffId: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of layerChunks(layers.path(diffId))) {
    hash.update(chunk);
    yield chunk;
  }
  if (`sha256:${hash.digest('hex')}` === diffId) return;
  throw new GantryError('unavailable', `the files of layer ${diffId} are not what they were`);
}
