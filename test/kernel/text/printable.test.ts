import test from 'ava';
import { humanDuration, humanSize, milliseconds } from '../../../src/kernel/text/human-units.js';
import { plain, truncate, widthOf } from '../../../src/kernel/text/printable.js';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

const sizes: [bytes: number, shown: string][] = [
  [0, '0B'],
  [999, '999B'],
  [1000, '1kB'],
  [1023, '1.02kB'],
  [4_260_000, '4.26MB'],
  [999_499, '999kB'],
  [999_500, '1MB'],
  [77_800_000, '77.8MB'],
  [1_100_000_000, '1.1GB'],
  [2e21, '2000EB'],
];

for (const [bytes, shown] of sizes) {
  test(`${bytes} bytes are ${shown}`, (t) => t.is(humanSize(bytes), shown));
}

const durations: [milliseconds: number, shown: string][] = [
  [-5, 'Less than a second'],
  [999, 'Less than a second'],
  [SECOND, '1 second'],
  [59.9 * SECOND, '59 seconds'],
  [60 * SECOND, 'About a minute'],
  [119 * SECOND, 'About a minute'],
  [120 * SECOND, '2 minutes'],
  [3599 * SECOND, '59 minutes'],
  [HOUR, 'About an hour'],
  [1.6 * HOUR, '2 hours'],
  [47 * HOUR, '47 hours'],
  [2 * DAY, '2 days'],
  [13 * DAY, '13 days'],
  [14 * DAY, '2 weeks'],
  [59 * DAY, '8 weeks'],
  [60 * DAY, '2 months'],
  [729 * DAY, '24 months'],
  [730 * DAY, '2 years'],
];

for (const [milliseconds, shown] of durations) {
  test(`${milliseconds} ms are ${shown}`, (t) => t.is(humanDuration(milliseconds), shown));
}

const hostile: [name: string, text: string, shown: string][] = [
  ['a colour', '\x1b[31mred', '\\x1b[31mred'],
  ['an 8-bit control sequence', '\x9b2J', '\\x9b2J'],
  ['line breaks and tabs', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
  ['bell, backspace, delete, NUL', '\x07\b\x7f\0', '\\x07\\x08\\x7f\\x00'],
  ['reversed writing', 'a\u202etxt.exe', 'a\\u202etxt.exe'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ['plain words of any script', 'naïve 容器 🐳', 'naïve 容器 🐳'],
];

for (const [name, text, shown] of hostile) {
  test(`plain text of ${name}`, (t) => t.is(plain(text), shown));
}

test('a long text is cut by characters and ends in an ellipsis', (t) => {
  t.is(truncate('12345678901234567890', 20), '12345678901234567890');
  t.is(truncate('123456789012345678901', 20), '1234567890123456789…');
  t.is(truncate('🐳🐳🐳🐳', 3), '🐳🐳…');
  t.is(widthOf('🐳…'), 2);
});

const spans: Record<string, number | undefined> = {
  ...{
    '90s': 90_000,
    '1h30m': 5_400_000,
    '.5s': 500,
    '1.s': 1000,
    '+1s': 1000,
    '-2ms': -2,
    '1500us': 1.5,
    '3µs': 0.003,
  },
  ...{ '2ns': 0.000002, '0': 0, '-0': 0, '1m0.5s': 60_500 },
  ...{ '': undefined, '1': undefined, '1d': undefined, s: undefined, '.s': undefined, '1 s': undefined },
  ...{ '99999999999h': undefined, [`${'1'.repeat(200)}`]: undefined, '1s2': undefined },
};
for (const [span, time] of Object.entries(spans)) {
  test(`the span of time ${JSON.stringify(span)}`, (t) => t.is(milliseconds(span), time));
}
