import { type ExecFileSyncOptionsWithBufferEncoding, execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test from 'ava';
import { layerChunks } from '../../../src/plugins/image/layer-tar.js';
import { upperTree } from '../../../src/plugins/image/upper-tree.js';
import { isOpaque, makeOpaque } from '../../../src/plugins/image/whiteouts.js';
import { portableXattrs } from '../../../src/plugins/image/xattrs.js';
import { libc } from '../../../src/plugins/system/index.js';
import { type ImageEngine, newImages, temporaryFolder } from './support/engine.js';
import { stream, tar } from './support/tars.js';

/** cap_net_raw=ep, as `setcap` stores it. */
const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex');
const LONG = 'long-name-'.repeat(15);
const NOT_UTF8 = Buffer.from([0x66, 0xff, 0xfe, 0x66]);
const NANOSECONDS = '2001-02-03 04:05:06.123456789';

function setXattr(path: string, name: string, value: Buffer): void {
  if (libc().lsetxattr(path, name, value, value.length, 0) < 0) throw new Error(`lsetxattr ${name}`);
}

function mknod(path: string, mode: number, device: number): void {
  if (libc().mknod(path, mode, device) < 0) throw new Error(`mknod ${path}`);
}

/** A tree with one of everything that a root filesystem may hold. */
function makeTree(root: string): void {
  mkdirSync(join(root, 'etc/deep', LONG, LONG), { recursive: true });
  writeFileSync(join(root, 'etc/deep', LONG, LONG, 'file'), 'deep');
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0\n');
  writeFileSync(join(root, 'größe'), 'ü');
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), NOT_UTF8]), 'bytes');
  writeFileSync(join(root, 'empty'), '');
  writeFileSync(join(root, 'owned'), 'x');
  chownSync(join(root, 'owned'), 1234, 3_000_000_000);
  writeFileSync(join(root, 'su'), 'x');
  chownSync(join(root, 'su'), 1, 2);
  chmodSync(join(root, 'su'), 0o6755);
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777);
  mkdirSync(join(root, 'group'));
  chownSync(join(root, 'group'), 0, 5);
  chmodSync(join(root, 'group'), 0o2770);
  writeFileSync(join(root, 'group/member'), 'x', { mode: 0o600 });
  chownSync(join(root, 'group/member'), 0, 0);
  symlinkSync('/etc/passwd', join(root, 'absolute'));
  symlinkSync('../../nowhere', join(root, 'dangling'));
  linkSync(join(root, 'etc/passwd'), join(root, 'etc/passwd-'));
  mknod(join(root, 'fifo'), 0o010640, 0);
  mknod(join(root, 'null'), 0o020666, 0x103);
  mknod(join(root, 'disk'), 0o060660, 0x80_1234_05);
  setXattr(join(root, 'owned'), 'security.capability', CAPABILITY);
  setXattr(join(root, 'etc/passwd'), 'user.note', Buffer.from('a=b\nc\0d'));
  setXattr(join(root, 'etc'), 'user.dir', Buffer.from('x'));
  execFileSync('touch', ['-h', '-d', NANOSECONDS, join(root, 'owned'), join(root, 'absolute')]);
  execFileSync('touch', ['-d', '1960-01-01 00:00:00', join(root, 'empty')]);
  utimesSync(join(root, 'etc'), 1e9, 1e9);
}

/** Everything about a tree, by path. Inodes as the first path that has them. */
function describe(root: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const firsts = new Map<bigint, string>();
  const visit = (path: string): void => {
    const raw = Buffer.from(join(root, path), 'latin1');
    const stat = lstatSync(raw, { bigint: true });
    const first = firsts.get(stat.ino) ?? path;
    firsts.set(stat.ino, first);
    found[path] = {
      mode: stat.mode.toString(8),
      owner: `${stat.uid}:${stat.gid}`,
      time: stat.mtimeNs,
      device: stat.isDirectory() ? 0n : stat.rdev,
      first,
      xattrs: [...portableXattrs(join(root, path))],
      content: stat.isFile() ? readFileSync(raw, 'latin1') : stat.isSymbolicLink() ? readlinkSync(raw) : '',
    };
    if (!stat.isDirectory()) return;
    for (const name of readdirSync(raw, { encoding: 'latin1' }).sort()) visit(`${path}/${name}`);
  };
  for (const name of readdirSync(root, { encoding: 'latin1' }).sort()) visit(name);
  return found;
}

async function layerOf(engine: ImageEngine, archive: Buffer): Promise<string> {
  const { diffIds } = await engine.graph.create(stream(archive), {});
  const again = await buffer(engine.graph.layerArchive(diffIds[0] ?? ''));
  if (!again.equals(archive)) throw new Error('the layer does not give the archive that it was made from');
  return join(engine.root, 'layers', diffIds.at(-1)?.slice(7) ?? '');
}

const archiveOf = (tree: string): Promise<Buffer> => buffer(layerChunks(upperTree(tree, [])));

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
    t.deepEqual(describe(layer), describe(tree));
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
  t.deepEqual(reduced(describe(layer)), reduced(describe(tree)));
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
  t.deepEqual(describe(await layerOf(await newImages(t), archive)), describe(tree));
  const args = ['--xattrs', '--xattrs-include=*', '--same-owner', '-xp', '-C', unpacked];
  execFileSync('tar', args, { ...QUIET, input: archive });
  t.deepEqual(describe(unpacked), describe(tree));
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
    t.deepEqual(describe(await layerOf(await newImages(t), archive)), describe(tree));
  }
});

test('a name that no layer can hold is refused by name', async (t) => {
  const tree = temporaryFolder(t);
  writeFileSync(join(tree, '.wh.x'), '');
  t.like(await t.throwsAsync(archiveOf(tree)), { kind: 'invalid' });
});
