import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import test from 'ava';
import { encodeEntry } from '../../../../src/plugins/image/archive/index.js';
import { compressionOf, decompression } from '../../../../src/plugins/image/unpack/decompress.js';

const DATA = Buffer.concat([randomBytes(300_000), Buffer.alloc(500_000), Buffer.from('end')]);
const [FIRST, SECOND] = [DATA.subarray(0, 250_001), DATA.subarray(250_001)];
const SKIPPABLE = Buffer.from('502a4d1803000000616263', 'hex');

async function decompressed(archive: Readable): Promise<Buffer> {
  const { source, stages } = await decompression(archive);
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await pipeline([source, ...stages, sink] as never);
  return Buffer.concat(chunks);
}

function cut(bytes: Buffer, size: number): Readable {
  const parts: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; offset += size) parts.push(bytes.subarray(offset, offset + size));
  return Readable.from(parts, { objectMode: false });
}

function program(name: string, input: Buffer, ...flags: string[]): Buffer {
  return execFileSync(name, [...flags, '-c'], { input, maxBuffer: 2 ** 26 });
}

const COMPRESSORS: Record<string, (data: Buffer) => Buffer> = {
  nothing: (data) => data,
  gzip: (data) => gzipSync(data),
  zstd: (data) => zstdCompressSync(data),
  'zstd with checksum': (data) => program('zstd', data),
  bzip2: (data) => program('bzip2', data),
  xz: (data) => program('xz', data),
};

for (const [name, compress] of Object.entries(COMPRESSORS)) {
  test(`one stream, and two after each other: ${name}`, async (t) => {
    t.true((await decompressed(cut(compress(DATA), 65_536))).equals(DATA));
    const two = Buffer.concat([compress(FIRST), compress(SECOND)]);
    for (const size of [4099, 65_536, two.length]) t.true((await decompressed(cut(two, size))).equals(DATA), `${size}`);
  });
}

test('a first chunk of one byte tells enough', async (t) => {
  t.true((await decompressed(cut(gzipSync(Buffer.from('small')), 1))).equals(Buffer.from('small')));
  t.true((await decompressed(cut(zstdCompressSync(Buffer.from('small')), 1))).equals(Buffer.from('small')));
});

test('an archive whose first file is called as compressed ones begin is none', async (t) => {
  for (const name of ['BZh91AY&SY', '\x1f\x8b\x08', '(\xb5/\xfd']) {
    const header = encodeEntry({
      path: name,
      type: 'File',
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtime: { seconds: 1, nanoseconds: 0 },
    });
    // In front of a name that is no ASCII stands a PAX header.
    const archive = header.subarray(header.length - 512);
    archive.write(name, 'latin1');
    archive.write('        ', 148);
    archive.write(
      `${archive
        .reduce((sum, byte) => sum + byte)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    t.is(compressionOf(archive), 'none', name);
  }
});

test('skippable frames of zstd are left out', async (t) => {
  const parts = [SKIPPABLE, zstdCompressSync(FIRST), SKIPPABLE, SKIPPABLE, zstdCompressSync(SECOND), SKIPPABLE];
  t.true((await decompressed(cut(Buffer.concat(parts), 1000))).equals(DATA));
});

test('many small frames', async (t) => {
  const frames = Array.from({ length: 2000 }, (_, index) => zstdCompressSync(Buffer.from(`${index},`)));
  t.is((await decompressed(cut(Buffer.concat(frames), 65_536))).toString().split(',').length, 2001);
});

test('frames with windows of any size that is allowed, after each other', async (t) => {
  const parts = [program('zstd', FIRST), program('zstd', SECOND, '--long=25'), SKIPPABLE, zstdCompressSync(FIRST)];
  t.true((await decompressed(cut(Buffer.concat(parts), 4099))).equals(Buffer.concat([DATA, FIRST])));
  t.true((await decompressed(cut(program('zstd', DATA, '--ultra', '-20'), 65_536))).equals(DATA));
});

test('what needs much memory is refused', async (t) => {
  const needsMuch: [Buffer, RegExp][] = [
    [program('zstd', DATA, '--long=27'), /window of more than 32 MiB/],
    [Buffer.concat([program('zstd', FIRST), program('zstd', SECOND, '--long=26')]), /window of more than 32 MiB/],
    [program('xz', DATA, '--lzma2=preset=0,dict=128MiB'), /xz: .*[Mm]emory usage limit/],
  ];
  for (const [archive, why] of needsMuch) {
    const error = await t.throwsAsync(decompressed(cut(archive, 65_536)), { name: 'GantryError' });
    t.regex(error.message, why);
  }
  t.true((await decompressed(cut(program('xz', DATA, '-9'), 65_536))).equals(DATA));
});

test('data that is cut, or followed by something else, is an error', async (t) => {
  const two = Buffer.concat([zstdCompressSync(FIRST), zstdCompressSync(SECOND)]);
  await t.throwsAsync(decompressed(cut(two.subarray(0, -10), 1000)));
  await t.throwsAsync(decompressed(cut(two.subarray(0, zstdCompressSync(FIRST).length + 2), 1000)));
  await t.throwsAsync(decompressed(cut(Buffer.concat([two, Buffer.from('garbage')]), 1000)));
  await t.throwsAsync(decompressed(cut(program('zstd', DATA, '--long=25').subarray(0, -10), 1000)));
  await t.throwsAsync(decompressed(cut(gzipSync(DATA).subarray(0, -10), 1000)));
  await t.throwsAsync(decompressed(cut(program('xz', DATA).subarray(0, -10), 1000)));
});

test('the first bytes decide', (t) => {
  t.is(compressionOf(Buffer.from('1f8b08000000', 'hex')), 'gzip');
  t.is(compressionOf(Buffer.from('425a68393141', 'hex')), 'bzip2');
  t.is(compressionOf(Buffer.from('fd377a585a00', 'hex')), 'xz');
  t.is(compressionOf(Buffer.from('28b52ffd0458', 'hex')), 'zstd');
  t.is(compressionOf(Buffer.from('5a2a4d180458', 'hex')), 'zstd');
  t.is(compressionOf(Buffer.from('./etc/')), 'none');
  t.is(compressionOf(Buffer.alloc(0)), 'none');
});
