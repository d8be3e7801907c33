import test from 'ava';
import { parseTimeFlag } from '../../../src/kernel/text/time-flag.js';

const NOW = Date.UTC(2026, 10, 24, 10);

for (const [text, expected] of [
  ['0', 0],
  ['1700000000', 1_700_000_000_000],
  ['1700000000.25', 1_700_000_000_250],
  ['10m', NOW - 600_000],
  ['1h30m', NOW - 5_400_000],
  ['1.5s', NOW - 1500],
  ['250ms', NOW - 250],
  ['0s', NOW],
  ['2026-11-24T10:00:00Z', NOW],
  ['2026-11-24T10:00:00.000000000Z', NOW],
  ['2026-11-24T12:00:00+02:00', NOW],
  ['2026-11-24', Date.UTC(2026, 10, 24)],
] as const) {
  test(`${text} is a moment`, (t) => t.is(parseTimeFlag(text, '--since', NOW), expected));
}

for (const text of ['', 'yesterday', '-5m', '10x', '2026-13-01', '2026-11-24 10:00', '5m-']) {
  test(`${JSON.stringify(text)} is none`, (t) => {
    t.like(
      t.throws(() => parseTimeFlag(text, '--until', NOW)),
      {
        kind: 'usage',
        message: `invalid value ${JSON.stringify(text)} for --until`,
      },
    );
  });
}
