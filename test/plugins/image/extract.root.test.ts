import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import type { GantryError } from '../../../src/kernel/index.js';
import { extract } from '../../../src/plugins/image/extract.js';
import { makeTempFolder } from '../../../src/plugins/image/temp-folder.js';
import { newImages } from './support/engine.js';
import { stream, tar } from './support/tars.js';

test('a bomb stops at the limit', async (t) => {
  const { root } = await newImages(t);
  const [layer, recipe] = ['layers', 'recipes'].map((name) => makeTempFolder(join(root, name)).fd) as [number, number];
  const bomb = gzipSync(tar([{ path: 'zeros', body: Buffer.alloc(20_000_000) }]));
  const extracting = extract(stream(bomb), { layer, recipe }, { limit: 10_000_000 });
  const error = await t.throwsAsync(extracting);
  t.like(error, { kind: 'invalid', message: 'the archive unpacks to more than 10000000 bytes' });
  t.regex((error as GantryError).hint ?? '', /GANTRY_MAX_LAYER_SIZE/);
});
