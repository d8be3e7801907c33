import { type ExecFileSyncOptionsWithBufferEncoding, execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test from 'ava';
import { isOpaque, makeOpaque } from '../../../../src/plugins/image/fs/whiteouts.js';
import { diffChunks } from '../../../../src/plugins/image/snapshots/tree-tar.js';
import { upperDiff } from '../../../../src/plugins/image/snapshots/upper-diff.js';
import { type ImageEngine, newImages, temporaryFolder } from '../support/engine.js';
import { stream, tar } from '../support/tars.js';
import { describeTree, makeTree, mknod } from '../support/trees.js';

async function layerOf(engine: ImageEngine, archive: Buffer): Promise<string> {
  const { diffIds } = await engine.graph.create(stream(archive), {});
  const again = await buffer(engine.graph.layerArchive(diffIds[0] ?? ''));
  if (!again.equals(archive)) throw new Error('the layer does not give the archive that it was made from');
  return join(engine.root, 'layers', diffIds.at(-1)?.slice(7) ?? '');
}

const archiveOf = (tree: string): Promise<Buffer> => buffer(diffChunks(upperDiff(tree, [])));

/** The tools warn of names and times that are unusual, as they should. */
const QUIET: ExecFileSyncOptionsWithBufferEncoding = { maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'ignore'] };
const WRITERS: Record<string, readonly string[]> = {
  'GNU tar, PAX': ['tar', '--format=posix', '--xattrs', '--xattrs-include=*', '-c', '-C'],
  bsdtar: ['bsdtar', '--format=pax', '--xattrs', '-c', '-f', '-', '-C'],
};

for (const [name, [program = '', ...args]] of Object.entries(WRITERS)) {
  test(`a tree written by ${name} comes back the same`, async (t) => {
    const tree = temporaryFolder(t);
    makeTree(tree);
    const layer = await layerOf(await newImages(t), execFileSync(program, [...args, tree, '.'], QUIET));
    t.deepEqual(describeTree(layer), describeTree(tree));
  });
}

test('a tree written by GNU tar in its own format comes back, but for what that cannot hold', async (t) => {
  const tree = temporaryFolder(t);
  makeTree(tree);
  const layer = await layerOf(await newImages(t), execFileSync('tar', ['--format=gnu', '-c', '-C', tree, '.'], QUIET));
  const reduced = (all: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(all).map(([path, what]) => {
        const { time, ...rest } = what as { time: bigint };
        return [path, { ...rest, xattrs: [], seconds: time / 1_000_000_000n - BigInt(time < 0n) }];
      }),
    );
  t.deepEqual(reduced(describeTree(layer)), reduced(describeTree(tree)));
});

for (const [name, args] of Object.entries({
  'old GNU': ['--format=gnu'],
  'PAX 0.0': ['--format=posix', '--sparse-version=0.0'],
  'PAX 0.1': ['--format=posix', '--sparse-version=0.1'],
  'PAX 1.0': ['--format=posix', '--sparse-version=1.0'],
})) {
  test(`sparse files stay what they are: ${name}`, async (t) => {
    const tree = temporaryFolder(t);
    const holes = join(tree, 'holes');
    writeFileSync(holes, '');
    for (let index = 0; index < 60; index++) {
      execFileSync(
        'dd',
        [`of=${holes}`, 'bs=4096', 'conv=notrunc', `seek=${index * 3}`, 'count=1', 'if=/dev/urandom'],
        {
          stdio: 'ignore',
        },
      );
    }
    truncateSync(holes, 5_000_001);
    writeFileSync(join(tree, 'next'), 'next');
    const layer = await layerOf(await newImages(t), execFileSync('tar', ['-S', ...args, '-c', '-C', tree, '.'], QUIET));
    t.true(readFileSync(join(layer, 'holes')).equals(readFileSync(holes)));
    t.is(readFileSync(join(layer, 'next'), 'utf8'), 'next');
    t.true(lstatSync(join(layer, 'holes')).blocks < 4000);
  });
}

test('a layer archive holds a tree as it is, and other programs read the same', async (t) => {
  const [tree, unpacked] = [temporaryFolder(t), temporaryFolder(t)];
  makeTree(tree);
  const archive = await archiveOf(tree);
  t.true(archive.equals(await archiveOf(tree)), 'the same tree gives the same bytes');
  t.deepEqual(describeTree(await layerOf(await newImages(t), archive)), describeTree(tree));
  const args = ['--xattrs', '--xattrs-include=*', '--same-owner', '-xp', '-C', unpacked];
  execFileSync('tar', args, { ...QUIET, input: archive });
  t.deepEqual(describeTree(unpacked), describeTree(tree));
});

test('holes stay holes on the way out, for us and for other programs', async (t) => {
  const [tree, unpacked] = [temporaryFolder(t), temporaryFolder(t)];
  const parts = ['seek=0', 'seek=700', 'seek=1000'];
  for (const [name, seeks] of [
    ['within', parts],
    ['at the end', parts],
    ['at the start', parts.slice(1)],
    ['nothing else', []],
  ] as const) {
    const file = join(tree, name);
    writeFileSync(file, '');
    for (const seek of seeks) {
      const args = [`of=${file}`, 'bs=4096', 'conv=notrunc', seek, 'count=1', 'if=/dev/urandom'];
      execFileSync('dd', args, { stdio: 'ignore' });
    }
    if (name !== 'within') truncateSync(file, 9_000_001);
  }
  const archive = await archiveOf(tree);
  t.true(archive.length < 200_000);
  const layer = await layerOf(await newImages(t), archive);
  execFileSync('tar', ['-x', '-C', unpacked], { input: archive });
  for (const name of readdirSync(tree)) {
    for (const copy of [layer, unpacked])
      t.true(readFileSync(join(copy, name)).equals(readFileSync(join(tree, name))), name);
    t.true(lstatSync(join(layer, name)).blocks < 200, name);
  }
});

test('whiteouts and opaque directories go out and come back', async (t) => {
  const tree = temporaryFolder(t);
  mkdirSync(join(tree, 'a/opaque'), { recursive: true });
  writeFileSync(join(tree, 'a/opaque/new'), 'x');
  makeOpaque(join(tree, 'a/opaque'));
  mknod(join(tree, 'a/gone'), 0o020000, 0);
  mkdirSync(join(tree, 'dev/pts'), { recursive: true });
  mkdirSync(join(tree, 'etc'));
  writeFileSync(join(tree, 'etc/hosts'), 'of the engine');
  const archive = await archiveOf(tree);
  const names = execFileSync('tar', ['-t'], { input: archive, encoding: 'utf8' }).trim().split('\n');
  t.deepEqual(names, ['a/', 'a/.wh.gone', 'a/opaque/', 'a/opaque/.wh..wh..opq', 'a/opaque/new', 'etc/']);
  const layer = await layerOf(await newImages(t), archive);
  const gone = lstatSync(join(layer, 'a/gone'));
  t.true(gone.isCharacterDevice() && gone.rdev === 0);
  t.is(readFileSync(join(layer, 'a/opaque/new'), 'utf8'), 'x');
  t.true(isOpaque(join(layer, 'a/opaque')));
});

test('a whiteout hides lower layers only, in either order', async (t) => {
  const layer = await layerOf(
    await newImages(t),
    tar([
      { path: '.wh.before' },
      { path: 'before', type: 'Directory' },
      { path: 'after', type: 'Directory' },
      { path: '.wh.after' },
      { path: 'file', body: 'x' },
      { path: '.wh.file' },
    ]),
  );
  t.is(readFileSync(join(layer, 'file'), 'utf8'), 'x');
  for (const name of ['before', 'after']) t.true(isOpaque(join(layer, name)), name);
});

test('fractions of seconds before 1970 are kept', async (t) => {
  const tree = temporaryFolder(t);
  writeFileSync(join(tree, 'old'), '');
  execFileSync('touch', ['-d', '1960-01-01 00:00:00.25', join(tree, 'old')]);
  const archives = [await archiveOf(tree), execFileSync('tar', ['--format=posix', '-c', '-C', tree, 'old'])];
  for (const archive of archives) {
    t.deepEqual(describeTree(await layerOf(await newImages(t), archive)), describeTree(tree));
  }
});

test('a name that no layer can hold is refused by name', async (t) => {
  const tree = temporaryFolder(t);
  writeFileSync(join(tree, '.wh.x'), '');
  t.like(await t.throwsAsync(archiveOf(tree)), { kind: 'invalid' });
});
