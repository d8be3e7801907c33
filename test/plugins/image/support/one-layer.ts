import { createHash } from 'node:crypto';
import { tar } from './tars.js';

export const ARCHIVE = tar([{ path: 'file', body: 'x'.repeat(10_000) }]);
export const DIFF_ID = `sha256:${createHash('sha256').update(ARCHIVE).digest('hex')}`;
export const CONFIG = Buffer.from(
  JSON.stringify({ os: 'linux', architecture: 'amd64', config: {}, rootfs: { type: 'layers', diff_ids: [DIFF_ID] } }),
);
