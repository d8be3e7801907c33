import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import type { StagedLayer } from '../../../../src/plugins/image/contracts/graph.js';
import { loadImages } from '../../../../src/plugins/image/transfer/load-images.js';
import { SavedImages } from '../../../../src/plugins/image/transfer/save-images.js';
import { type ImageEngine, newImages, openImages } from '../support/engine.js';
import { ARCHIVE, CONFIG, DIFF_ID } from '../support/one-layer.js';
import { stream, tar } from '../support/tars.js';

const STAGING = new URL('../support/staging-process.js', import.meta.url).pathname;
const LOAD = { event: 'load', name: 'x' };

/** Another engine on the same root: its locks are its own, as another process's are. */
async function beside(t: ExecutionContext, { root }: ImageEngine): Promise<ImageEngine> {
  const engine = await openImages(root);
  t.teardown(() => engine.stop());
  return engine;
}

/** A process that is at a layer, or has it, and makes no image of it. */
async function staging(t: ExecutionContext, { root }: ImageEngine, moment: 'half' | 'whole') {
  const child = spawn(process.execPath, [STAGING, root, moment], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    if (said.includes(moment === 'half' ? 'working' : 'staged')) break;
  }
  return child;
}

const layersIn = ({ root }: ImageEngine): string[] => readdirSync(join(root, 'layers'));

test('engines that want one layer at once do the work once', async (t) => {
  const one = await newImages(t);
  const engines = [one, one, await beside(t, one), await beside(t, one)];
  let opened = 0;
  const open = (): Readable => {
    opened++;
    return stream(ARCHIVE);
  };
  const layers = await Promise.all(engines.map(({ graph }) => graph.layerFrom(DIFF_ID, open)));
  t.is(opened, 1);
  t.deepEqual(
    layers.map(({ size }) => size),
    [10_000, 10_000, 10_000, 10_000],
  );
  layers[0]?.release();
  layers[1]?.release();
  const last = engines[3] as ImageEngine;
  const { id } = await last.graph.createFromConfig(CONFIG, layers.slice(3), LOAD);
  layers[2]?.release();
  layers[3]?.release();
  t.true(ARCHIVE.equals(await buffer(one.graph.layerArchive(DIFF_ID))));
  await one.graph.remove(id);
  t.deepEqual(layersIn(one), []);
});

test('a layer that nobody made an image of is gone when the last one lets go', async (t) => {
  const one = await newImages(t);
  const other = await beside(t, one);
  const [first, second] = [
    await one.graph.layerFrom(DIFF_ID, () => stream(ARCHIVE)),
    await other.graph.layerFrom(DIFF_ID, () => t.fail() as never),
  ];
  first.release();
  t.is(layersIn(one).length, 1);
  second.release();
  t.deepEqual(layersIn(one), []);
});

test('who waits for a process that is killed does its work', async (t) => {
  const engine = await newImages(t);
  const victim = await staging(t, engine, 'half');
  let opened = 0;
  const waiting = engine.graph.layerFrom(DIFF_ID, () => {
    opened++;
    return stream(ARCHIVE);
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.is(opened, 0);
  victim.kill('SIGKILL');
  const layer = await waiting;
  t.is(opened, 1);
  await engine.graph.createFromConfig(CONFIG, [layer], LOAD);
  layer.release();
  t.deepEqual(layersIn(engine), [DIFF_ID.slice(7)]);
});

test('who has no patience with a process that hangs does its work, too', async (t) => {
  const engine = await newImages(t);
  await staging(t, engine, 'half');
  const layer = await engine.graph.layerFrom(DIFF_ID, () => stream(ARCHIVE), { timeout: 100 });
  t.is(layer.size, 10_000);
  layer.release();
});

test('what a killed process had ready for an image stays while it lives, and goes at the next start', async (t) => {
  const engine = await newImages(t);
  const victim = await staging(t, engine, 'whole');
  await beside(t, engine);
  t.is(layersIn(engine).length, 1);
  victim.kill('SIGKILL');
  await once(victim, 'close');
  await beside(t, engine);
  t.deepEqual(layersIn(engine), []);
});

test('a source that cannot be opened leaves the layer to the next one', async (t) => {
  const { graph } = await newImages(t);
  const failing = graph.layerFrom(DIFF_ID, () => Promise.reject(new Error('away')));
  await t.throwsAsync(failing, { message: 'away' });
  (await graph.layerFrom(DIFF_ID, () => stream(ARCHIVE))).release();
});

test('loads of one archive at once, by several engines, all end well', async (t) => {
  const from = await newImages(t);
  const base = await from.graph.create(stream(tar([{ path: 'below', body: 'x'.repeat(500_000) }])), {});
  const top = await from.graph.create(stream(ARCHIVE), { parent: base.id });
  const archive = await buffer(Readable.from(new SavedImages(from.graph, [{ image: top, names: ['x:1'] }]).chunks()));
  const one = await newImages(t);
  const engines = [one, one, await beside(t, one)];
  const loaded = await Promise.all(engines.map(({ graph, root }) => loadImages(graph, stream(archive), root)));
  for (const [first] of loaded) t.is(first?.image.id, top.id);
  t.is(layersIn(one).length, 2);
});

test('many layers that no image has yet need no descriptor each, and are not discarded by others', async (t) => {
  const one = await newImages(t);
  const other = await beside(t, one);
  const layers: StagedLayer[] = [];
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const archives = Array.from({ length: 30 }, (_, index) => tar([{ path: `f${index}`, body: 'x' }]));
  for (const archive of archives.slice(0, 2)) layers.push(await one.graph.layerFrom(undefined, () => stream(archive)));
  const before = descriptors();
  for (const archive of archives.slice(2)) layers.push(await one.graph.layerFrom(undefined, () => stream(archive)));
  t.true(descriptors() - before < 20);
  await other.graph.emptyTrash();
  t.is(layersIn(one).length, 30);
  for (const layer of layers) layer.release();
  await other.graph.emptyTrash();
  t.deepEqual(layersIn(one), []);
});
