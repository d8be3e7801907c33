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
  test(`${text} is a moment`, (t) => t.is(parseTimeFlag(text, '--since', { env: {} }, NOW), expected));
}

for (const text of ['', 'yesterday', '-5m', '10x', '2026-13-01', '2026-11-24 10:00', '5m-']) {
  test(`${JSON.stringify(text)} is none`, (t) => {
    t.like(
      t.throws(() => parseTimeFlag(text, '--until', { env: {} }, NOW)),
      {
        kind: 'usage',
        message: `invalid value ${JSON.stringify(text)} for --until`,
      },
    );
  });
}

for (const [zone, text, expected] of [
  ['Asia/Tokyo', '2026-12-01T05:48:00', '2026-11-30T20:48:00Z'],
  [':Asia/Tokyo', '2026-12-01', '2026-11-30T15:00:00Z'],
  ['JST-9', '2026-12-01T05', '2026-11-30T20:00:00Z'],
  ['<-0330>3:30', '2026-12-01T05:00', '2026-12-01T08:30:00Z'],
  ['America/New_York', '2026-03-08T01:30:00', '2026-03-08T06:30:00Z'],
  ['America/New_York', '2026-03-08T03:30:00', '2026-03-08T07:30:00Z'],
  ['UTC', '2026-12-01T05:48:00.5', '2026-12-01T05:48:00.5Z'],
  ['Asia/Tokyo', '2026-12-01T05:48:00Z', '2026-12-01T05:48:00Z'],
  ['Asia/Tokyo', '2026-12-01T05:48:00-01:00', '2026-12-01T06:48:00Z'],
] as const) {
  test(`${text} where TZ is ${zone}`, (t) => {
    t.is(parseTimeFlag(text, '--since', { env: { TZ: zone } }, NOW), Date.parse(expected));
  });
}
