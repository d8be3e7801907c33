import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import test from 'ava';
import { CONFIG, describe, MANIFEST, makeImage, sha256, tarOf } from '../support/images.js';
import { BIG, engineFor, layerPath, registryFor, scene } from '../support/scene.js';

test.serial('what is refused', async (t) => {
  const engine = await engineFor(t, true, 'busybox');
  for (const [args, code, said] of [
    [['push', 'none'], 1, 'An image does not exist locally with the tag: docker.io/library/none:latest'],
    [['push', '-a', 'none'], 1, 'An image does not exist locally with the tag: none'],
    [['push', '-a', 'busybox:1'], 125, "tag can't be used with --all-tags/-a"],
    [['push', `busybox@sha256:${'0'.repeat(64)}`], 125, 'cannot push a digest reference'],
    [['push', 'Busybox'], 1, 'invalid reference format'],
  ] as const) {
    const result = await engine.quick(args);
    t.is(result.code, code, args.join(' '));
    t.true(result.stderr.includes(said), result.stderr);
  }
});

test.serial('what was removed and brought back is pushed with the digest that it was pulled with', async (t) => {
  const it = await scene(t, { withDaemon: true });
  const target = await registryFor(t);
  const image = makeImage([BIG]);
  const digest = it.registry.image('app', '1', image).manifest('app', '1', image.manifest);
  const blob = join(it.engine.root, 'blobs', (image.manifest.layers[0]?.digest ?? '').slice(7));
  await it.engine.ok('pull', it.name);
  await it.engine.ok('tag', it.name, `${target.host}/app:1`);
  await it.engine.ok('rmi', it.name, `${target.host}/app:1`);
  await it.engine.ok('undo');
  t.true(existsSync(blob));
  const pushed = await it.engine.ok('push', `${target.host}/app:1`);
  t.true(pushed.endsWith(`1: digest: ${digest} size: ${JSON.stringify(image.manifest).length}`), pushed);
});

test.serial('the digest stays from registry to registry, however the layers were compressed', async (t) => {
  const it = await scene(t);
  const tars = ['gzip', 'zstd', 'none'].map((name) => tarOf(name, Buffer.from(name)));
  const layers = [gzipSync(tars[0] ?? '', { level: 1 }), zstdCompressSync(tars[1] ?? ''), tars[2] ?? Buffer.alloc(0)];
  const rootfs = { type: 'layers', diff_ids: tars.map(sha256) };
  // Of a form that nobody here would write.
  const config = Buffer.from(`${JSON.stringify({ rootfs, os: 'linux', architecture: 'amd64' }, null, 3)}\n`);
  const types = ['+gzip', '+zstd', ''].map((end) => `application/vnd.oci.image.layer.v1.tar${end}`);
  const manifest = {
    layers: layers.map((layer, index) => describe(types[index] ?? '', layer)),
    config: describe(CONFIG, config),
    mediaType: MANIFEST,
    schemaVersion: 2,
    annotations: { a: 'b' },
  };
  for (const bytes of [config, ...layers]) it.registry.blob('app', bytes);
  const digest = it.registry.manifest('app', '1', manifest);
  let from = it.name;
  for (let hop = 0; hop < 3; hop++) {
    const [engine, target] = [await engineFor(t), await registryFor(t)];
    await engine.ok('pull', from);
    await engine.ok('tag', from, `${target.host}/app:1`);
    from = `${target.host}/app:1`;
    t.regex(await engine.ok('push', from), new RegExp(`digest: ${digest} `), `hop ${hop}`);
  }
});

test.serial('an upload that breaks off goes on where it was', async (t) => {
  const it = await scene(t);
  await it.engine.importImage('busybox');
  await it.engine.ok('tag', 'busybox', it.name);
  const uploads: string[] = [];
  let received = 0;
  const location = '/v2/app/blobs/uploads/1';
  it.registry.on('/v2/app/blobs/uploads/', (_, response) => {
    response.writeHead(202, { Location: location }).end();
  });
  it.registry.on(location, (request, response) => {
    uploads.push(`${request.method} ${request.headers['content-range'] ?? ''}`.trim());
    if (request.method === 'GET') response.writeHead(204, { Range: `0-${received - 1}`, Location: location }).end();
    else if (request.method === 'PUT') response.writeHead(201).end();
    else {
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (uploads.length === 1 && received > 100_000) request.destroy();
      });
      request.on('end', () => void response.writeHead(202, { Location: location }).end());
    }
  });
  const { code, stderr } = await it.engine.docker(['push', it.name]);
  // The registry takes no manifest: all that comes before has gone well.
  t.is(code, 1);
  t.regex(stderr, /^Error: push to 127\S+ not found: [^\n]+\n$/);
  t.is(uploads[1], 'GET');
  const [, start] = /^PATCH (\d+)-\d+$/.exec(uploads[2] ?? '') ?? [];
  t.true(Number(start) > 100_000, uploads.join());
});

test.serial('a layer is compressed once for all registries; the copy is told and can go', async (t) => {
  const engine = await engineFor(t, true, 'busybox');
  const target = await registryFor(t);
  const [one, two] = [`${target.host}/one:1`, `${target.host}/two:1`] as const;
  await engine.ok('tag', 'busybox', one);
  await engine.ok('tag', 'busybox', two);
  t.is(await engine.ok('system', 'df', '--format', '{{.Type}}'), 'Images\nContainers\nLocal Volumes\nBuild Cache');
  const digestOf = async (name: string) => /digest: (\S+)/.exec(await engine.ok('push', name))?.[1];
  const digest = await digestOf(one);
  t.regex(await engine.ok('system', 'df'), /\nCompressed Layers +1 +0 +[\d.]+\wB +[\d.]+\wB \(100%\)$/);
  t.is(await digestOf(two), digest);
  await engine.ok('run', '-d', '--name', 'keeps', 'busybox', 'sleep', '1000');
  await engine.ok('system', 'prune', '-f');
  t.regex(await engine.ok('system', 'df'), /\nCompressed Layers/);
  await engine.ok('system', 'prune', '-af');
  t.regex(await engine.ok('system', 'df'), /\nImages +1 +1 .*\nContainers .*\nLocal Volumes .*\nBuild Cache [^\n]*$/);
  await engine.ok('rm', '-f', 'keeps');
});

test.serial(
  'a layer that the registry has lost, and that is here only unpacked, is sent in another form',
  async (t) => {
    const it = await scene(t, { withDaemon: true });
    const image = makeImage([Buffer.from(Array.from({ length: 9000 }, (_, index) => `${index}\n`).join(''))]);
    const digest = image.manifest.layers[0]?.digest ?? '';
    it.registry.image('app', '1', image);
    await it.engine.ok('pull', it.name);
    rmSync(join(it.engine.root, 'blobs', digest.slice(7)));
    it.registry.on(layerPath(image, 0), (_, response) => void response.writeHead(404).end());
    const location = '/v2/app/blobs/uploads/1';
    it.registry.on(
      '/v2/app/blobs/uploads/',
      (_, response) => void response.writeHead(202, { Location: location }).end(),
    );
    it.registry.on(location, (request, response) => {
      request.resume().on('end', () => response.writeHead(request.method === 'PUT' ? 201 : 202).end());
    });
    let sent = '';
    it.registry.on('/v2/app/manifests/1', (request, response) => {
      request.on('data', (chunk: Buffer) => {
        sent += chunk;
      });
      request.on('end', () => response.writeHead(201).end());
    });
    await it.engine.ok('push', it.name);
    const { config, layers } = JSON.parse(sent);
    t.is(config.digest, sha256(image.config));
    t.not(layers[0].digest, digest);
  },
);

test.serial('a name is pushed with the manifest that it came by, where there are several of one image', async (t) => {
  const it = await scene(t, { withDaemon: true });
  const target = await registryFor(t);
  const image = makeImage([BIG]);
  it.registry.image('app', '1', image);
  const docker = 'application/vnd.docker.distribution.manifest.v2+json';
  const config = { ...image.manifest.config, mediaType: 'application/vnd.docker.container.image.v1+json' };
  const layers = image.manifest.layers.map((layer) => ({
    ...layer,
    mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  }));
  const digests = {
    1: sha256(Buffer.from(JSON.stringify(image.manifest))),
    2: it.registry.manifest('app', '2', { schemaVersion: 2, mediaType: docker, config, layers }, docker),
  };
  for (const [tag, digest] of Object.entries(digests)) {
    const [from, to] = [`${it.registry.host}/app:${tag}`, `${target.host}/new:${tag}`];
    await it.engine.ok('pull', '-q', from);
    await it.engine.ok('tag', from, to);
    t.is(/digest: (\S+)/.exec(await it.engine.ok('push', to))?.[1], digest, tag);
  }
});
