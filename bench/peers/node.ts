import type { Peer } from './peer.js';

/** The pinned Node doing nothing: what any command written for it takes at least. */
export function bareNode(): Peer {
  return {
    name: 'node',
    env: process.env,
    argv: () => [process.execPath, '-e', '0'],
    start: async () => {},
    version: () => process.version,
  };
}
