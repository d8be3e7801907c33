import { createHash } from 'node:crypto';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import test from 'ava';
import { CONFIG, describe, INDEX, MANIFEST, makeImage, sha256, tarOf } from '../support/images.js';
import { BIG, engineFor, layerPath, registryFor, scene } from '../support/scene.js';

const content = (text: string) => Buffer.from(text);

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
    ['HEAD /v2/app/manifests/list'],
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

test.serial('a way that breaks again and again gets there as long as each time brings something', async (t) => {
  const it = await scene(t, { withDaemon: true });
  const layer = createHash('shake256', { outputLength: 3_000_000 }).update('far').digest();
  const image = makeImage([layer]);
  const bytes = image.layers[0] ?? Buffer.alloc(0);
  it.registry.image('app', '1', image).on(layerPath(image, 0), ({ headers }, response) => {
    const start = Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    const range = { 'Content-Range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(start > 0 ? 206 : 200, { 'Content-Length': String(bytes.length - start), ...range });
    response.write(bytes.subarray(start, start + 400_000), () => response.destroy());
  });
  await it.engine.ok('pull', '-q', it.name);
  t.true(it.registry.requests.filter((line) => line.endsWith(layerPath(image, 0))).length > 5);
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

test.serial('what was kept of an image stays while it can be brought back, and goes with it', async (t) => {
  const it = await scene(t);
  const image = makeImage([BIG]);
  it.registry.image('app', '1', image);
  await it.engine.ok('pull', it.name);
  const blob = join(it.engine.root, 'blobs', (image.manifest.layers[0]?.digest ?? '').slice(7));
  t.true(existsSync(blob));
  await it.engine.ok('rmi', it.name);
  t.true(existsSync(blob));
  // A day later.
  const database = new DatabaseSync(join(it.engine.root, 'gantry.db'));
  database.exec("UPDATE removed_images SET removed = 0, boot = 'earlier'");
  database.close();
  await it.engine.importImage('busybox');
  await it.engine.ok('rmi', 'busybox');
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

test.serial('all tags', async (t) => {
  const registry = await registryFor(t);
  const engine = await engineFor(t, true, 'busybox');
  for (const tag of ['1', '2']) await engine.ok('tag', 'busybox', `${registry.host}/app:${tag}`);
  await engine.ok('push', '-qa', `${registry.host}/app`);
  await engine.ok('rmi', `${registry.host}/app:1`, `${registry.host}/app:2`);
  t.is(await engine.ok('pull', '-qa', `${registry.host}/app`), `${registry.host}/app:1\n${registry.host}/app:2`);
  const both = await engine.docker(['pull', '-a', `${registry.host}/app:1`]);
  t.is(both.code, 125);
  t.regex(both.stderr, /^tag can't be used with --all-tags\/-a\n/);
});

test.serial('what is there already costs a daemon one request for each name, and names no other image', async (t) => {
  const it = await scene(t);
  it.registry.image('app', '1', makeImage([BIG])).image('app', '2', makeImage([content('x'), BIG]));
  it.registry.give('/v2/app/tags/list', '{"tags":["1","2"]}');
  await it.engine.startDaemon();
  await it.engine.ok('pull', '-qa', `${it.registry.host}/app`);
  it.registry.requests.length = 0;
  const left = [`blobs/${'0'.repeat(64)}.part`, 'push/.push-left'].map((path) => join(it.engine.root, path));
  for (const path of left) {
    writeFileSync(path, 'x');
    utimesSync(path, 1e9, 1e9);
  }
  await it.engine.ok('pull', it.name);
  t.deepEqual(it.registry.requests, ['HEAD /v2/app/manifests/1']);
  t.false(left.some(existsSync), 'what earlier transfers have left goes with each pull');
  it.registry.requests.length = 0;
  await it.engine.ok('pull', '-qa', `${it.registry.host}/app`);
  const [list, ...manifests] = it.registry.requests;
  t.regex(list ?? '', /^GET \/v2\/app\/tags\/list/);
  t.deepEqual(manifests, ['HEAD /v2/app/manifests/1', 'HEAD /v2/app/manifests/2']);
});

test.serial('two processes without a daemon fetch each layer once', async (t) => {
  const it = await scene(t);
  const image = makeImage([BIG, content('x')]);
  it.registry.image('app', '1', image);
  it.registry.on(layerPath(image, 0), (_, response) => void setTimeout(() => response.end(image.layers[0]), 1000));
  await Promise.all([it.engine.ok('pull', it.name), it.engine.ok('pull', it.name)]);
  const fetched = it.registry.requests.filter((line) => line.includes(image.manifest.layers[0]?.digest ?? '-'));
  t.is(fetched.length, 1);
});

test.serial('for another processor, when that is asked for', async (t) => {
  const it = await scene(t, { withDaemon: true });
  const images = ['amd64', 'arm64'].map((architecture) => ({
    architecture,
    image: makeImage([content(architecture)], { architecture }),
  }));
  const entries = images.map(({ architecture, image }) => {
    it.registry.image('app', architecture, image);
    const bytes = Buffer.from(JSON.stringify(image.manifest));
    return { ...describe(MANIFEST, bytes), platform: { os: 'linux', architecture } };
  });
  it.registry.manifest('app', '1', { schemaVersion: 2, manifests: entries }, INDEX);
  for (const { architecture, image } of images) {
    await it.engine.ok('pull', '-q', '--platform', `linux/${architecture}`, it.name);
    t.regex(await it.engine.ok('inspect', it.name), new RegExp(sha256(image.config)));
  }
  const { code, stderr } = await it.engine.quick(['pull', '--platform', 'linux/s390x', it.name]);
  t.is(code, 1);
  t.regex(stderr, /^Error response from daemon: [^\n]*linux\/s390x[^\n]*\n$/);
});
