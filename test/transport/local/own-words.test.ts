import test from 'ava';
import { OwnWords } from '../../../src/transport/local/own-words.js';

function shown(bytes: Buffer, piece: number): string {
  const written: Buffer[] = [];
  const words = new OwnWords({
    write: (some) => {
      written.push(Buffer.from(some));
      return true;
    },
    whenDrained: () => {},
  });
  for (let at = 0; at < bytes.length; at += piece) words.write(bytes.subarray(at, at + piece));
  return Buffer.concat(written).toString();
}

const CASES: readonly (readonly [printed: string, shown: string])[] = [
  ['NAMES  ä €\tx\n', 'NAMES  ä €\tx\n'],
  [
    '\r\x1b[K50 %\x1b[3A\x1b[J\x1b[H\x1b[1;31mred\x1b[m\x1b[?25l\x1b[2K',
    '\r\x1b[K50 %\x1b[3A\x1b[J\x1b[H\x1b[1;31mred\x1b[m\x1b[?25l\x1b[2K',
  ],
  ['\x1b]0;title\x07', '\\x1b]0;title\\x07'],
  ['\x1b]52;c;ZWNobw==\x1b\\', '\\x1b]52;c;ZWNobw==\\x1b\\'],
  ['\x1b[6n\x1b[?1049h\x1bP+q\x1bc', '\\x1b[6n\\x1b[?1049h\\x1bP+q\\x1bc'],
  ['\u009b31m\u202etxt\x00', '\\x9b31m\\u202etxt\\x00'],
  [`\x1b[${'1'.repeat(40)}A.`, `\\x1b[${'1'.repeat(40)}A.`],
];

for (const [printed, expected] of CASES) {
  test(`on a terminal: ${JSON.stringify(printed)}`, (t) => {
    for (const piece of [1, 2, 3, 100]) t.is(shown(Buffer.from(printed), piece), expected, `in pieces of ${piece}`);
  });
}

test("bytes that are no UTF-8 are none of a terminal's", (t) => {
  t.is(shown(Buffer.from([0x61, 0x9b, 0x33, 0x6e, 0x0a]), 1), 'a\ufffd3n\n');
});
