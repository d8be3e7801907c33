import fc from 'fast-check';
import { compileTemplate } from '../../../src/kernel/templates/index.js';
import { type Target, taken } from '../target.js';

const WORDS = [
  ...['{{', '}}', '{{-', '-}}', '{{end}}', '{{else}}', '{{else if .A}}', '{{if .A}}', '{{with .B}}', '{{range .L}}'],
  ...['{{range $k, $v := .M}}', '{{$x := print $x $x}}', '.', '.A', '.B.C', '.L', '.M', '$', '$x', '$k', '|', '(', ')'],
  ...[
    'json',
    'len',
    'index',
    'join',
    'split',
    'lower',
    'title',
    'pad',
    'truncate',
    'printf',
    'print',
    'println',
    'not',
  ],
  ...['and', 'or', 'eq', 'lt', 'nosuch', '"%s"', '"%-9999999s"', '"%.3q %x %d"', '"a,b"', '","', '0', '-1', '99999999'],
  ...['{{break}}', '{{continue}}', '{{define "t"}}', '{{template "t" .}}', '{{block "t" .}}', 'html', 'js', 'urlquery'],
  ...[
    'slice',
    'ne',
    '0x1p-2',
    "'a'",
    '1e9',
    'true',
    'nil',
    '`raw`',
    '/* c */',
    '\n',
    '"\\n"',
    '"',
    ':=',
    '=',
    'text',
    '\u001b[31m',
    '{{/* c */}}',
  ],
];
const source = fc
  .array(fc.constantFrom(...WORDS), { maxLength: 24 })
  .map((words) => words.join(' ').replace(/\{\{ /g, '{{'));
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>('a', '', '\u001b[2J\n', 3, -1.5, true, null, undefined),
    fc.array(tie('any'), { maxLength: 6 }),
    fc.dictionary(fc.constantFrom('A', 'B', 'C', 'L', '__proto__', 'x'), tie('any')),
  ),
})).any;
const data = fc.record(
  { A: value, B: fc.record({ C: value }), L: fc.array(value, { maxLength: 40 }), M: fc.dictionary(fc.string(), value) },
  { requiredKeys: [] },
);

/** Templates of `--format`: text or a refusal, with any data; where it is for a terminal, without escapes of the data. */
export const template: Target<readonly [string, unknown]> = {
  corpus: [
    [`{{range .L}}${'{{range $.L}}'.repeat(7)}x${'{{end}}'.repeat(8)}`, { L: Array.from({ length: 200 }, String) }],
    [`{{$x := "aaaa"}}${'{{$x := print $x $x}}'.repeat(40)}{{$x}}`, {}],
    ['{{printf "%500000000s" .A}}', { A: 'x' }],
    ['{{and}}', {}],
    ['{{or | or}}', {}],
    [`{{if ${'('.repeat(3000)}`, {}],
  ],
  inputs: fc.tuple(fc.oneof(source, fc.string({ maxLength: 60 })), data),
  check([text, values]) {
    const compiled = taken(() => compileTemplate(text));
    if (!compiled) return;
    const shown = taken(() => compiled.render(values, true));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's escapes are looked for
    if (shown !== undefined && !/[\x1b]/.test(text) && /\x1b/.test(shown)) throw new Error('an escape is shown');
    taken(() => compiled.render(values, false));
  },
};
