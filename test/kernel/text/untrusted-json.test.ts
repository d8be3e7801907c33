import test from 'ava';
import { parseUntrustedJson } from '../../../src/kernel/text/untrusted-json.js';

const parse = (text: string): unknown => parseUntrustedJson(Buffer.from(text));

test('JSON is what it is', (t) => {
  const value = { a: ['[[[', '\\"{', '\\', { b: [1, null, true] }], ',"': '\u00fc' };
  t.deepEqual(parse(JSON.stringify(value)), value);
  t.deepEqual(parse(`"${'['.repeat(1000)}"`), '['.repeat(1000));
});

test('what would fill the memory is refused before it is read', (t) => {
  t.throws(() => parse('['.repeat(65)), { message: 'it is nested too deeply' });
  t.throws(() => parse(`[${'[],'.repeat(200_000)}[]]`), { message: 'it has too many values' });
  t.throws(() => parse('['), { name: 'SyntaxError' });
  t.throws(() => parseUntrustedJson(Buffer.from([0x22, 0xff, 0x22])), { name: 'TypeError' });
});
