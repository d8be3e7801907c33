import type { Effects } from '../../../kernel/index.js';
import type { Distribution } from '../contracts/index.js';

/**
 * Digests are recorded along with changes that `Graph` and `TagStore` report, so a dry run reports nothing for them.
 */
export const DISTRIBUTION_EFFECTS: Effects<Distribution> = {
  manifestsOf: 'read',
  namesOf: 'read',
  digests: 'read',
  blobsOf: 'read',
  untag: { effect: 'destroy', plan: (_, name) => ({ says: `untag ${name}` }) },
  recordManifest: { effect: 'write', plan: () => ({}) },
  recordBlob: { effect: 'write', plan: () => ({}) },
};
