import test from 'ava';
import { millisecondsSince, thisMoment } from '../../src/host/index.js';

const DAY = 24 * 3_600_000;

test('a clock that is set makes nothing older or younger, within a boot', (t) => {
  const moment = thisMoment();
  const later = { ...moment, uptime: moment.uptime + 5000 };
  t.is(millisecondsSince(moment, { ...later, time: moment.time + DAY }), 5000);
  t.is(millisecondsSince(moment, { ...later, time: moment.time - DAY }), 5000);
  t.true(millisecondsSince(moment) >= 0);
});

test('of another boot, and of an engine that knew no uptime, the clock is all that is known', (t) => {
  const now = thisMoment();
  for (const boot of [undefined, 'another'])
    t.is(millisecondsSince({ time: now.time - DAY, boot, uptime: 0 }, now), DAY);
});
