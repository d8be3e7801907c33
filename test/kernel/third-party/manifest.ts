import type { Manifest } from '../../../src/kernel/third-party/protocol/manifest.js';

/** A manifest that brings nothing but what a test adds. */
export function manifestOf(more: Partial<Manifest> = {}): Manifest {
  const none = {
    rights: [],
    replaces: [],
    asks: [],
    commands: [],
    extensions: [],
    handlers: [],
    columns: [],
    filters: [],
  };
  return { id: 'mine', api: 1, summary: '', ...none, services: [], transports: [], ...more };
}
