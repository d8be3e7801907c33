import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { TestEngine } from '../../support/engine.js';
import { FakeRegistry } from './support/fake-registry.js';
import {
  CONFIG,
  describe,
  INDEX,
  LAYER,
  MANIFEST,
  type MadeImage,
  makeImage,
  sha256,
  tarOf,
} from './support/images.js';

const content = (text: string) => Buffer.from(text);
const BIG = Buffer.from(createHash('shake256', { outputLength: 400_000 }).update('big').digest());

interface Scene {
  readonly engine: TestEngine;
  readonly registry: FakeRegistry;
  readonly name: string;
}

async function scene(t: ExecutionContext): Promise<Scene> {
  const registry = await FakeRegistry.start();
  const engine = new TestEngine();
  t.teardown(() => {
    registry.stop();
    return engine.destroy();
  });
  return { engine, registry, name: `${registry.host}/app:1` };
}

/** What is left of a pull: nothing that anybody could take for an image. */
async function isClean(t: ExecutionContext, { engine }: Scene): Promise<void> {
  t.is(await engine.ok('images', '-aq'), '');
  t.deepEqual(readdirSync(join(engine.root, 'layers')), []);
}

const hostile = test.macro(async (t, prepare: (registry: FakeRegistry, image: MadeImage) => void, why: RegExp) => {
  const it = await scene(t);
  const image = makeImage([content('one'), BIG]);
  it.registry.image('app', '1', image);
  prepare(it.registry, image);
  const { code, stderr } = await it.engine.docker(['pull', it.name], { env: { GANTRY_REGISTRY_TIMEOUT: '1' } });
  t.is(code, 1);
  t.regex(stderr, why);
  t.regex(stderr, /^[^\n]+\n$/);
  await isClean(t, it);
});

const layerPath = ({ manifest }: MadeImage, index: number) => `/v2/app/blobs/${manifest.layers[index]?.digest}`;
const altered = (bytes: Buffer) => {
  const copy = Buffer.from(bytes);
  copy[copy.length - 9] = 255 - (copy[copy.length - 9] ?? 0);
  return copy;
};

test.serial(
  'a layer with other bytes',
  hostile,
  (r, i) => r.give(layerPath(i, 1), altered(i.layers[1] as Buffer)),
  /digest/,
);
test.serial(
  'a layer that is too long',
  hostile,
  (r, i) => r.give(layerPath(i, 1), Buffer.concat([...i.layers, BIG])),
  /larger than the manifest says/,
);
test.serial(
  'a layer that is too short',
  hostile,
  (r, i) => r.give(layerPath(i, 1), (i.layers[1] as Buffer).subarray(0, 900)),
  /smaller than the manifest says/,
);
test.serial(
  'a layer that is not there',
  hostile,
  (r, i) => r.on(layerPath(i, 1), (_, response) => void response.writeHead(404).end()),
  /not found/,
);
test.serial(
  'a layer without end',
  hostile,
  (r, i) =>
    r.on(layerPath(i, 1), (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(BIG));
      };
      response.on('drain', more);
      response.write(i.layers[1]);
      more();
    }),
  /larger than the manifest says/,
);
test.serial(
  'a layer that stops',
  hostile,
  (r, i) => r.on(layerPath(i, 1), (_, response) => void response.writeHead(200).write('x')),
  /stopped answering/,
);
test.serial(
  'a layer that breaks off again and again',
  hostile,
  (r, i) =>
    r.on(layerPath(i, 1), (_, response) => {
      response.writeHead(200, { 'Content-Length': '99999' }).write('x', () => response.destroy());
    }),
  /connection reset/,
);
test.serial(
  'a configuration with other bytes',
  hostile,
  (r, i) => r.give(`/v2/app/blobs/${i.manifest.config.digest}`, altered(i.config)),
  /not what its digest and size say/,
);
test.serial(
  'a configuration of other layers',
  hostile,
  (r, i) => {
    const config = makeImage([content('three'), content('four')]).config;
    r.blob('app', config).manifest('app', '1', { ...i.manifest, config: describe(CONFIG, config) });
  },
  /digest/,
);
test.serial(
  'a configuration of more layers',
  hostile,
  (r, i) => {
    const config = makeImage([content('one'), BIG, content('three')]).config;
    r.blob('app', config).manifest('app', '1', { ...i.manifest, config: describe(CONFIG, config) });
  },
  /configuration is not that of its layers/,
);
test.serial(
  'a configuration that is none',
  hostile,
  (r, i) => {
    const config = content('[1]');
    r.blob('app', config).manifest('app', '1', { ...i.manifest, config: describe(CONFIG, config) });
  },
  /none of a container image/,
);
test.serial(
  'another processor',
  hostile,
  (r) => void r.image('app', '1', makeImage([BIG], { architecture: 's390x' })),
  /is for linux\/s390x/,
);
test.serial(
  'schema 1',
  hostile,
  (r) =>
    void r.manifest(
      'app',
      '1',
      { schemaVersion: 1, fsLayers: [] },
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
    ),
  /schema 1/,
);
test.serial(
  'a manifest with another digest than it says',
  hostile,
  (r, i) =>
    r.give('/v2/app/manifests/1', JSON.stringify(i.manifest), {
      'Content-Type': MANIFEST,
      'Docker-Content-Digest': `sha256:${'0'.repeat(64)}`,
    }),
  /not what its digest says/,
);
test.serial(
  'a manifest of 1 GB',
  hostile,
  (r) =>
    void r.on(
      '/v2/app/manifests/1',
      (_, response) => void response.writeHead(200, { 'Content-Length': String(2 ** 30) }).write('{'),
    ),
  /larger than 4 MiB/,
);
test.serial(
  'a list that leads from list to list',
  hostile,
  (r, i) => {
    let bytes = Buffer.from(JSON.stringify(i.manifest));
    let type = MANIFEST;
    for (let depth = 0; depth < 5; depth++) {
      r.give(`/v2/app/manifests/${sha256(bytes)}`, bytes, { 'Content-Type': type });
      const entry = { ...describe(type, bytes), platform: { os: 'linux', architecture: 'amd64' } };
      bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [entry] }));
      type = INDEX;
    }
    r.give('/v2/app/manifests/1', bytes, { 'Content-Type': INDEX });
  },
  /holds lists again and again/,
);
test.serial(
  'a layer that is no archive',
  hostile,
  (r, i) => {
    const layer = gzipSync(BIG);
    const config = Buffer.from(i.config.toString().replace(/"diff_ids":\[.*?\]/, `"diff_ids":["${sha256(BIG)}"]`));
    const manifest = { ...i.manifest, config: describe(CONFIG, config), layers: [describe(LAYER, layer)] };
    r.blob('app', layer).blob('app', config).manifest('app', '1', manifest);
  },
  /^Error: layer [0-9a-f]{12} of 127\S+ from 127\S+: not a tar archive\n$/,
);

test.serial('by digest, only what has it is taken', async (t) => {
  const it = await scene(t);
  const image = makeImage([content('one')]);
  const digest = it.registry.image('app', '1', image).manifest('app', '1', image.manifest);
  const wrong = `sha256:${'1'.repeat(64)}`;
  it.registry.give(`/v2/app/manifests/${wrong}`, JSON.stringify(image.manifest), { 'Content-Type': MANIFEST });
  t.regex((await it.engine.docker(['pull', `${it.registry.host}/app@${wrong}`])).stderr, /not what its digest says/);
  await isClean(t, it);
  const name = `${it.registry.host}/app@${digest}`;
  t.is(await it.engine.ok('pull', '-q', name), name);
  t.regex(await it.engine.ok('inspect', name), new RegExp(sha256(image.config)));
});

test.serial('all forms of layers, and what is there already costs one request', async (t) => {
  const it = await scene(t);
  const tars = ['a', 'b', 'c'].map((text) => tarOf(text, content(text)));
  const layers = [tars[0] as Buffer, gzipSync(tars[1] as Buffer), zstdCompressSync(tars[2] as Buffer)];
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: tars.map(sha256) } }),
  );
  const types = ['', '+gzip', '+zstd'].map((end) => `application/vnd.oci.image.layer.v1.tar${end}`);
  const manifest = {
    schemaVersion: 2,
    config: describe(CONFIG, config),
    layers: layers.map((layer, index) => describe(types[index] ?? '', layer)),
  };
  for (const bytes of [config, ...layers]) it.registry.blob('app', bytes);
  const bytes = Buffer.from(JSON.stringify(manifest));
  it.registry.manifest('app', '1', manifest);
  const entries = ['s390x', 'amd64'].map((architecture) => ({
    ...describe(MANIFEST, bytes),
    platform: { os: 'linux', architecture },
  }));
  const index = it.registry.manifest('app', 'list', { schemaVersion: 2, manifests: entries }, INDEX);
  const name = `${it.registry.host}/app:list`;
  const first = await it.engine.ok('pull', name);
  t.regex(first, /^list: Pulling from app\n/);
  t.regex(first, /[0-9a-f]{12}: Pull complete\n/);
  t.true(first.endsWith(`Digest: ${index}\nStatus: Downloaded newer image for ${name}\n${name}`), first);
  it.registry.requests.length = 0;
  t.regex(await it.engine.ok('pull', name), /Status: Image is up to date for/);
  t.deepEqual(
    it.registry.requests.filter((line) => line !== 'GET /v2/'),
    ['GET /v2/app/manifests/list'],
  );
});

test.serial('a pull that breaks off goes on where it was', async (t) => {
  const it = await scene(t);
  const image = makeImage([BIG]);
  const [layer] = image.layers as [Buffer];
  it.registry.image('app', '1', image);
  const ranges: unknown[] = [];
  let isBroken = true;
  it.registry.on(layerPath(image, 0), (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    ranges.push(start);
    response.writeHead(start > 0 ? 206 : 200, { 'Content-Length': String(layer.length - start) });
    if (isBroken) response.write(layer.subarray(start, start + 20_000), () => setTimeout(() => response.destroy(), 50));
    else response.end(layer.subarray(start));
  });
  t.is((await it.engine.docker(['pull', it.name])).code, 1);
  t.deepEqual(ranges, [0, 20_000, 40_000, 60_000]);
  isBroken = false;
  await it.engine.ok('pull', it.name);
  t.is(ranges.at(-1), 80_000);
});

test.serial('two pulls of one image fetch each layer once', async (t) => {
  const it = await scene(t);
  const image = makeImage([BIG, content('x')]);
  it.registry.image('app', '1', image);
  it.registry.on(layerPath(image, 0), (_, response) => void setTimeout(() => response.end(image.layers[0]), 300));
  await it.engine.startDaemon();
  await Promise.all([it.engine.ok('pull', it.name), it.engine.ok('pull', it.name)]);
  const fetched = it.registry.requests.filter((line) => line.includes(image.manifest.layers[0]?.digest ?? '-'));
  t.is(fetched.length, 1);
});

test.serial('one who goes leaves the work to the other', async (t) => {
  const it = await scene(t);
  const image = makeImage([BIG]);
  it.registry.image('app', '1', image);
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let first = true;
  it.registry.on(layerPath(image, 0), (_, response) => {
    asked.resolve();
    if (!first) return void response.end(image.layers[0]);
    first = false;
    void gate.promise.then(() => response.end(image.layers[0]));
  });
  await it.engine.startDaemon();
  const leaver = it.engine.spawn(['pull', it.name]);
  await asked.promise;
  const stayer = it.engine.docker(['pull', it.name]);
  while (it.registry.requests.filter((line) => line.includes(image.manifest.config.digest)).length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  leaver.kill('SIGKILL');
  const { code, stderr } = await stayer;
  t.is(code, 0, stderr);
  gate.resolve();
});

test.serial('removing the image removes what was kept of it', async (t) => {
  const it = await scene(t);
  const image = makeImage([BIG]);
  it.registry.image('app', '1', image);
  await it.engine.startDaemon();
  await it.engine.ok('pull', it.name);
  const blob = join(it.engine.root, 'blobs', (image.manifest.layers[0]?.digest ?? '').slice(7));
  t.true(existsSync(blob));
  await it.engine.ok('rmi', it.name);
  for (let attempt = 0; attempt < 100 && existsSync(blob); attempt++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  t.false(existsSync(blob));
});

test.serial('a pull that is killed at 90 % fetches little of it again', async (t) => {
  const it = await scene(t);
  const image = makeImage(
    Array.from({ length: 8 }, (_, index) =>
      createHash('shake256', { outputLength: 3_000_000 }).update(`layer ${index}`).digest(),
    ),
  );
  it.registry.image('app', '1', image);
  const total = image.layers.reduce((sum, layer) => sum + layer.length, 0);
  const reached = Promise.withResolvers<void>();
  let sent = 0;
  let limit = 0.9 * total;
  for (const [index, layer] of image.layers.entries()) {
    it.registry.on(layerPath(image, index), async (request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(start > 0 ? 206 : 200, { 'Content-Length': String(layer.length - start) });
      for (let at = start; at < layer.length; at += 50_000) {
        if (sent >= limit) return reached.resolve();
        const piece = layer.subarray(at, at + 50_000);
        sent += piece.length;
        await new Promise((resolve) => response.write(piece, resolve));
      }
      response.end();
    });
  }
  const killed = it.engine.spawn(['pull', it.name]);
  const ended = new Promise((resolve) => killed.once('exit', resolve));
  await reached.promise;
  // What has been sent is on its way to the disk.
  await new Promise((resolve) => setTimeout(resolve, 500));
  killed.kill('SIGKILL');
  await ended;
  sent = 0;
  limit = Number.POSITIVE_INFINITY;
  await it.engine.ok('pull', it.name);
  t.true(sent <= 0.15 * total, `${sent} of ${total}`);
});
