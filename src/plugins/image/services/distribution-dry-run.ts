import type { Effects } from '../../../kernel/index.js';
import type { Distribution } from '../contracts/index.js';

/** Notes are made along with what `Graph` and `TagStore` tell of: a dry run has nothing to say of them. */
export const DISTRIBUTION_EFFECTS: Effects<Distribution> = {
  manifestsOf: 'read',
  digests: 'read',
  blobsOf: 'read',
  recordManifest: { effect: 'write', plan: () => ({}) },
  recordBlob: { effect: 'write', plan: () => ({}) },
};
