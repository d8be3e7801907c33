import test from 'ava';
import { Slot } from '../../../src/kernel/loader/slot.js';

const end = { reason: 'called process.exit(1)', stack: '    at x', failed: true };

function died(slot: Slot, ...at: number[]): void {
  for (const one of at) slot.failed(end, one);
}

test('three deaths in a minute are a rest, longer each time', (t) => {
  const slot = new Slot('/p/a.ts');
  died(slot, 0, 1000);
  t.is(slot.restsFor(1000), 0);
  died(slot, 2000);
  t.is(slot.restsFor(2000), 30);
  t.is(slot.restsFor(31_500), 1);
  t.is(slot.restsFor(32_000), 0);
  died(slot, 40_000, 41_000, 42_000);
  t.is(slot.restsFor(42_000), 60);
  for (let round = 0; round < 20; round++) died(slot, 100_000, 100_000, 100_000);
  t.is(slot.restsFor(100_000), 600);
});

test('deaths that are far apart are none', (t) => {
  const slot = new Slot('/p/a.ts');
  died(slot, 0, 59_000, 61_000, 119_500);
  t.is(slot.restsFor(119_500), 0);
});

test('the last death is told, until it is forgiven', (t) => {
  const slot = new Slot('/p/a.ts');
  died(slot, 0, 0, 0);
  t.deepEqual(slot.lastFailure, { reason: 'called process.exit(1) (1970-01-01T00:00:00.000Z)', stack: '    at x' });
  slot.forgive();
  t.is(slot.lastFailure, undefined);
  t.is(slot.restsFor(0), 0);
});

test("it goes by its file's name while its id is not known, and keeps its last fifty lines", (t) => {
  const slot = new Slot('/p/a.mts');
  t.is(slot.id, 'a');
  for (let line = 0; line < 60; line++) slot.wrote(String(line));
  t.deepEqual(
    slot.output.split('\n'),
    Array.from({ length: 50 }, (_, index) => String(index + 10)),
  );
});
