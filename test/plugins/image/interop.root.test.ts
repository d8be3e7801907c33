import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { portableXattrs } from '../../../src/plugins/image/xattrs.js';
import { type ImageCalls, imageCalls } from './support/client.js';
import { temporaryFolder } from './support/engine.js';
import { graphOf, imageOf } from './support/imported.js';
import { stream, tar } from './support/tars.js';

/** Programs that no one here wrote: `skopeo`, `podman`, `umoci`. */

const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex').toString('latin1');

/** An image of two layers, the upper of which hides a file, with what archives tend to lose. */
async function twoLayers(calls: ImageCalls): Promise<string> {
  const graph = await graphOf(calls);
  const base = await graph.create(
    stream(
      tar([
        { path: 'bin/', type: 'Directory', mode: 0o755 },
        { path: 'bin/ping', body: 'ping', mode: 0o755, pax: { 'SCHILY.xattr.security.capability': CAPABILITY } },
        { path: 'bin/su', body: 'su', mode: 0o4755 },
        { path: 'bin/link', type: 'Link', linkpath: 'bin/su' },
        { path: 'gone', body: 'hidden by the layer above' },
        { path: 'etc/', type: 'Directory', mode: 0o700, uid: 7, gid: 8 },
        { path: 'etc/name', type: 'SymbolicLink', linkpath: '../bin/su' },
      ]),
    ),
    { config: { Env: ['A=1'], Cmd: ['/bin/su'], Labels: { made: 'here' } }, comment: 'below' },
  );
  const top = await graph.create(stream(tar([{ path: '.wh.gone' }, { path: 'new', body: 'n' }])), { parent: base.id });
  await calls.docker(['tag', top.id, 'two/layers:1']);
  return top.id;
}

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

async function saved(t: ExecutionContext, calls: ImageCalls, ...names: string[]): Promise<string> {
  const file = join(temporaryFolder(t), 'saved.tar');
  const { exitCode, failure } = await calls.docker(['save', '-o', file, ...names]);
  t.is(exitCode, 0, failure);
  return file;
}

const loading = test.macro(
  async (t, convert: (archive: string, folder: string) => string, name: string | undefined) => {
    const from = imageCalls(t);
    const id = await twoLayers(from);
    const archive = convert(await saved(t, from, 'two/layers:1'), temporaryFolder(t));
    const to = imageCalls(t);
    const { stdout, failure } = await to.docker(['load', '-i', archive]);
    t.is(stdout, name ? `Loaded image: ${name}\n` : `Loaded image ID: ${id}\n`, failure);
    t.is((await imageOf(to, id)).id, id, 'the same image');
    const [one, other] = [await graphOf(from), await graphOf(to)];
    for (const diffId of (await imageOf(from, id)).diffIds) {
      t.true((await buffer(one.layerArchive(diffId))).equals(await buffer(other.layerArchive(diffId))));
    }
  },
);

test('from ourselves', loading, (archive) => archive, 'two/layers:1');
for (const [program, ending] of [
  ['gzip', 'gz'],
  ['zstd', 'zst'],
] as const) {
  const compressed = (archive: string): string => {
    run(program, '-q', archive);
    return `${archive}.${ending}`;
  };
  test(`from ourselves, through ${program}`, loading, compressed, 'two/layers:1');
}
for (const [format, name] of [
  ['docker-archive:ARCHIVE:skopeo/made:2', 'skopeo/made:2'],
  ['oci-archive:ARCHIVE:3', undefined],
  ['oci-archive:ARCHIVE:skopeo/oci:3', 'skopeo/oci:3'],
] as const) {
  test(
    `from skopeo, ${format}`,
    loading,
    (archive, folder) => {
      const made = join(folder, 'made.tar');
      run('skopeo', 'copy', '-q', `docker-archive:${archive}`, format.replace('ARCHIVE', made));
      return made;
    },
    name,
  );
}

for (const format of ['docker-archive', 'oci-archive']) {
  test.serial(
    `from podman, which has loaded ours and saved it as ${format}`,
    loading,
    (archive, folder) => {
      const podman = (...args: string[]): string =>
        run(
          'podman',
          '--root',
          join(folder, 'root'),
          '--runroot',
          join(folder, 'run'),
          '--storage-driver=vfs',
          ...args,
        );
      podman('load', '-q', '-i', archive);
      const made = join(folder, 'made.tar');
      podman('save', '-q', '--format', format, '-o', made, 'two/layers:1');
      podman('rmi', '-a', '-f');
      return made;
    },
    'two/layers:1',
  );
}

test('umoci unpacks what we save, and finds all of it', async (t) => {
  const calls = imageCalls(t);
  await twoLayers(calls);
  const archive = await saved(t, calls, 'two/layers:1');
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'oci'));
  run('tar', '-xf', archive, '-C', join(folder, 'oci'));
  run('umoci', 'unpack', '--image', `${folder}/oci:1`, join(folder, 'bundle'));
  const root = join(folder, 'bundle/rootfs');
  t.deepEqual(readdirSync(root).sort(), ['bin', 'etc', 'new']);
  t.is(lstatSync(join(root, 'bin/su')).mode & 0o7777, 0o4755);
  t.is(lstatSync(join(root, 'bin/su')).ino, lstatSync(join(root, 'bin/link')).ino);
  t.is(lstatSync(join(root, 'etc')).uid, 7);
  t.is(portableXattrs(join(root, 'bin/ping')).get('security.capability')?.toString('latin1'), CAPABILITY);
});

test('several images, each once, and names that move', async (t) => {
  const calls = imageCalls(t);
  const id = await twoLayers(calls);
  await calls.docker(['tag', id, 'other']);
  const parent = (await imageOf(calls, id)).parent;
  const archive = await saved(t, calls, 'two/layers:1', 'other', parent);
  t.is(
    run('tar', '-tf', archive)
      .split('\n')
      .filter((name) => name.startsWith('blobs/')).length,
    2 + 2 + 2,
  );
  const other = imageCalls(t);
  await other.docker(['import', '-', 'other'], { stdin: stream(tar([{ path: 'x', body: 'x' }])) });
  const { stdout } = await other.docker(['load'], { stdin: Readable.from([readFileSync(archive)]) });
  t.is(stdout, `Loaded image: two/layers:1\nLoaded image: other:latest\nLoaded image ID: ${parent}\n`);
  t.is((await imageOf(other, 'other')).id, id);
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
  const { Config } = await import('../../../src/plugins/system/index.js');
  return services.resolve(Config).root;
}
