import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ifThere } from '../../../host/index.js';
import { MAX_IMPLIED_BYTES, type PathBytes } from '../fs/index.js';

/** In a layer's tar-split folder: the directories that its archive names only as parts of other paths. */
const NAME = 'implied';

export function writeImplied(tarSplit: string, folders: readonly PathBytes[]): void {
  if (folders.length > 0) writeFileSync(join(tarSplit, NAME), folders.join('\0'), 'latin1');
}

/** Of the layers of one image. All have none where they are more than any image needs: they are looked up at one go. */
export function readImplied(tarSplits: readonly string[]): readonly ReadonlySet<PathBytes>[] {
  const files = tarSplits.map((tarSplit) => join(tarSplit, NAME));
  const bytes = files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  if (bytes > MAX_IMPLIED_BYTES) return files.map(() => new Set());
  return files.map((file) => new Set(ifThere(() => readFileSync(file, 'latin1'))?.split('\0')));
}
