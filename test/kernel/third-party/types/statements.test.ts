import test from 'ava';
import { statementsOf } from '../../../../src/kernel/third-party/types/statements.js';

test('declarations keep their comments, whatever braces and semicolons stand in them', (t) => {
  const code = `/** One; two } */
export interface A {
    /** Three; */
    b: { c: string; };
}
export declare const A: 'x;' | "}";
`;
  t.deepEqual(
    statementsOf(code).map((one) => one.kind === 'declaration' && [one.name, one.text]),
    [
      ['A', '/** One; two } */\nexport interface A {\n    /** Three; */\n    b: { c: string; };\n}'],
      ['A', `export declare const A: 'x;' | "}";`],
    ],
  );
});

test('a union with comments between its members is one statement', (t) => {
  const code = `export type Kind = \n/** First. */\n'a'\n/** Second. */\n | 'b';\ndeclare function f(): void;`;
  t.deepEqual(
    statementsOf(code).map((one) => one.kind === 'declaration' && one.name),
    ['Kind', 'f'],
  );
});

test('names that are imported and exported, also in the middle of a type', (t) => {
  const code = `import type { A, B as C } from './x.js';\nexport { type D, E } from './y.js';\ndeclare const f: import("./z.js").G;`;
  t.deepEqual(statementsOf(code), [
    { kind: 'import', from: './z.js', names: [{ name: 'G', as: 'G' }] },
    {
      kind: 'import',
      from: './x.js',
      names: [
        { name: 'A', as: 'A' },
        { name: 'B', as: 'C' },
      ],
    },
    {
      kind: 'export',
      from: './y.js',
      names: [
        { name: 'D', as: 'D' },
        { name: 'E', as: 'E' },
      ],
    },
    { kind: 'declaration', name: 'f', text: 'declare const f: G;' },
  ]);
});
