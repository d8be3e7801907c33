import test from 'ava';
import { checkArgumentList } from '../../src/sysinit/argument-list.js';

test('all of them together are as long as the kernel takes them', (t) => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `V${index}=v`);
  t.notThrows(() => checkArgumentList(['echo'], many(100_000)));
  t.like(
    t.throws(() => checkArgumentList(['echo'], many(150_000))),
    { kind: 'not executable', message: 'exec: "echo": argument list too long' },
  );
});

test('texts are as long as the kernel takes them', (t) => {
  const longest = 'ü'.repeat(65_535);
  t.notThrows(() => checkArgumentList(['echo', `${longest}x`], [`${longest}x`]));
  for (const [args, env] of [
    [['echo', `${longest}xy`], []],
    [['echo'], [`A=${longest}`]],
  ] as const) {
    t.like(
      t.throws(() => checkArgumentList(args, env)),
      { kind: 'not executable', message: 'exec: "echo": argument list too long' },
    );
  }
});
