import test from 'ava';
import { parseSignal } from '../../../../src/plugins/container/parsers/signal.js';

test('names in any case, with SIG or without, real-time ones, and numbers', (t) => {
  t.is(parseSignal('TERM'), 'SIGTERM');
  t.is(parseSignal('sigHup'), 'SIGHUP');
  t.is(parseSignal('15'), 15);
  t.is(parseSignal('RTMIN'), 34);
  t.is(parseSignal('SIGRTMIN+3'), 37);
});

for (const text of ['', '0', '65', '-1', 'SIG', 'NOTHING', 'RTMIN+31', 'toString']) {
  test(`no signal: ${JSON.stringify(text)}`, (t) => {
    t.like(
      t.throws(() => parseSignal(text)),
      { kind: 'usage', message: `Invalid signal: ${text}` },
    );
  });
}
