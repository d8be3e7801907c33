import type { RigOptions } from '../rig.js';
import type { Preload } from './preload.js';
export async function conditions(_preload: Preload, _options: RigOptions): Promise<string[]> {
  return [];
}
