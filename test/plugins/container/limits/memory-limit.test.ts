import test from 'ava';
import { parseMemory } from '../../../../src/plugins/container/limits/memory-limit.js';

const MIB = 1024 ** 2;
const sizes: Record<string, number> = {
  '33554432': 32 * MIB,
  '512m': 512 * MIB,
  '512M': 512 * MIB,
  '512mb': 512 * MIB,
  '512MiB': 512 * MIB,
  '1g': 1024 * MIB,
  '1.5g': 1536 * MIB,
  '2t': 2 * MIB * MIB,
  '8388608b': 8 * MIB,
  '10240k': 10 * MIB,
  '6m': 6 * MIB,
  '512 m': 512 * MIB,
  '0': 0,
};
for (const [value, bytes] of Object.entries(sizes)) {
  test(`${value} is ${bytes} bytes`, (t) => t.is(parseMemory(value), bytes));
}

for (const value of ['', 'm', '-1', '1x', '1mm', '1e9', '0x10', '1,5g', ' 1g', '1g ', 'NaN', '1..5g', '64Mi', '1Gi']) {
  test(`no size: ${JSON.stringify(value)}`, (t) => {
    const message = `invalid argument "${value}" for "-m, --memory" flag: invalid size: '${value}'`;
    t.like(
      t.throws(() => parseMemory(value)),
      { kind: 'usage', message },
    );
  });
}

for (const value of ['1', '5m', '6291455']) {
  test(`too little: ${value}`, (t) => {
    t.like(
      t.throws(() => parseMemory(value)),
      { kind: 'invalid', message: 'Minimum memory limit allowed is 6MB' },
    );
  });
}

for (const value of ['9999p', '99999999999999999999999', '9'.repeat(400)]) {
  test(`too much: ${value.slice(0, 30)}`, (t) =>
    t.like(
      t.throws(() => parseMemory(value)),
      { kind: 'invalid' },
    ));
}
