import test from 'ava';
import { parseTreeRequest } from '../../../src/transport/wire/file-requests.js';

const parse = (text: string) => parseTreeRequest(Buffer.from(text));

test('a question about a file', (t) => {
  t.deepEqual(parse('{"do":"look","path":"a"}'), { do: 'look', path: 'a' });
});

for (const text of ['{"do":"look"}', '{"do":"steal","path":"a"}', '{"do":"read","path":"a","as":[]}', 'null', '[]']) {
  test(`no question about a file: ${text}`, (t) => {
    t.throws(() => parse(text), { message: 'not a question about a file' });
  });
}
