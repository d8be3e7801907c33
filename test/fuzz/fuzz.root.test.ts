import test from 'ava';
import { fuzz } from './fuzz.js';
import { TARGETS } from './targets/index.js';

/** The unpacker is a process of its own. */
const RUNS: Readonly<Record<string, number>> = { tar: 8, path: 100, passwd: 100, guest: 150 };

for (const [name, target] of Object.entries(TARGETS)) {
  test.serial(`what is made of any input: ${name}`, async (t) => {
    const { failure, inputs } = await fuzz(name, target, { seed: 1, runs: RUNS[name] ?? 300 });
    t.is(failure, undefined);
    t.true(inputs > 0);
  });
}

test('a target that is wrong is named with the smallest input, and how to repeat it', async (t) => {
  const { integer } = await import('fast-check');
  const target = { inputs: integer({ min: 0 }), check: (input: unknown) => refuseFrom(10, Number(input)) };
  const { failure } = await fuzz('numbers', target, { seed: 3, runs: 1000 });
  t.regex(failure ?? '', /^numbers: 10\nError: too large\n.*--target numbers --seed 3 --path \d+/s);
});

function refuseFrom(limit: number, input: number): void {
  if (input >= limit) throw new Error('too large');
}
