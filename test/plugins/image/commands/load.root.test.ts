import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { zstdCompressSync } from 'node:zlib';
import test from 'ava';
import { hostArchitecture } from '../../../../src/plugins/image/index.js';
import { Config } from '../../../../src/plugins/system/index.js';
import { type ImageCalls, imageCalls } from '../support/client.js';
import { temporaryFolder } from '../support/engine.js';
import { graphOf, imageOf } from '../support/imported.js';
import { manyImages } from '../support/many-images.js';
import { stream, tar } from '../support/tars.js';
import { saved, twoLayers } from '../support/two-layers.js';

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

test('load -q names what came, and what is here already is not read again', async (t) => {
  const calls = imageCalls(t);
  const graph = await graphOf(calls);
  let parent = '';
  for (const size of [10, 100_000, 3_000_000, 10]) {
    parent = (await graph.create(stream(tar([{ path: 'x', body: Buffer.alloc(size) }])), { parent })).id;
  }
  await calls.docker(['tag', parent, 'deep:1']);
  const archive = await saved(t, calls, 'deep:1');
  for (const to of [imageCalls(t), calls, calls]) {
    t.like(await to.docker(['load', '-q', '-i', archive]), {
      exitCode: 0,
      stdout: 'Loaded image: deep:1\n',
      stderr: '',
    });
    t.is((await imageOf(to, 'deep:1')).id, parent);
  }
});

const refused = test.macro(async (t, change: (folder: string) => void, message: RegExp) => {
  const from = imageCalls(t);
  await twoLayers(from);
  const folder = temporaryFolder(t);
  run('tar', '-xf', await saved(t, from, 'two/layers:1'), '-C', folder);
  change(folder);
  const to = imageCalls(t);
  const stdin = Readable.from([execFileSync('tar', ['-c', '-C', folder, '.'], { maxBuffer: 2 ** 28 })]);
  const { failure, exitCode } = await to.docker(['load'], { stdin });
  t.is(exitCode, 1);
  t.regex(failure ?? '', message);
  t.is((await to.docker(['images', '-aq'])).stdout, '');
});

const put = (name: string, text: string) => (folder: string) => writeFileSync(join(folder, name), text);
test('a manifest that is no JSON', refused, put('manifest.json', '{'), /manifest\.json is no JSON/);
test('a manifest of a wrong type', refused, put('manifest.json', '{"a":1}'), /manifest\.json has no list/);
test('a manifest of numbers', refused, put('manifest.json', '[1]'), /manifest\.json is not what it has to be/);
test('a layer that is not there', refused, put('manifest.json', manifest({ Layers: ['x'] })), /layer x is not in it/);
test('a config that is not there', refused, put('manifest.json', manifest({ Config: '../x' })), /\.\.\/x is not in it/);
test('a name that is none', refused, put('manifest.json', manifest({ RepoTags: ['A B'] })), /invalid reference format/);
test('layers without end', refused, put('manifest.json', manifest({ Layers: Array(20_000).fill('x') })), /no list/);
test(
  'a config of another digest',
  refused,
  (folder) => {
    const [{ Config }] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as [{ Config: string }];
    writeFileSync(join(folder, Config), '{"a":1}');
  },
  /has another digest/,
);
test(
  'an index that names a blob which is not there',
  refused,
  (folder) => {
    run('rm', join(folder, 'manifest.json'));
    put('index.json', `{"manifests":[{"digest":"sha256:${'a'.repeat(64)}"}]}`)(folder);
  },
  /is not in it/,
);

function manifest(change: object): string {
  return JSON.stringify([{ Config: 'oci-layout', RepoTags: [], Layers: [], ...change }]);
}

test('an archive that ends too early, one of text, and an empty one', async (t) => {
  const calls = imageCalls(t);
  await twoLayers(calls);
  const whole = readFileSync(await saved(t, calls, 'two/layers:1'));
  const to = imageCalls(t);
  for (const bytes of [whole.subarray(0, 5000), whole.subarray(0, 512 * 5), Buffer.from('text'), Buffer.alloc(0)]) {
    t.is((await to.docker(['load'], { stdin: Readable.from([bytes]) })).exitCode, 1);
  }
  t.is((await to.docker(['images', '-aq'])).stdout, '');
  t.deepEqual(readdirSync(join(await rootOf(to), 'layers')), []);
});

for (const [what, archive, count] of [
  ['an OCI layout with many manifests', () => manyImages('oci', 150), 150],
  ['an OCI layout whose configurations are large', () => manyImages('oci', 40, 400_000), 40],
  ['a Docker archive whose configurations are large', () => manyImages('docker', 40, 400_000), 40],
] as const) {
  test(`all images come out of ${what}, and nothing of the way stays`, async (t) => {
    const to = imageCalls(t);
    const { exitCode, stdout } = await to.docker(['load', '-q'], { stdin: Readable.from([archive()]) });
    t.is(exitCode, 0);
    t.is(stdout.split('\n').length - 1, count);
    t.is((await to.docker(['images', '-q'])).stdout.split('\n').length - 1, count);
    t.is((await graphOf(to)).get(`many/image${count - 1}:1`).config.Labels?.['name'], `many/image${count - 1}:1`);
    t.is(readdirSync(join(await rootOf(to), 'layers')).length, 1);
  });
}

/** An OCI layout of documents, whose index lists some of them. */
class Layout {
  readonly #blobs: { path: string; body: string | Buffer }[] = [];
  readonly #entries: object[] = [];

  blob(body: string | Buffer): string {
    const blob = blobOf(body);
    if (!this.#blobs.some(({ path }) => path === blob.path)) this.#blobs.push(blob);
    return `sha256:${blob.path.slice('blobs/sha256/'.length)}`;
  }

  /** @param layer the bytes of its one layer, and what it is without compression */
  image(detail: { readonly layer: Buffer; readonly plain?: Buffer; readonly architecture?: string }): string {
    const { layer, plain = layer, architecture = 'amd64' } = detail;
    const diff_ids = [`sha256:${createHash('sha256').update(plain).digest('hex')}`];
    const config = JSON.stringify({ architecture, os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids } });
    return this.manifest({ config: { digest: this.blob(config) }, layers: [{ digest: this.blob(layer) }] });
  }

  manifest(document: object): string {
    return this.blob(JSON.stringify({ schemaVersion: 2, ...document }));
  }

  list(digest: string, name: string, detail: object = {}): this {
    this.#entries.push({ digest, annotations: { 'io.containerd.image.name': name }, ...detail });
    return this;
  }

  get archive(): Readable {
    const index = { path: 'index.json', body: JSON.stringify({ manifests: this.#entries }) };
    return Readable.from([tar([index, ...this.#blobs, { path: 'notes.bin', body: Buffer.alloc(600, '\0x\x1f') }])]);
  }
}

const LAYER = tar([{ path: 'file', body: 'x' }]);
const ABSENT = `sha256:${'b'.repeat(64)}`;

test('what lies beside images, and is none, is passed over', async (t) => {
  const layout = new Layout();
  const empty = layout.blob('{}');
  const ociConfig = 'application/vnd.oci.image.config.v1+json';
  const foreign = [
    { config: { digest: empty, mediaType: 'application/vnd.cncf.helm.config.v1+json' }, layers: [{ digest: empty }] },
    {
      config: { digest: empty, mediaType: ociConfig },
      layers: [{ digest: empty, mediaType: 'application/vnd.in-toto+json' }],
    },
    { config: { digest: empty, mediaType: 'application/vnd.oci.empty.v1+json' }, layers: [] },
  ];
  layout.list(layout.image({ layer: LAYER }), 'real:1');
  for (const [index, document] of foreign.entries()) layout.list(layout.manifest(document), `foreign:${index}`);
  t.like(await imageCalls(t).docker(['load'], { stdin: layout.archive }), {
    ...{ exitCode: 0, stdout: 'Loaded image: real:1\n', stderr: '' },
  });
  const none = new Layout();
  none.list(none.manifest(foreign[0] ?? {}), 'foreign:0').blob('{}');
  t.regex((await imageCalls(t).docker(['load'], { stdin: none.archive })).failure ?? '', /what it lists are no images/);
});

test('what is whole is loaded, and what is not is named', async (t) => {
  const layout = new Layout();
  layout.list(ABSENT, 'absent:1').list(layout.image({ layer: LAYER }), `whole:1`);
  layout.list(layout.manifest({ config: { digest: layout.blob('{}') }, layers: [{ digest: ABSENT }] }), 'half:1');
  const { exitCode, stdout, stderr } = await imageCalls(t).docker(['load'], { stdin: layout.archive });
  t.deepEqual([exitCode, stdout], [0, 'Loaded image: whole:1\n']);
  t.is(stderr.trim().split('\n').length, 2);
  t.regex(stderr, /sha256:b{64}, which index\.json names, is not in it/);
});

test('of images for several machines that share a name, the one for this machine has it', async (t) => {
  const layout = new Layout();
  for (const architecture of ['amd64', 'arm64', 'riscv64']) {
    const image = layout.image({ layer: LAYER, architecture });
    layout.list(image, 'many:1', { platform: { os: 'linux', architecture } });
  }
  const calls = imageCalls(t);
  t.is((await calls.docker(['load'], { stdin: layout.archive })).stdout, 'Loaded image: many:1\n');
  t.is((await imageOf(calls, 'many:1')).architecture, hostArchitecture());
  const load = ['load', '--platform', 'linux/riscv64'];
  t.is((await calls.docker(load, { stdin: layout.archive })).stdout.split('\n').at(-2), 'Loaded image: many:1');
  t.is((await imageOf(calls, 'many:1')).architecture, 'riscv64');
});

test('--platform takes an image for that machine, or none', async (t) => {
  const from = imageCalls(t);
  t.like(await from.docker(['import', '--platform', 'linux/arm/v7', '-', 'arm'], { stdin: stream(LAYER) }), {
    exitCode: 0,
  });
  const config = JSON.parse(Buffer.from((await graphOf(from)).configBytes((await imageOf(from, 'arm')).id)).toString());
  t.like(config, { os: 'linux', architecture: 'arm', variant: 'v7' });
  const words = /image arm(:latest)? was found but does not provide the specified platform \(linux\/s390x\)/;
  for (const command of [['history'], ['save'], ['image', 'inspect'], ['rmi']]) {
    const { failure, stderr } = await from.docker([...command, '--platform', 's390x', 'arm']);
    t.regex(`${failure}${stderr}`, words, command.join(' '));
  }
  t.is((await from.docker(['history', '-q', '--platform', 'arm/v7', 'arm'])).exitCode, 1);
  t.is((await from.docker(['history', '-q', '--platform', 'linux/arm', 'arm'])).exitCode, 0);
  const to = imageCalls(t);
  const archive = await saved(t, from, 'arm');
  const refused = await to.docker(['load', '--platform', 'amd64', '-i', archive]);
  t.is(refused.failure, 'image arm:latest was found but does not provide the specified platform (linux/amd64)');
  t.is((await to.docker(['images', '-q'])).stdout, '');
  t.is((await to.docker(['load', '-q', '--platform', 'arm', '-i', archive])).stdout, 'Loaded image: arm:latest\n');
  t.is((await to.docker(['import', '--platform', 'a/b/c/d', '-', 'x'], { stdin: stream(LAYER) })).exitCode, 125);
});

test('layers of no bytes, of the end of an archive alone, and of frames that zstd skips', async (t) => {
  const skippable = Buffer.from('502a4d180400000061626364', 'hex');
  const layout = new Layout();
  layout.list(layout.image({ layer: Buffer.alloc(0) }), 'nothing:1');
  layout.list(layout.image({ layer: Buffer.alloc(1024) }), 'end:1');
  layout.list(layout.image({ layer: Buffer.concat([skippable, zstdCompressSync(LAYER)]), plain: LAYER }), 'frames:1');
  const { exitCode, stdout, failure } = await imageCalls(t).docker(['load', '-q'], { stdin: layout.archive });
  t.is(exitCode, 0, failure);
  t.is(stdout, 'Loaded image: nothing:1\nLoaded image: end:1\nLoaded image: frames:1\n');
});

test('a root filesystem is for import, and a name with a digest for nobody', async (t) => {
  const calls = imageCalls(t);
  const root = tar([
    { path: 'bin/sh', body: Buffer.alloc(2000, '\x7fELF\0') },
    { path: 'a.gz', body: Buffer.from('1f8b0800ff', 'hex') },
  ]);
  const { exitCode, failure } = await calls.docker(['load'], { stdin: Readable.from([root]) });
  t.is(exitCode, 1);
  t.regex(failure ?? '', /neither manifest\.json nor index\.json/);
  const layout = new Layout();
  layout.list(layout.image({ layer: LAYER }), `named@${ABSENT}`);
  const loaded = await calls.docker(['load'], { stdin: layout.archive });
  t.regex(loaded.stdout, /^Loaded image ID: sha256:/);
  t.regex(loaded.stderr, /^Warning: left out: the name named@sha256:/);
});

test('an image whose name another takes is told', async (t) => {
  const calls = imageCalls(t);
  const id = await twoLayers(calls);
  const layout = new Layout();
  layout.list(layout.image({ layer: LAYER }), 'two/layers:1');
  t.is(
    (await calls.docker(['load'], { stdin: layout.archive })).stdout,
    `The image two/layers:1 already exists, renaming the old one with ID ${id} to empty string\nLoaded image: two/layers:1\n`,
  );
});

const MANIFEST = JSON.stringify({ config: { digest: `sha256:${'a'.repeat(64)}` }, layers: [] });
for (const [what, entries, why] of [
  [
    'is too large',
    [{ path: 'index.json', body: ' '.repeat(9_000_000) }],
    /its index\.json is larger than 8388608 bytes/,
  ],
  ['has a name that is too long', [nameOf('x'.repeat(2000)), blobOf(MANIFEST)], /a name in it is longer than 1024/],
  ['names more images than there may be', [nameOf('x:1', 10_001), blobOf(MANIFEST)], /no list where it needs one/],
  [
    'stands beside files with long names',
    Array.from({ length: 60 }, (_, index) => ({
      path: 'x',
      pax: { path: `${'n'.repeat(250_000)}${index}` },
      body: '{}',
    })),
    /the names of its files are too long/,
  ],
] as const) {
  test(`an index that ${what} is refused in one line, and nothing of it stays`, async (t) => {
    const to = imageCalls(t);
    const { exitCode, failure } = await to.docker(['load'], { stdin: Readable.from([tar([...entries])]) });
    t.is(exitCode, 1);
    t.regex(failure ?? '', why);
    t.is((failure ?? '').trim().split('\n').length, 1);
    t.deepEqual(readdirSync(join(await rootOf(to), 'layers')), []);
  });
}

function blobOf<Body extends string | Buffer>(body: Body): { path: string; body: Body } {
  return { path: `blobs/sha256/${createHash('sha256').update(body).digest('hex')}`, body };
}

function nameOf(name: string, times = 1): { path: string; body: string } {
  const digest = `sha256:${blobOf(MANIFEST).path.slice('blobs/sha256/'.length)}`;
  const entry = { digest, annotations: { 'io.containerd.image.name': name } };
  return { path: 'index.json', body: JSON.stringify({ manifests: Array(times).fill(entry) }) };
}

async function rootOf({ services }: ImageCalls): Promise<string> {
  return services.resolve(Config).root;
}
