import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { TestEngine } from '../../../support/engine.js';
import { FakeRegistry } from '../support/fake-registry.js';
import { describe, LAYER, type MadeImage, makeImage, tarOf } from '../support/images.js';
import { layerPath } from '../support/scene.js';

/** One daemon; each test has layers that none has had before. */
let engine: TestEngine;

test.before(async () => {
  engine = new TestEngine({ GANTRY_REGISTRY_TIMEOUT: '5' });
  await engine.startDaemon();
});

test.after.always(() => engine.destroy());

const random = (bytes: number, seed: string) => createHash('shake256', { outputLength: bytes }).update(seed).digest();

async function registryWith(t: ExecutionContext, image: MadeImage): Promise<FakeRegistry> {
  const registry = await FakeRegistry.start();
  t.teardown(() => registry.stop());
  return registry.image('app', '1', image);
}

const pull = (registry: FakeRegistry) => engine.quick(['pull', '-q', `${registry.host}/app:1`]);

function leftOf({ manifest }: MadeImage): string[] {
  const hex = manifest.layers[0]?.digest.slice(7) ?? '-';
  return readdirSync(join(engine.root, 'blobs')).filter((name) => name.startsWith(hex));
}

/** Gives a blob as most registries do, with ranges. @returns where it was asked to begin */
function honest(registry: FakeRegistry, image: MadeImage): number[] {
  const [layer] = image.layers as [Buffer];
  const starts: number[] = [];
  registry.on(layerPath(image, 0), (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    starts.push(start);
    response.writeHead(start > 0 ? 206 : 200).end(layer.subarray(start));
  });
  return starts;
}

test.serial('bytes that are wrong are kept for nobody', async (t) => {
  const image = makeImage([random(300_000, 'one')]);
  const size = image.layers[0]?.length ?? 0;
  const [bad, good] = [await registryWith(t, image), await registryWith(t, image)];
  const garbage = [random(size, 'garbage'), gzipSync(random(size, 'no tar')).subarray(0, size)];
  garbage.push(Buffer.concat([image.layers[0] as Buffer, random(size, 'more')]));
  for (const bytes of garbage) {
    bad.on(layerPath(image, 0), (_, response) => {
      response
        .writeHead(200)
        .write(bytes.subarray(0, size / 2), () => setTimeout(() => response.end(bytes.subarray(size / 2)), 300));
    });
    t.is((await pull(bad)).code, 1);
    t.deepEqual(leftOf(image), []);
  }
  t.is((await pull(good)).code, 0);
});

/** Gives bytes that look right as far as they go, and breaks off. */
function deceive(registry: FakeRegistry, image: MadeImage): void {
  const start = gzipSync(tarOf('file0', random(300_000, 'other'))).subarray(0, 100_000);
  const size = String(image.layers[0]?.length);
  registry.on(layerPath(image, 0), (_, response) => {
    response.writeHead(200, { 'Content-Length': size }).write(start, () => setTimeout(() => response.destroy(), 20));
  });
}

test.serial('what a registry has left behind is used for no other', async (t) => {
  const image = makeImage([random(300_000, 'two')]);
  const [bad, good] = [await registryWith(t, image), await registryWith(t, image)];
  deceive(bad, image);
  t.is((await pull(bad)).code, 1);
  t.is(leftOf(image).length, 1);
  const starts = honest(good, image);
  t.is((await pull(good)).code, 0);
  t.deepEqual(starts, [0]);
});

test.serial('a download that goes on with bytes that are wrong begins once more', async (t) => {
  const image = makeImage([random(300_000, 'three')]);
  const registry = await registryWith(t, image);
  deceive(registry, image);
  t.is((await pull(registry)).code, 1);
  const starts = honest(registry, image);
  t.is((await pull(registry)).code, 0);
  t.deepEqual(starts, [100_000, 0]);
});

test.serial('a whole blob that the disk has damaged is fetched again', async (t) => {
  const image = makeImage([random(300_000, 'four')]);
  const registry = await registryWith(t, image);
  const name = image.manifest.layers[0]?.digest.slice(7) ?? '';
  writeFileSync(join(engine.root, 'blobs', `${name}.whole`), 'damage');
  t.is((await pull(registry)).code, 0);
});

test.serial('no registry gives a layer of another image a blob of its own choice', async (t) => {
  const image = makeImage([random(1000, 'five')]);
  const honestOne = await registryWith(t, image);
  t.is((await pull(honestOne)).code, 0);
  const [layer = describe(LAYER, Buffer.from(''))] = image.manifest.layers;
  const evil = await registryWith(t, image);
  const other = gzipSync(tarOf('file0', Buffer.from('evil')));
  const same = gzipSync(tarOf('file0', random(1000, 'five')), { level: 0 });
  const forms: [Buffer, number][] = [
    [other, 1],
    [same, 0],
    [image.layers[0] as Buffer, 0],
  ];
  for (const [bytes, code] of forms) {
    evil
      .blob('app', bytes)
      .manifest('app', '1', { ...image.manifest, layers: [{ ...layer, ...describe(LAYER, bytes) }] });
    const { code: got, stderr } = await pull(evil);
    t.is(got, code, stderr);
    if (code > 0) t.regex(stderr, /^[^\n]*the layer's digest is sha256:[^\n]*\n$/);
  }
});
