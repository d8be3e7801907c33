import fc, { type Arbitrary } from 'fast-check';
import {
  ARCHIVE_END,
  BLOCK_SIZE,
  encodeEntry,
  padding,
  type WrittenEntry,
} from '../../../src/plugins/image/archive/index.js';
import { edited } from '../bytes.js';

const GOOD = ['a', 'b', 'a/b', 'a/b/c', 'l', 'l/x', './c', '/abs', 'dir/', '.wh.b', 'a/.wh..wh..opq', 'x'.repeat(99)];
/** Names that lead out of a folder, or would where links are followed; bytes that are no UTF-8; overlay's own. */
const NAMES = [
  ...['a', 'b', 'a/b', 'a/b/c', 'l', 'l/x', 'l/../x', './a', 'dir/', '/abs', '../outside/file', '/../../outside/file'],
  ...['a/../../outside/new', '.', '..', '/', '', 'a//b', '.wh.a', 'a/.wh.b', 'a/.wh..wh..opq', '.wh.', '.wh...'],
  ...['\xff\xfe', 'n\nl', 'x'.repeat(99), `${'x'.repeat(99)}/y`, 'y'.repeat(256), `${'d/'.repeat(60)}e`],
];
const TARGETS = [...NAMES, '/proc/self/root', '/proc/1/root/tmp', '../'.repeat(40), '/dev/null', 'l', 'z'.repeat(4095)];
const XATTRS = [
  'user.a',
  'security.capability',
  'trusted.overlay.opaque',
  'trusted.overlay.redirect',
  'user.',
  'x',
  '',
];

export interface Written {
  readonly entry: WrittenEntry;
  readonly body: Buffer;
}

const size = fc.oneof(fc.constantFrom(0, 1, 511, 512, 513), fc.nat(3000));
const id = fc.constantFrom(0, 0, 0, 1000, 0o7777777, 0o10000000, 0xffff_fffe);
const mtime = fc
  .tuple(fc.constantFrom(0, 1, -1, 1_700_000_000, 2 ** 33), fc.constantFrom(0, 0, 1, 999_999_999))
  .map(([seconds, nanoseconds]) => ({ seconds, nanoseconds }));
const xattrs = fc.oneof(
  { weight: 12, arbitrary: fc.constant(new Map<string, Buffer>()) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...XATTRS), fc.uint8Array({ maxLength: 24 }))
      .map(([name, value]) => new Map([[name, Buffer.from(value)]])),
  },
);

/** An entry as an honest writer would have written it, whatever is in it. */
const written: Arbitrary<Written> = fc
  .record({
    path: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...GOOD) },
      { weight: 1, arbitrary: fc.constantFrom(...NAMES) },
    ),
    link: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...GOOD) },
      { weight: 1, arbitrary: fc.constantFrom(...TARGETS) },
    ),
    type: fc.constantFrom(
      ...(['File', 'File', 'File', 'Directory', 'Directory', 'SymbolicLink', 'SymbolicLink', 'Link'] as const),
      ...(['CharacterDevice', 'BlockDevice', 'FIFO'] as const),
    ),
    mode: fc.constantFrom(0o644, 0o755, 0, 0o7777, 0o4755),
    ...{
      uid: id,
      gid: id,
      mtime,
      xattrs,
      size,
      major: fc.constantFrom(...Array(9).fill(1), 0, 4096),
      minor: fc.constant(3),
    },
  })
  .map(({ size: length, link, type, ...rest }) => {
    const isFile = type === 'File' && !rest.path.endsWith('/');
    const body = Buffer.alloc(isFile ? length : 0, 'body');
    const hasLink = type === 'Link' || type === 'SymbolicLink';
    return { entry: { ...rest, type, size: body.length, ...(hasLink && { link }) }, body };
  });

export const entries: Arbitrary<readonly Written[]> = fc.array(written, { maxLength: 8 });

export function archiveOf(all: readonly Written[]): Buffer {
  const blocks = all.flatMap(({ entry, body }) => [encodeEntry(entry), body, padding(body.length)]);
  return Buffer.concat([...blocks, ARCHIVE_END]);
}

/** Archives with a few damaged bytes, most of them with checksums that are right again. */
export const damaged: Arbitrary<Buffer> = fc
  .tuple(edited(entries.map(archiveOf), 5), fc.integer({ min: 0, max: 3 }))
  .map(([bytes, repair]) => (repair > 0 ? withChecksums(bytes) : bytes));

function withChecksums(archive: Buffer): Buffer {
  const bytes = Buffer.from(archive);
  for (let at = 0; at + BLOCK_SIZE <= bytes.length; at += BLOCK_SIZE) {
    const block = bytes.subarray(at, at + BLOCK_SIZE);
    if (block.toString('latin1', 257, 262) !== 'ustar') continue;
    block.fill(' ', 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  }
  return bytes;
}
