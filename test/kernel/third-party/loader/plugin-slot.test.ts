import test from 'ava';
import { PluginSlot } from '../../../../src/kernel/third-party/loader/plugin-slot.js';

const end = { reason: 'called process.exit(1)', stack: '    at x', failed: true };

function died(slot: PluginSlot, ...at: number[]): void {
  for (const one of at) slot.failed(end, one);
}

test('three deaths in a minute are a rest, longer each time', (t) => {
  const slot = new PluginSlot('/p/a.ts');
  died(slot, 0, 1000);
  t.is(slot.backoffSeconds(1000), 0);
  died(slot, 2000);
  t.is(slot.backoffSeconds(2000), 30);
  t.is(slot.backoffSeconds(31_500), 1);
  t.is(slot.backoffSeconds(32_000), 0);
  died(slot, 40_000, 41_000, 42_000);
  t.is(slot.backoffSeconds(42_000), 60);
  for (let round = 0; round < 20; round++) died(slot, 100_000, 100_000, 100_000);
  t.is(slot.backoffSeconds(100_000), 600);
});

test('deaths that are far apart are none', (t) => {
  const slot = new PluginSlot('/p/a.ts');
  died(slot, 0, 59_000, 61_000, 119_500);
  t.is(slot.backoffSeconds(119_500), 0);
});

test('a clock that is set back makes no rest longer', (t) => {
  const slot = new PluginSlot('/p/a.ts');
  for (let time = 0; time < 3; time++) slot.failed(end);
  const real = Date.now;
  Date.now = () => real() - 86_400_000;
  t.teardown(() => {
    Date.now = real;
  });
  t.is(slot.backoffSeconds(), 30);
});

test('the last death is told, until it is forgiven', (t) => {
  const slot = new PluginSlot('/p/a.ts');
  died(slot, 0, 0, 0);
  t.like(slot.lastFailure, { stack: '    at x' });
  t.regex(slot.lastFailure?.reason ?? '', /^called process\.exit\(1\) \(\d{4}-\d\d-\d\dT[\d:.]+Z\)$/);
  slot.resetFailures();
  t.is(slot.lastFailure, undefined);
  t.is(slot.backoffSeconds(0), 0);
});

test("it goes by its file's name while its id is not known, and keeps its last fifty lines", (t) => {
  const slot = new PluginSlot('/p/a.mts');
  t.is(slot.id, 'a');
  for (let line = 0; line < 60; line++) slot.wrote(String(line));
  t.deepEqual(
    slot.output.split('\n'),
    Array.from({ length: 50 }, (_, index) => String(index + 10)),
  );
});
