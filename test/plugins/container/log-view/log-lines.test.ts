import test from 'ava';
import { LinePrefix, timestamp } from '../../../../src/plugins/container/log-view/log-lines.js';

test('each line gets its prefix once, whatever the pieces', (t) => {
  const prefix = new LinePrefix((time) => Buffer.from(`${time} `));
  const pieces = ['a\nb', 'c', '\n\n', 'd'].map((piece, index) => prefix.apply('stdout', Buffer.from(piece), index));
  t.is(Buffer.concat(pieces).toString(), '0 a\n0 bc\n2 \n3 d');
  t.is(Buffer.from(prefix.apply('stderr', Buffer.from('e\n'), 9)).toString(), '9 e\n');
  t.is(prefix.apply('stderr', new Uint8Array(0), 9).length, 0);
  const empty = prefix.apply('stderr', Buffer.alloc(100_000, '\n'), 7);
  t.true(Buffer.from('7 \n'.repeat(100_000)).equals(empty));
});

test('nanoseconds, as Docker writes them', (t) => {
  t.is(timestamp(1_700_000_000_123), '2023-11-14T22:13:20.123000000Z');
});
