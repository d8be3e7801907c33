import type { Effects } from '../../../kernel/index.js';
import type { ImageRecords } from '../records/index.js';
import { PlannedImages } from './planned-images.js';

/** Effects of `ImageRecords`. Commands may use its reading methods only. */
export function imageRecordsEffects(dryRun?: object): Effects<ImageRecords> {
  const planned = PlannedImages.of(dryRun);
  return {
    get: 'read',
    list: 'read',
    configBytes: 'read',
    document: 'read',
    between: 'read',
    holdersOf: 'read',
    layerSize: 'read',
    childrenOf: {
      effect: 'read',
      plan: (records, id) => ({ result: records.childrenOf(id).filter((child) => !planned.removed.has(child)) }),
    },
  };
}
