import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { graphContract } from '../../../contracts/graph.js';
import { newImages, openImages, temporaryFolder } from '../support/engine.js';
import { stream, tar } from '../support/tars.js';

graphContract(test, async (t) => {
  const { graph, tags } = await newImages(t);
  return { graph, tags, folder: temporaryFolder(t) };
});

const oneFile = (body: string): Readable => stream(tar([{ path: 'file', body }]));

function layersOf(root: string): string[] {
  return readdirSync(join(root, 'layers'));
}

test('a layer is kept as long as one image has it', async (t) => {
  const { graph, root } = await newImages(t);
  const one = await graph.create(oneFile('x'), {});
  const two = await graph.create(oneFile('x'), {});
  t.deepEqual(layersOf(root), [one.diffIds[0]?.slice(7)]);
  await graph.remove(one.id);
  t.is(layersOf(root).length, 1);
  await graph.remove(two.id);
  t.deepEqual(layersOf(root), []);
});

test('a diff id is the digest of the whole uncompressed stream, whatever the compression', async (t) => {
  const { graph } = await newImages(t);
  const folder = temporaryFolder(t);
  const plain = join(folder, 'a.tar');
  writeFileSync(plain, Buffer.concat([tar([{ path: 'file', body: 'x'.repeat(100_000) }]), Buffer.alloc(9000)]));
  const digest = execFileSync('sha256sum', [plain], { encoding: 'utf8' }).slice(0, 64);
  for (const command of [['cat'], ['gzip', '-c'], ['bzip2', '-c'], ['xz', '-c'], ['zstd', '-qc']] as const) {
    const [program, ...args] = command;
    const image = await graph.create(stream(execFileSync(program, [...args, plain])), {});
    t.deepEqual(image.diffIds, [`sha256:${digest}`], program);
  }
});

test('many imports of one layer at once, by several processes, all end well', async (t) => {
  const { root, graph } = await newImages(t);
  const other = await openImages(root);
  t.teardown(() => other.stop());
  const images = await Promise.all(
    [0, 1, 2, 3, 4, 5].map((n) => (n % 2 ? graph : other.graph).create(oneFile('y'), {})),
  );
  t.is(new Set(images.map(({ id }) => id)).size, 6);
  t.is(layersOf(root).length, 1);
});

test('what a killed engine was unpacking is gone after the next start, and what others unpack is not', async (t) => {
  const root = temporaryFolder(t);
  const engine = await openImages(root);
  t.teardown(() => engine.stop());
  const victim = spawn(process.execPath, [new URL('../support/endless-import.js', import.meta.url).pathname, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(victim.stdout, 'data');
  while (!layersOf(root).some((name) => existsSync(join(root, 'layers', name, 'started')))) await setTimeout(10);
  (await openImages(root)).stop();
  t.is(layersOf(root).length, 1, 'a living process works there');
  victim.kill('SIGKILL');
  await once(victim, 'close');
  while (layersOf(root).length > 0) {
    await (await openImages(root)).stop();
    await setTimeout(10);
  }
  while (readdirSync(join(root, 'trash')).length > 0) await setTimeout(10);
  t.deepEqual(engine.graph.list(), []);
});

// Serial, since it looks for its unpacker among the children of this process.
test.serial('a killed unpacker is an error, and nothing is left', async (t) => {
  const { graph, root } = await newImages(t);
  const archive = new Readable({ read: () => undefined });
  archive.push(tar([{ path: 'started', body: 'x' }], Buffer.alloc(0)));
  const before = unpackers();
  const creation = graph.create(archive, {});
  let unpacker: string | undefined;
  while (unpacker === undefined) {
    await setTimeout(10);
    unpacker = unpackers().find((pid) => !before.includes(pid));
  }
  process.kill(Number(unpacker), 'SIGKILL');
  t.regex((await t.throwsAsync(creation)).message, /SIGKILL/);
  t.deepEqual(layersOf(root), []);
  t.deepEqual(graph.list(), []);
});

/** Children of this process. */
function unpackers(): string[] {
  const lines = execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], { encoding: 'utf8' }).split(
    '\n',
  );
  return lines.flatMap((line) => (line.includes('unpack-worker') ? [line.trim().split(' ')[0] ?? ''] : []));
}

test.serial('one unpacker takes layer after layer, and none of them sees another', async (t) => {
  const { graph, root } = await newImages(t);
  const before = unpackers();
  const staged = [];
  for (const name of ['a', 'b', 'c']) {
    const up = { path: 'up', type: 'SymbolicLink', linkpath: '../../..' } as const;
    const archive = tar([{ path: name, body: name }, up, { path: `up/out-${name}`, body: 'x' }]);
    staged.push(await graph.layerFrom(undefined, () => stream(archive)));
  }
  t.is(unpackers().filter((pid) => !before.includes(pid)).length, 1);
  const found = layersOf(root).map((folder) => readdirSync(join(root, 'layers', folder)).join());
  t.deepEqual(found.sort(), ['a,out-a,up', 'b,out-b,up', 'c,out-c,up']);
  for (const { release } of staged) release();
  t.deepEqual(layersOf(root), []);
});

test('a layer without an image is taken away at start', async (t) => {
  const { root } = await newImages(t);
  mkdirSync(join(root, 'layers', 'a'.repeat(64)));
  (await openImages(root)).stop();
  t.deepEqual(layersOf(root), []);
});
