import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { type ImageEngine, newImages } from './support/engine.js';
import { END, patched, stream, type TestEntry, tar, withByte } from './support/tars.js';
import { attributesOf } from './support/trees.js';

const CANARY = 'untouched';

const ends: (() => void | Promise<void>)[] = [];
/** One that takes all of them, with files above its layers that an escape would reach. */
let engine: ImageEngine;

test.before(async () => {
  engine = await newImages({ teardown: (act) => void ends.unshift(act) });
  for (const folder of [engine.root, join(engine.root, 'layers')]) writeFileSync(join(folder, 'canary'), CANARY);
  mkdirSync(join(engine.root, 'outside'));
});

test.after.always(async () => {
  for (const end of ends) await end();
});

function isUntouched(t: ExecutionContext): void {
  const { root } = engine;
  t.is(readFileSync(join(root, 'canary'), 'utf8'), CANARY);
  t.is(readFileSync(join(root, 'layers', 'canary'), 'utf8'), CANARY);
  t.is(lstatSync(join(root, 'canary')).nlink, 1);
  t.deepEqual(readdirSync(join(root, 'outside')), []);
}

const refused = test.macro({
  async exec(t, archive: Buffer, message: RegExp) {
    const error = await t.throwsAsync(engine.graph.create(stream(archive), {}));
    t.like(error, { name: 'GantryError', kind: 'invalid' });
    t.regex(error.message, message);
    t.false(error.message.includes('\n'));
    isUntouched(t);
    t.deepEqual(engine.graph.list(), []);
    t.deepEqual(readdirSync(join(engine.root, 'layers')), ['canary']);
  },
  title: (name) => `refused: ${name}`,
});

const good: TestEntry = { path: 'good', body: 'good' };
const two = tar([good, { path: 'second', body: 'x'.repeat(2000) }]);

test.serial('text', refused, Buffer.from('this is not a tar\n'.repeat(100)), /^not a tar archive$/);
test.serial('a few bytes', refused, Buffer.from('hello'), /^not a tar archive$/);
test.serial('one block of noise', refused, Buffer.alloc(512, 0xa5), /^not a tar archive$/);
test.serial(
  'an archive cut in a body',
  refused,
  two.subarray(0, 512 * 4),
  /^the archive ends in the middle of second$/,
);
test.serial(
  'an archive cut in a header',
  refused,
  two.subarray(0, 512 * 2 + 100),
  /^the archive ends in the middle of good$/,
);
test.serial('a cut gzip', refused, gzipSync(two).subarray(0, -20), /cannot be decompressed: unexpected end of file/);
test.serial('a gzip with a damaged body', refused, damagedGzip(), /cannot be decompressed/);
test.serial('a gzip of no tar', refused, gzipSync(Buffer.alloc(4096, 'x')), /^not a tar archive$/);
test.serial('a cut bzip2', refused, Buffer.from('425a68393141592653590000', 'hex'), /cannot be decompressed: bzip2/);
test.serial('a cut xz', refused, Buffer.from('fd377a585a000004e6d6b446', 'hex'), /cannot be decompressed: .*xz/);
test.serial('a cut zstd', refused, Buffer.from('28b52ffd0458', 'hex'), /cannot be decompressed/);
test.serial(
  'a wrong checksum',
  refused,
  withByte(two, 1024 + 3),
  /^the entry after good: its header has a wrong checksum$/,
);
test.serial(
  'a lone zero block',
  refused,
  Buffer.concat([tar([good], END.subarray(512)), tar([good])]),
  /damaged after good/,
);

function damagedGzip(): Buffer {
  const bytes = gzipSync(two);
  bytes.fill(0xff, 30, 50);
  return bytes;
}

for (const path of ['../canary', 'a/../../canary', '/../canary', './../canary', '..', 'a/../..']) {
  test.serial(`the name ${path}`, refused, tar([good, { path, body: 'bad' }]), /: its name leads out of the archive$/);
}
test.serial(
  'a hard link out',
  refused,
  tar([{ path: 'l', type: 'Link', linkpath: '../canary' }]),
  /leads out of the archive/,
);
test.serial(
  'a hard link to a file of the host',
  refused,
  tar([{ path: 'l', type: 'Link', linkpath: '/etc/passwd' }]),
  /^l: a hard link to \/etc\/passwd, which is no file earlier in the archive, and files of other layers cannot be linked to$/,
);
test.serial(
  'a hard link through a link to a file of the host',
  refused,
  tar([
    { path: 'd', type: 'SymbolicLink', linkpath: '/etc' },
    { path: 'l', type: 'Link', linkpath: 'd/passwd' },
  ]),
  /no file earlier in the archive/,
);
test.serial(
  'a hard link to a directory',
  refused,
  tar([
    { path: 'd', type: 'Directory' },
    { path: 'l', type: 'Link', linkpath: 'd' },
  ]),
  /hard link/,
);
test.serial(
  'a hard link to a whiteout',
  refused,
  tar([{ path: '.wh.x' }, { path: 'y', type: 'Link', linkpath: 'x' }]),
  /hard link/,
);
test.serial('a file in place of the root', refused, tar([{ path: '.', body: 'x' }]), /root is no directory/);
test.serial(
  'a link in place of the root',
  refused,
  tar([{ path: '.', type: 'SymbolicLink', linkpath: '/etc' }]),
  /root is no directory/,
);
for (const path of ['.wh.', '.wh..', '.wh...', 'd/.wh...']) {
  test.serial(`the whiteout ${path}`, refused, tar([{ path }]), /a whiteout of no file/);
}
test.serial('a file below a whiteout', refused, tar([{ path: '.wh.d/x' }]), /inside of a whiteout/);
test.serial(
  'a device that is a whiteout',
  refused,
  tar([{ path: 'n', type: 'CharacterDevice', devmaj: 0, devmin: 0 }]),
  /^n: a device 0:0/,
);
test.serial(
  'a device number out of range',
  refused,
  tar([{ path: 'n', type: 'BlockDevice', devmaj: 5000, devmin: 1 }]),
  /no device 5000:1/,
);
test.serial('an entry of an unknown type', refused, patched(tar([good]), 156, 'Z'), /type "Z" cannot be unpacked/);
test.serial('a directory by name with a body', refused, tar([good, { path: 'd/', body: 'x' }]), /no valid size$/);
test.serial('a negative size', refused, patched(tar([good]), 124, '-0000000001\0'), /not a tar archive|no valid size/);
test.serial(
  'a file below a file',
  refused,
  tar([good, { path: 'good/x' }]),
  /^good\/x: a part of its path is no directory$/,
);
test.serial(
  'a long component',
  refused,
  tar([{ path: 'x', pax: { path: `d/${'n'.repeat(300)}` } }]),
  /its name is too long$/,
);
test.serial('a long path', refused, tar([{ path: 'x', pax: { path: 'd/'.repeat(3000) } }]), /longer than 4095 bytes$/);
test.serial(
  'a component of 64 KiB',
  refused,
  tar([{ path: 'x', pax: { path: 'n'.repeat(65_536) } }]),
  /longer than 4095 bytes$/,
);
test.serial(
  'a path 10,000 deep',
  refused,
  tar([{ path: 'x', pax: { path: 'd/'.repeat(10_000) } }]),
  /longer than 4095 bytes$/,
);
test.serial('a zero byte in a name', refused, tar([{ path: 'x', pax: { path: 'a\0b' } }]), /zero byte/);
test.serial(
  'a PAX size beyond the end',
  refused,
  tar([{ path: 'x', pax: { size: '1000000' } }]),
  /ends in the middle of x/,
);
test.serial(
  'a PAX size that is no number',
  refused,
  tar([{ path: 'x', pax: { size: '-5' } }]),
  /record size is not a number/,
);
test.serial(
  'a PAX owner out of range',
  refused,
  tar([{ path: 'x', pax: { uid: '4294967295' } }]),
  /owner is out of range/,
);
test.serial(
  'a PAX time that is no time',
  refused,
  tar([{ path: 'x', pax: { mtime: 'NaN' } }]),
  /record mtime is not a time/,
);
test.serial(
  'a PAX header that lies about its length',
  refused,
  tar([{ path: 'p', type: 'ExtendedHeader', body: '99 path=x\n' }, good]),
  /PAX header is damaged/,
);
test.serial(
  'a PAX header at the end',
  refused,
  tar([{ path: 'p', type: 'ExtendedHeader', body: '9 path=x\n' }], Buffer.alloc(0)),
  /ends in the middle/,
);
test.serial(
  'headers without end',
  refused,
  tar([good, { path: 'x', pax: { comment: 'c'.repeat(1.5 * 2 ** 20) } }]),
  /more than 1 MiB of headers/,
);
test.serial(
  'a global header without end',
  refused,
  tar([good, { path: 'g', type: 'GlobalExtendedHeader', body: 'c'.repeat(1.5 * 2 ** 20) }, good]),
  /more than 1 MiB of headers/,
);
test.serial(
  'headers without end, each of them small',
  refused,
  tar([good, ...Array.from({ length: 2100 }, () => ({ path: 'g', type: 'GlobalExtendedHeader' }) as const), good]),
  /more than 1 MiB of headers/,
);
test.serial('a sparse map out of order', refused, tar([sparse('8,1,0,1')]), /sparse map is damaged/);
test.serial('a sparse map beyond the file', refused, tar([sparse('0,1,99,2')]), /sparse map is damaged/);
test.serial('a sparse map of another size', refused, tar([sparse('0,1')]), /does not fit its size/);

function sparse(map: string): TestEntry {
  return { path: 's', body: 'ab', pax: { 'GNU.sparse.major': '0', 'GNU.sparse.map': map, 'GNU.sparse.size': '100' } };
}

const deep = `${'a'.repeat(99)}/b`;

for (const [kind, cut] of [
  ['a PAX header', tar([{ path: 'cut', body: 'hello', pax: { path: deep } }])],
  [
    "GNU's header",
    tar([
      { path: 'L', type: 'NextFileHasLongPath', body: `${deep}\0` },
      { path: 'cut', body: 'hello' },
    ]),
  ],
] as const) {
  test.serial(`a name that ${kind} has, and whose own header has it up to a slash`, async (t) => {
    const archive = patched(cut, 1024, deep.slice(0, 100));
    const { diffIds } = await engine.graph.create(stream(archive), {});
    t.is(readFileSync(join(engine.root, 'layers', diffIds[0]?.slice(7) ?? '', deep), 'utf8'), 'hello');
  });
}

/** Archives that look dangerous and mean something harmless: they are unpacked, inside. */
const contained = test.macro({
  async exec(t, entries: TestEntry[], look: (t: ExecutionContext, layer: string, root: string) => void) {
    const archive = tar(entries);
    const { diffIds } = await engine.graph.create(stream(archive), {});
    t.true(archive.equals(await buffer(engine.graph.layerArchive(diffIds[0] ?? ''))), 'the archive can be made again');
    look(t, join(engine.root, 'layers', diffIds[0]?.slice(7) ?? ''), engine.root);
    isUntouched(t);
  },
  title: (name) => `contained: ${name}`,
});

test.serial(
  'a write through a link out of the root',
  contained,
  [
    { path: 'up', type: 'SymbolicLink', linkpath: '../..' },
    { path: 'up/canary', body: 'bad' },
    { path: 'abs', type: 'SymbolicLink', linkpath: '/' },
    { path: 'abs/etc/made', body: 'inside' },
    { path: 'out', type: 'SymbolicLink', linkpath: '../../outside' },
    { path: 'outside', type: 'Directory' },
    { path: 'out/x', body: 'inside' },
  ],
  (t, layer) => {
    t.is(readFileSync(join(layer, 'canary'), 'utf8'), 'bad');
    t.is(readFileSync(join(layer, 'etc/made'), 'utf8'), 'inside');
    t.is(readFileSync(join(layer, 'outside/x'), 'utf8'), 'inside');
    t.is(readlinkSync(join(layer, 'up')), '../..');
  },
);

test.serial(
  'a link to a file, and a file of its name',
  contained,
  [
    { path: 'l', type: 'SymbolicLink', linkpath: '../canary' },
    { path: 'l', body: 'bad' },
    { path: 'm', type: 'SymbolicLink', linkpath: '../../canary' },
    { path: 'm', type: 'Directory' },
    { path: 'm/x', body: 'x' },
  ],
  (t, layer) => {
    t.is(readFileSync(join(layer, 'l'), 'utf8'), 'bad');
    t.true(lstatSync(join(layer, 'm')).isDirectory());
  },
);

test.serial(
  'a directory swapped for a link, and written through',
  contained,
  [
    { path: 'd/e/f', body: '1' },
    { path: 'd/e', type: 'SymbolicLink', linkpath: '../../../outside' },
    { path: 'd', type: 'SymbolicLink', linkpath: '../../outside' },
    { path: 'outside', type: 'Directory', mtime: new Date(5000) },
    { path: 'd/x', body: 'x' },
    { path: 'd', type: 'Directory' },
    { path: 'd/y', body: 'y' },
  ],
  (t, layer) => {
    t.deepEqual(readdirSync(layer).sort(), ['d', 'outside']);
    t.deepEqual(readdirSync(join(layer, 'outside')), ['x']);
    t.deepEqual(readdirSync(join(layer, 'd')), ['y']);
  },
);

test.serial(
  'entries for the root, which only say what it is like',
  contained,
  [
    { path: 'etc/kept', body: 'kept' },
    { path: '/', type: 'Directory', mode: 0o711, uid: 7, gid: 8 },
    { path: './', type: 'Directory', mode: 0o750, uid: 7, gid: 8, mtime: new Date(5000) },
  ],
  (t, layer) => {
    t.is(readFileSync(join(layer, 'etc/kept'), 'utf8'), 'kept');
    const { mode, uid, gid, mtimeMs } = lstatSync(layer);
    t.deepEqual([mode & 0o7777, uid, gid, mtimeMs], [0o750, 7, 8, 5000]);
  },
);

test.serial(
  'names that overlayfs or AUFS would take as orders',
  contained,
  [
    {
      path: 'd',
      type: 'Directory',
      pax: {
        'SCHILY.xattr.trusted.overlay.redirect': '/etc',
        'SCHILY.xattr.user.overlay.opaque': 'y',
        'SCHILY.xattr.trusted.gantry.opaque': 'y',
        'SCHILY.xattr.user.ok': '1',
      },
    },
    { path: 'd/w', mode: 0, pax: { 'SCHILY.xattr.trusted.gantry.whiteout': 'y' } },
    { path: '.wh..wh.x', body: 'x' },
    { path: '.wh..wh..wh.d', body: 'x' },
    { path: '.wh..wh.plnk/1.2', body: 'x' },
    { path: '.wh..wh.aufs', body: 'x' },
  ],
  (t, layer) => {
    t.deepEqual(readdirSync(layer), ['d']);
    t.deepEqual(attributesOf(join(layer, 'd')), ['user.ok']);
    t.deepEqual(attributesOf(join(layer, 'd/w')), []);
  },
);

test.serial(
  'a device is made, and a file of its name does not write to it',
  contained,
  [
    { path: 'dev', type: 'CharacterDevice', devmaj: 1, devmin: 3, mode: 0o600 },
    { path: 'null', type: 'CharacterDevice', devmaj: 1, devmin: 3 },
    { path: 'null', body: 'a file now' },
    { path: 'pipe', type: 'FIFO' },
    { path: 'pipe', body: 'a file now' },
  ],
  (t, layer) => {
    t.is(lstatSync(join(layer, 'dev')).rdev, 0x103);
    t.is(readFileSync(join(layer, 'null'), 'utf8'), 'a file now');
    t.is(readFileSync(join(layer, 'pipe'), 'utf8'), 'a file now');
  },
);

const folder = (path: string): TestEntry => ({ path, type: 'Directory', mode: 0o755 });
const link = (path: string, linkpath: string): TestEntry => ({ path, type: 'SymbolicLink', linkpath });
const LINKED = [folder('x'), folder('x/sub'), link('etc', 'x'), link('y', 'x'), link('z', 'x/sub')];

/** Images whose layers only together lead out: the engine makes what they mean above them, in a folder of the host. */
const above = test.macro({
  async exec(t, entries: (host: string) => TestEntry[]) {
    const host = mkdtempSync(join(engine.root, 'host-'));
    mkdirSync(join(host, 'etc/cron.d'), { recursive: true });
    const files = [join(host, 'shadow'), join(host, 'etc/cron.d/job')];
    for (const file of files) writeFileSync(file, CANARY);
    const { id: parent } = await engine.graph.create(stream(tar(LINKED)), {});
    const { id } = await engine.graph.create(stream(tar(entries(host))), { parent });
    const [upper, work] = ['upper', 'work'].map((name) => join(host, name)) as [string, string];
    for (const path of [upper, work]) mkdirSync(path);
    await engine.graph.rootFilesystem(id, upper, work).prepare();
    for (const file of files) t.like(lstatSync(file), { nlink: 1, size: CANARY.length });
    t.deepEqual(readdirSync(host).sort(), ['etc', 'shadow', 'upper', 'work']);
    t.deepEqual(readdirSync(join(host, 'etc')), ['cron.d']);
    t.deepEqual(readdirSync(join(host, 'etc/cron.d')), ['job']);
    isUntouched(t);
    const overrides = join(engine.root, 'overrides', id.slice('sha256:'.length));
    if (existsSync(join(overrides, 'x'))) t.true(lstatSync(join(overrides, 'x/hosts')).isFile());
  },
  title: (name) => `above its layers: ${name}`,
});

test.serial('a link in place of a file of the engine', above, (host) => [link('y/hosts', join(host, 'shadow'))]);
test.serial('a pipe in place of a file of the engine', above, () => [{ path: 'y/hosts', type: 'FIFO' }]);
test.serial('a link in place of a folder that is filled', above, (host) => [
  link('y/sub', join(host, 'etc')),
  { path: 'z/cron.d/job', body: 'bad' },
]);
test.serial('a link in place of a folder of the engine', above, (host) => [
  link('y/sub', join(host, 'etc')),
  folder('z/made'),
  link('z/link', '/'),
]);
test.serial('a tree that is too deep', above, () => [{ path: 'x', pax: { path: `y/${'d/'.repeat(300)}x` } }]);

test.serial('folders that only other paths name, more than any image needs: all stay as they were made', async (t) => {
  const many = (first: string): TestEntry[] =>
    Array.from({ length: 1000 }, (_, index) => ({ path: 'x', pax: { path: `${first}${index}${'n'.repeat(150)}/x` } }));
  let { id } = await engine.graph.create(stream(tar([{ ...folder('tmp'), mode: 0o1777 }])), {});
  for (const layer of [[{ path: 'tmp/x' }, ...many('a')], many('b')]) {
    ({ id } = await engine.graph.create(stream(tar(layer)), { parent: id }));
    const view = engine.graph.view(id, engine.root);
    t.truthy(view);
    const overrides = join(engine.root, 'overrides', id.slice('sha256:'.length));
    t.is(existsSync(join(overrides, 'tmp')), layer.length > 1000);
  }
});
