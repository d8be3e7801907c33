import { Readable } from 'node:stream';
import test from 'ava';
import { withValues } from '../../../src/transport/local/variable-lines.js';

const ENV = { A: '1', B: 'two words', BROKEN: 'a\nb', EMPTY: '' };

async function filled(...chunks: string[]): Promise<string> {
  const file = Readable.from(
    chunks.map((chunk) => Buffer.from(chunk)),
    { objectMode: false },
  );
  return Buffer.concat(await withValues(file, ENV).toArray()).toString();
}

test('a name alone gets its value, and nothing else is changed', async (t) => {
  t.is(await filled('A\n#A\nC=A\nB\r\n\n EMPTY\nUNSET\nA B\n'), 'A=1\n#A\nC=A\nB=two words\n\nEMPTY=\nUNSET\nA B\n');
});

test('names that are cut between pieces, the first and the last line', async (t) => {
  t.is(await filled('\ufeffA\nBRO', 'KEN\nEMP', 'TY\nB'), 'A=1\nBROKEN\nEMPTY=\nB=two words\n');
});

test('a line longer than any name passes as it comes', async (t) => {
  const long = 'x'.repeat(50_000);
  t.is(await filled(long, long, long, '\nA\n'), `${long.repeat(3)}\nA=1\n`);
});
