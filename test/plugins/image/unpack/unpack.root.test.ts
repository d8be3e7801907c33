import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import type { GantryError } from '../../../../src/kernel/index.js';
import { unpack } from '../../../../src/plugins/image/unpack/unpack.js';
import { UnpackWorker } from '../../../../src/plugins/image/unpack/worker.js';
import { temporaryFolder } from '../support/engine.js';
import { stream, tar } from '../support/tars.js';

/** An unpacker, with a folder for one layer and one for its tar-split data, both called `new`. */
async function unpackerFor(t: ExecutionContext): Promise<UnpackWorker> {
  const root = temporaryFolder(t);
  const [layers = -1, tarSplits = -1] = ['layers', 'recipes'].map((name) => {
    mkdirSync(join(root, name, 'new'), { recursive: true });
    return openSync(join(root, name), 'r');
  });
  const unpacker = await UnpackWorker.start({ layers, tarSplits });
  t.teardown(() => unpacker.kill());
  return unpacker;
}

const JOB = { layer: 'new', tarSplit: 'new', limit: 10_000_000 };

test('a bomb stops at the limit', async (t) => {
  const bomb = gzipSync(tar([{ path: 'zeros', body: Buffer.alloc(20_000_000) }]));
  const error = await t.throwsAsync(unpack(await unpackerFor(t), stream(bomb), JOB));
  t.like(error, { kind: 'invalid', message: 'the archive unpacks to more than 10000000 bytes' });
  t.regex((error as GantryError).hint ?? '', /GANTRY_MAX_LAYER_SIZE/);
});

test('what gives the archive fails between two entries: half a layer is none', async (t) => {
  const broken = new Readable({ read: () => {} });
  broken.push(tar([{ path: 'one', body: 'x' }], Buffer.alloc(0)));
  setTimeout(() => broken.destroy(new Error('the line is dead')), 200);
  t.like(await t.throwsAsync(unpack(await unpackerFor(t), broken, JOB)), {
    kind: 'unavailable',
    message: 'the archive cannot be read: the line is dead',
  });
});

test('a bad archive is told of while its sender goes on', async (t) => {
  const endless = new Readable({ read: () => void endless.push(Buffer.alloc(65_536, 'x')) });
  t.like(await t.throwsAsync(unpack(await unpackerFor(t), endless, JOB)), {
    kind: 'invalid',
    message: 'not a tar archive',
  });
});
