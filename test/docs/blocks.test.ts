import test from 'ava';
import { blocksOf, matches } from './blocks.js';

test('files and commands, in their order', (t) => {
  const text = '# A\n\n```ts file=a.ts\nlet a;\n```\nText\n```console\n$ one\nx\ny\n$ two\n```\n';
  t.deepEqual(blocksOf(text), [
    { kind: 'file', name: 'a.ts', text: 'let a;\n', line: 3 },
    {
      kind: 'console',
      steps: [
        { command: 'one', expected: 'x\ny\n', line: 7 },
        { command: 'two', expected: '', line: 7 },
      ],
    },
  ]);
});

test('a block that nothing runs is refused', (t) => {
  t.throws(() => blocksOf('```ts\nlet a;\n```\n'), { message: /line 1: a block 'ts'/ });
});

test('dots stand for anything, all else for itself', (t) => {
  t.true(matches('a 12.5 b  \nc\n', 'a ... b\nc'));
  t.true(matches('a\nb\nc', 'a\n...\nc'));
  t.false(matches('a 12x5', 'a 12.5'));
  t.false(matches('a b', 'a'));
  t.false(matches('', 'a'));
});
