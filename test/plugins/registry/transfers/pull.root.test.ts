import { gzipSync } from 'node:zlib';
import test from 'ava';
import { TestEngine } from '../../../support/engine.js';
import { FakeRegistry } from '../support/fake-registry.js';
import { CONFIG, describe, INDEX, LAYER, MANIFEST, type MadeImage, makeImage, sha256 } from '../support/images.js';
import { BIG, isClean, layerPath, scene } from '../support/scene.js';

const content = (text: string) => Buffer.from(text);

/** One daemon pulls them all; each test has a registry of its own, and layers that none has had before. */
let engine: TestEngine;

test.before(async () => {
  engine = new TestEngine({ GANTRY_REGISTRY_TIMEOUT: '1' });
  await engine.startDaemon();
});

test.after.always(() => engine.destroy());

const hostile = test.macro(async (t, prepare: (registry: FakeRegistry, image: MadeImage) => void, why: RegExp) => {
  const registry = await FakeRegistry.start();
  t.teardown(() => registry.stop());
  const image = makeImage([content(`one for ${t.title}`), Buffer.concat([BIG, content(t.title)])]);
  registry.image('app', '1', image);
  prepare(registry, image);
  const { code, stderr } = await engine.quick(['pull', `${registry.host}/app:1`]);
  t.is(code, 1);
  t.regex(stderr, why);
  t.regex(stderr, /^[^\n]+\n$/);
  await isClean(t, { engine });
});

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
  'a list that holds itself',
  hostile,
  (r, i) => {
    const digest = `sha256:${'5'.repeat(64)}`;
    const entry = { ...describe(INDEX, i.config), digest, platform: { os: 'linux', architecture: 'amd64' } };
    const bytes = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [entry] });
    for (const name of ['1', digest]) r.give(`/v2/app/manifests/${name}`, bytes, { 'Content-Type': INDEX });
  },
  /not what its digest says/,
);
test.serial(
  'a list without end',
  hostile,
  (r) =>
    void r.on('/v2/app/manifests/1', (_, response) => {
      response.writeHead(200, { 'Content-Type': INDEX }).write('{"schemaVersion":2,"manifests":[');
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    }),
  /larger than 4 MiB/,
);
test.serial(
  'a configuration of 1 GB',
  hostile,
  (r, i) =>
    void r.on(
      `/v2/app/blobs/${i.manifest.config.digest}`,
      (_, response) => void response.writeHead(200, { 'Content-Length': String(2 ** 30) }).write('{'),
    ),
  /larger than 4 MiB/,
);
test.serial(
  'layers from elsewhere',
  hostile,
  (r, i) => {
    const layers = i.manifest.layers.map((layer) => ({ ...layer, urls: [`http://${r.host}/secret`] }));
    r.manifest('app', '1', { ...i.manifest, layers });
  },
  /fetched from elsewhere/,
);
test.serial(
  'more layers than an image may have',
  hostile,
  (r, i) => {
    const layers = Array.from({ length: 128 }, (_, index) => describe(LAYER, Buffer.from(`${index}`)));
    r.manifest('app', '1', { ...i.manifest, layers });
  },
  /it has 128 layers, and 127 are the most/,
);
test.serial(
  'a digest with path characters',
  hostile,
  (r, i) => {
    const layers = [{ ...i.manifest.layers[0], digest: 'sha256:../../../../etc/passwd' }];
    r.manifest('app', '1', { ...i.manifest, layers });
  },
  /malformed digest/,
);
test.serial(
  'a layer that comes a byte at a time',
  hostile,
  (r, i) =>
    r.on(layerPath(i, 1), (_, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(timer));
    }),
  /answers too slowly/,
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
  /^Error response from daemon: layer [0-9a-f]{12} of 127\S+ from 127\S+: not a tar archive\n$/,
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
