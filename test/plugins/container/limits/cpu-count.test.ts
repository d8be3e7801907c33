import test from 'ava';
import { parseCpuCount } from '../../../../src/plugins/container/limits/cpu-count.js';

const counts: Record<string, number> = {
  ...{
    '1.5': 1.5,
    '.5': 0.5,
    '1.': 1,
    '1e-1': 0.1,
    '1/2': 0.5,
    '-0': 0,
    '+2': 2,
    '0.001': 0.001,
    '1.123456789': 1.123456789,
  },
  '-1': -1,
};
for (const [value, count] of Object.entries(counts))
  test(`${value} is ${count}`, (t) => t.is(parseCpuCount(value), count));

for (const value of ['', 'many', '1/0', '1//2', '0x1', '1e', '.', '1,5', '1e999']) {
  test(`no number: ${value}`, (t) => {
    const message = `invalid argument "${value}" for "--cpus" flag: failed to parse ${value} as a rational number`;
    t.like(
      t.throws(() => parseCpuCount(value)),
      { kind: 'usage', message },
    );
  });
}

for (const value of ['1/3', '0.0000000001', '1.23456789012']) {
  test(`too precise: ${value}`, (t) => {
    t.throws(() => parseCpuCount(value), { message: /: value is too precise$/ });
  });
}
