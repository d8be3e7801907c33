import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test from 'ava';
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
  ['an OCI layout with many manifests', () => manyImages('oci', 400), 400],
  ['an OCI layout whose configurations are large', () => manyImages('oci', 90, 200_000), 90],
  ['a Docker archive whose configurations are large', () => manyImages('docker', 90, 200_000), 90],
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

function blobOf(body: string): { path: string; body: string } {
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
