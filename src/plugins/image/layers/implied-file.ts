import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ifThere } from '../../../host/index.js';
import type { PathBytes } from '../fs/index.js';

/** In a layer's tar-split folder: the directories that its archive names only as parts of other paths. */
const NAME = 'implied';

export function writeImplied(tarSplit: string, folders: readonly PathBytes[]): void {
  if (folders.length > 0) writeFileSync(join(tarSplit, NAME), folders.join('\0'), 'latin1');
}

export function readImplied(tarSplit: string): ReadonlySet<PathBytes> {
  const text = ifThere(() => readFileSync(join(tarSplit, NAME), 'latin1'));
  return new Set(text?.split('\0'));
}
