import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test from 'ava';
import { Config } from '../../../../src/plugins/system/index.js';
import { type ImageCalls, imageCalls } from '../support/client.js';
import { temporaryFolder } from '../support/engine.js';
import { graphOf, imageOf } from '../support/imported.js';
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

async function rootOf({ services }: ImageCalls): Promise<string> {
  return services.resolve(Config).root;
}
