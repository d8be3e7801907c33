import { GantryError } from '../../kernel/index.js';
import type { Volume } from './contracts.js';

/** @throws GantryError `conflict`, in Docker's words, while a container uses the volume */
export function refuseHeld({ name }: Volume, holders: readonly string[]): void {
  if (holders.length > 0) {
    throw new GantryError('conflict', `remove ${name}: volume is in use - [${holders.join(', ')}]`);
  }
}
