import test from 'ava';
import { type ArgumentKind, checkArgument, checkOptions } from '../../../src/kernel/parsing/argument-checks.js';

const GOOD: readonly (readonly [ArgumentKind, unknown])[] = [
  ['string', ''],
  ['boolean', false],
  ['number', -1],
  ['strings', []],
  ['strings', ['a', 'b']],
  ['strings by name', { a: 'b' }],
];
const BAD: readonly (readonly [ArgumentKind, unknown, string])[] = [
  ['string', 1, 'a string'],
  ['string', 'a\0b', 'a string'],
  ['string', undefined, 'a string'],
  ['boolean', 'true', 'true or false'],
  ['number', 1.5, 'a whole number'],
  ['number', '1', 'a whole number'],
  ['number', Number.NaN, 'a whole number'],
  ['strings', 'a', 'a list of strings'],
  ['strings', ['a', 1], 'a list of strings'],
  ['strings by name', ['a'], 'an object of strings'],
  ['strings by name', { a: 1 }, 'an object of strings'],
  ['strings by name', null, 'an object of strings'],
];

for (const [kind, value] of GOOD) {
  test(`${JSON.stringify(value)} passes for ${kind}`, (t) => t.notThrows(() => checkArgument('x', value, kind)));
}

for (const [kind, value, words] of BAD) {
  test(`${JSON.stringify(value)} ${typeof value} is refused for ${kind}`, (t) => {
    t.like(
      t.throws(() => checkArgument('reference', value, kind)),
      { kind: 'invalid', message: `'reference' must be ${words}` },
    );
  });
}

test('options may be left out, may not be unknown, and are named in full', (t) => {
  const kinds = { tail: 'number', all: 'boolean' } as const;
  t.notThrows(() => checkOptions('options', {}, kinds));
  t.notThrows(() => checkOptions('options', { tail: 1, all: undefined }, kinds));
  const refused = (value: unknown, message: string): void => {
    t.like(
      t.throws(() => checkOptions('options', value, kinds)),
      { kind: 'invalid', message },
    );
  };
  refused({ tail: 'x' }, "'options.tail' must be a whole number");
  refused({ toString: 1 }, "there is no 'options.toString'");
  refused(null, "'options' must be an object");
});
