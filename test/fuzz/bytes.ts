import fc, { type Arbitrary } from 'fast-check';

/** A change of some bytes. Places are told in 65536ths of the length, so that they go on to fit when it changes. */
interface Edit {
  readonly kind: 'set' | 'insert' | 'remove' | 'repeat' | 'cut';
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

const EDIT: Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('set', 'set', 'set', 'insert', 'remove', 'repeat', 'cut'),
  at: fc.nat(0xffff),
  length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(512)),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 12 }),
    fc.constantFrom(...['\0', '\xff\xff\xff\xff', '\x80\0\0\0', '"', '{', '[', '-1', '9'.repeat(20), '\n'].map(latin1)),
  ),
});

/** These bytes with a few changes, at times none. */
export function edited(original: Arbitrary<Buffer>, most = 4): Arbitrary<Buffer> {
  return fc
    .tuple(original, fc.array(EDIT, { maxLength: most }))
    .map(([bytes, edits]) => edits.reduce((changed, edit) => apply(changed, edit), bytes));
}

function apply(original: Buffer, { kind, at, length, bytes }: Edit): Buffer {
  const start = Math.floor((at / 0x10000) * original.length);
  const [before, from] = [original.subarray(0, start), original.subarray(start)];
  switch (kind) {
    case 'set':
      return Buffer.concat([before, bytes, from.subarray(bytes.length)]);
    case 'insert':
      return Buffer.concat([before, bytes, from]);
    case 'remove':
      return Buffer.concat([before, from.subarray(length)]);
    case 'repeat':
      return Buffer.concat([before, from.subarray(0, length), from]);
    case 'cut':
      return before;
  }
}

/** Pieces of these bytes, as a connection would bring them. */
export function inPieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) break;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return at < bytes.length ? [...pieces, bytes.subarray(at)] : pieces;
}

export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
