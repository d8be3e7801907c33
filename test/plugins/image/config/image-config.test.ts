import test from 'ava';
import { timestamp } from '../../../../src/plugins/image/config/image-config.js';

test('times are written as Go writes them', (t) => {
  t.is(timestamp(0, 1_000_123_456n), '1970-01-01T00:00:00.000123456Z');
  t.is(timestamp(120, 123_450n), '1970-01-01T00:00:00.12012345Z');
  t.is(timestamp(120, 0n), '1970-01-01T00:00:00.12Z');
  t.is(timestamp(10_000, 0n), '1970-01-01T00:00:10Z');
});
