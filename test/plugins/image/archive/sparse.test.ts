import test from 'ava';
import { encodeMap, withFewer } from '../../../../src/plugins/image/archive/holes.js';
import { readBodyMap, readOldGnuMap, sparseMap } from '../../../../src/plugins/image/archive/sparse.js';

const EXTENTS = Array.from({ length: 70_000 }, (_, index) => ({ offset: index * 8192, length: 4096 }));
const SIZE = 70_000 * 8192;

function blocksOf(bytes: Buffer): () => Buffer {
  let at = 0;
  return () => {
    at += 512;
    return bytes.subarray(at - 512, at);
  };
}

test('a map of any length is written and read', (t) => {
  const { extents } = sparseMap(SIZE, readBodyMap(blocksOf(encodeMap(EXTENTS, SIZE))));
  t.deepEqual(extents.slice(0, -1), EXTENTS);
});

test('a map whose lines are too long, or that does not end, is damaged', (t) => {
  for (const text of ['1'.repeat(600), `2\n${'0'.repeat(600)}`, '2\n0\nx\n'.padEnd(512, '\n')]) {
    t.throws(() => readBodyMap(blocksOf(Buffer.from(text.padEnd(2048, '9')))), { message: /damaged/ });
  }
});

test('of too many extents those with the smallest holes between them become one', (t) => {
  const near = { offset: 0, length: 4096 };
  const far = { offset: 1 << 20, length: 4096 };
  t.deepEqual(withFewer([near, { offset: 8192, length: 4096 }, far], 2), [{ offset: 0, length: 12_288 }, far]);
  t.is(withFewer(EXTENTS, 100).length, 100);
  t.deepEqual(withFewer([near, far], 2), [near, far]);
});

test('numbers of old GNU maps above 8 GiB are in base 256', (t) => {
  const header = Buffer.alloc(512);
  const put = (value: number, at: number): void => {
    header[at] = 0x80;
    header.writeBigUInt64BE(BigInt(value), at + 4);
  };
  put(9_663_676_416, 386);
  header.write('00000000777', 398);
  put(9_663_677_000, 483);
  t.deepEqual(
    readOldGnuMap(header, () => Buffer.alloc(512)),
    {
      size: 9_663_677_000,
      extents: [{ offset: 9_663_676_416, length: 511 }],
    },
  );
});
