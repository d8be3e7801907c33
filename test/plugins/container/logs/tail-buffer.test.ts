import test from 'ava';
import { TailBuffer } from '../../../../src/plugins/container/logs/tail-buffer.js';

function tail(limit: number, ...chunks: string[]): TailBuffer {
  const kept = new TailBuffer(limit);
  for (const chunk of chunks) kept.add(Buffer.from(chunk));
  return kept;
}

test('the last bytes stay, whatever the chunks', (t) => {
  t.is(tail(100).text(), '');
  t.is(tail(100, 'one\n', 'two\n').text(), 'one\ntwo\n');
  t.is(tail(5, 'one\n', 'two\n').text(), '\ntwo\n');
  t.is(tail(4, 'one\n', 'two\n').text(), 'two\n');
  t.is(tail(3, 'abcdefgh').text(), 'fgh');
});

test('no character is cut in two', (t) => {
  t.is(tail(3, 'aéé').text(), 'é');
  t.is(tail(2, 'aé', 'b').text(), 'b');
});

test('the last lines stay; one without an end is one', (t) => {
  const kept = tail(100, 'one\ntwo\nthree\n');
  t.is(kept.text(0), '');
  t.is(kept.text(1), 'three\n');
  t.is(kept.text(2), 'two\nthree\n');
  t.is(kept.text(9), 'one\ntwo\nthree\n');
  t.is(tail(100, 'one\ntwo').text(1), 'two');
  t.is(tail(100, '\n\n').text(1), '\n');
  t.is(tail(100, '\nx').text(1), 'x');
});
