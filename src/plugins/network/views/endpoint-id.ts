import { createHash } from 'node:crypto';
import type { Endpoint } from '../contracts/index.js';

/** 64 hex digits: the same for a container on a network whenever it is asked for. */
export function endpointId({ network, holder }: Pick<Endpoint, 'network' | 'holder'>): string {
  return createHash('sha256').update(`endpoint ${network.id} ${holder}`).digest('hex');
}
