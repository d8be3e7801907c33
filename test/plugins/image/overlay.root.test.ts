import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { layerTar } from '../../../src/plugins/image/index.js';
import { OverlayRoot } from '../../../src/plugins/image/overlay.js';
import { MNT_DETACH, unmount } from '../../../src/plugins/system/index.js';
import { type ImageEngine, newImages, temporaryFolder } from './support/engine.js';
import { stream, type TestEntry, tar } from './support/tars.js';

interface Container {
  readonly imageId: string;
  readonly upper: string;
  /** The mounted root. */
  readonly root: string;
}

async function run(t: ExecutionContext, { graph }: ImageEngine, entries: readonly TestEntry[]): Promise<Container> {
  const { id } = await graph.create(stream(tar(entries)), {});
  return { imageId: id, ...mounted(t, (upper, work) => graph.rootFilesystem(id, upper, work)) };
}

function mounted(t: ExecutionContext, make: (upper: string, work: string) => { mount(target: string): void }) {
  const folder = temporaryFolder(t);
  const [upper, work, root] = ['upper', 'work', 'root'].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [upper, work, root]) mkdirSync(path);
  make(upper, work).mount(root);
  t.teardown(() => unmount(root, MNT_DETACH));
  return { upper, root };
}

async function changesOf({ graph }: ImageEngine, { imageId, upper }: Container): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind, path } of graph.changes(imageId, upper)) found.push(`${kind} ${path}`);
  return found;
}

const directory = (path: string): TestEntry => ({ path, type: 'Directory', mode: 0o755, mtime: new Date(1e12) });
const IMAGE: readonly TestEntry[] = [
  ...['bin', 'usr', 'usr/share', 'usr/share/doc', 'var', 'var/log', 'etc', 'dev'].map(directory),
  { path: 'bin/sh', body: 'shell' },
  { path: 'usr/share/doc/README', body: 'read' },
  { path: 'usr/share/doc/NEWS', body: 'news' },
  { path: 'var/log/syslog', body: 'log' },
  { path: 'etc/passwd', body: 'root' },
  { path: 'etc/hosts', body: 'of the image' },
];

test('nothing is different at first, and reading changes nothing', async (t) => {
  const engine = await newImages(t);
  const container = await run(t, engine, IMAGE);
  execFileSync('find', [container.root, '-type', 'f', '-exec', 'cat', '{}', '+']);
  t.deepEqual(await changesOf(engine, container), []);
});

test('what was added, changed and deleted is told in path order, without the places of the engine', async (t) => {
  const engine = await newImages(t);
  const container = await run(t, engine, IMAGE);
  const { root } = container;
  writeFileSync(join(root, 'etc/hosts'), 'of the engine');
  mkdirSync(join(root, 'dev/pts'));
  writeFileSync(join(root, 'etc/passwd'), 'more');
  writeFileSync(join(root, 'var/log/new'), 'x');
  rmSync(join(root, 'usr/share/doc/NEWS'));
  mkdirSync(join(root, 'a/b'), { recursive: true });
  symlinkSync('/etc', join(root, 'a/link'));
  writeFileSync(join(root, 'a.txt'), 'x');
  rmSync(join(root, 'bin'), { recursive: true });
  t.deepEqual(await changesOf(engine, container), [
    'A /a',
    'A /a/b',
    'A /a/link',
    'A /a.txt',
    'D /bin',
    'C /etc/passwd',
    'C /usr/share/doc',
    'D /usr/share/doc/NEWS',
    'C /var/log',
    'A /var/log/new',
  ]);
});

test('a directory made anew hides what was in it', async (t) => {
  const engine = await newImages(t);
  const container = await run(t, engine, IMAGE);
  rmSync(join(container.root, 'usr/share/doc'), { recursive: true });
  mkdirSync(join(container.root, 'usr/share/doc'));
  writeFileSync(join(container.root, 'usr/share/doc/README'), 'again');
  t.deepEqual(await changesOf(engine, container), [
    'C /usr/share',
    'C /usr/share/doc',
    'D /usr/share/doc/NEWS',
    'A /usr/share/doc/README',
  ]);
});

test('an image committed from a container is what the container saw', async (t) => {
  const engine = await newImages(t);
  const container = await run(t, engine, IMAGE);
  writeFileSync(join(container.root, 'world'), 'hello\n');
  rmSync(join(container.root, 'usr/share/doc'), { recursive: true });
  mkdirSync(join(container.root, 'usr/share/doc'));
  rmSync(join(container.root, 'bin/sh'));
  const { id } = await engine.graph.create(layerTar(container.upper), { parent: container.imageId });
  const again = mounted(t, (upper, work) => engine.graph.rootFilesystem(id, upper, work));
  t.is(readFileSync(join(again.root, 'world'), 'utf8'), 'hello\n');
  t.deepEqual(readdirSync(join(again.root, 'usr/share/doc')), []);
  t.deepEqual(readdirSync(join(again.root, 'bin')), []);
});

test('links in place of what the engine mounts over lead nowhere', async (t) => {
  const engine = await newImages(t);
  const link = (path: string): TestEntry => ({ path, type: 'SymbolicLink', linkpath: '/usr' });
  const { root } = await run(t, engine, [directory('usr'), ...['dev', 'proc', 'sys', 'etc'].map(link)]);
  for (const name of ['dev', 'proc', 'sys', 'etc']) t.true(lstatSync(join(root, name)).isDirectory(), name);
  for (const name of ['hosts', 'hostname', 'resolv.conf']) t.true(lstatSync(join(root, 'etc', name)).isFile(), name);
});

test('as many layers as the kernel takes, and folders with any name, can be mounted', (t) => {
  const folder = join(temporaryFolder(t), 'a,b:c\\d');
  const lowers = Array.from({ length: 500 }, (_, index) => join(folder, `layer-${'x'.repeat(60)}-${index}`));
  for (const [index, path] of lowers.entries()) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, `file-${index}`), '');
    writeFileSync(join(path, 'who'), String(index));
  }
  const { root } = mounted(t, (upper, work) => new OverlayRoot(lowers, { upper, work }));
  t.is(readdirSync(root).length, 501);
  t.is(readFileSync(join(root, 'who'), 'utf8'), '0', 'the first one is the highest');
  t.like(
    t.throws(() => new OverlayRoot([...lowers, folder]).mount(root)),
    { kind: 'invalid', message: 'the image has 501 layers, and the kernel mounts 500 at most' },
  );
});

test('an opaque whiteout of the root hides the layers below', async (t) => {
  const { graph } = await newImages(t);
  const below = await graph.create(stream(tar([{ path: 'below', body: 'x' }])), {});
  const above = await graph.create(stream(tar([{ path: '.wh..wh..opq' }, { path: 'above' }])), { parent: below.id });
  const { root } = mounted(t, (upper, work) => graph.rootFilesystem(above.id, upper, work));
  t.deepEqual(readdirSync(root).sort(), ['above', 'dev', 'etc', 'proc', 'sys']);
});
