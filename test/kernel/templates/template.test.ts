import test from 'ava';
import { compileTemplate } from '../../../src/kernel/templates/template.js';

const DATA = {
  Name: '/web',
  State: { Pid: 42, Running: true, Health: { Status: 'healthy' }, Error: '' },
  Config: { Env: ['A=1', 'B=2'], Labels: { tier: 'front', 'a.b/c': 'dotted' }, Cmd: null },
  Mounts: [
    { Source: '/a', RW: true },
    { Source: '/b', RW: false },
  ],
  Empty: [],
};

const TEMPLATES: readonly (readonly [template: string, text: string])[] = [
  ['plain', 'plain'],
  ['{{.Name}}', '/web'],
  ['{{ .State.Pid }}|{{.State.Running}}', '42|true'],
  ['{{json .Config.Env}}', '["A=1","B=2"]'],
  ['{{json .}}', JSON.stringify(DATA)],
  ['{{.Config.Env}}', '[A=1 B=2]'],
  ['{{.Config.Labels}}', 'map[a.b/c:dotted tier:front]'],
  ['{{.Config.Cmd}}', '<nil>'],
  ['{{index .Config.Labels "a.b/c"}}', 'dotted'],
  ['{{index .Config.Labels "missing"}}', ''],
  ['{{index .Config.Env 1}}', 'B=2'],
  ['{{(index .Mounts 0).Source}}', '/a'],
  ['{{with index .Mounts 1}}{{.Source}}{{end}}', '/b'],
  ['{{range .Mounts}}{{.Source}} {{end}}', '/a /b '],
  ['{{range $i, $m := .Mounts}}{{$i}}={{$m.Source}};{{end}}', '0=/a;1=/b;'],
  ['{{range $k, $v := .Config.Labels}}{{$k}}:{{$v}},{{end}}', 'a.b/c:dotted,tier:front,'],
  ['{{range .Empty}}x{{else}}none{{end}}', 'none'],
  ['{{range .Mounts}}{{if .RW}}w{{else}}r{{end}}{{end}}', 'wr'],
  ['{{if eq .State.Pid 1}}a{{else if eq .State.Pid 42 43}}b{{else}}c{{end}}', 'b'],
  ['{{if and .State.Running (not .State.Error)}}yes{{end}}', 'yes'],
  ['{{if or .State.Error .Empty}}x{{else}}no{{end}}', 'no'],
  ['{{len .Config.Env}} {{len .Name}} {{len .Config.Labels}}', '2 4 2'],
  ['{{join .Config.Env ", "}}', 'A=1, B=2'],
  ['{{println .Name .State.Pid}}', '/web 42\n'],
  ['{{.Name | upper | printf "%-6s|%q"}}', '/WEB  |"<no value>"'],
  ['{{printf "%s is %d, %5.2s%%" .Name .State.Pid "abc"}}', '/web is 42,    ab%'],
  ['{{$x := .State}}{{$x.Pid}} {{$.Name}}', '42 /web'],
  ['{{range .Mounts}}{{$.Name}}{{end}}', '/web/web'],
  ['a {{- .Name -}} b', 'a/webb'],
  ['{{/* a comment */}}x', 'x'],
  ['{{"a}}b"}}{{`c`}}', 'a}}bc'],
  ['{{split "a:b" ":" | json}}', '["a","b"]'],
  ['{{title "a bc"}} {{lower "X"}} {{truncate "abcdef" 3}} [{{pad "a" 1 2}}]', 'A Bc x abc [ a  ]'],
  ['{{gt 2 1}} {{le 2 1}} {{ne "a" "b"}}', 'true false true'],
];

for (const [template, text] of TEMPLATES) {
  test(template, (t) => t.is(compileTemplate(template).render(DATA, false), text));
}

const WRONG: readonly (readonly [template: string, message: RegExp])[] = [
  ['{{.Nme}}', /there is no field Nme/],
  ['{{.State.Pids}}', /there is no field Pids/],
  ['{{.Name.First}}', /there is no field First in \/web/],
  ['{{.__proto__}}', /there is no field __proto__/],
  ['{{.constructor}}', /there is no field constructor/],
  ['{{toString}}', /function "toString" not defined/],
  ['{{.Name', /unclosed action/],
  ['{{if .Name}}x', /\{\{if\}\} without \{\{end\}\}/],
  ['x{{end}}', /unexpected \{\{end\}\}/],
  ['{{}}', /missing value for command/],
  ['{{.Name |}}', /missing value for command/],
  ['{{and}}', /wrong number of args for and: want at least 1 got 0/],
  ['{{(.Name}}', /unclosed left paren/],
  ['{{.Name)}}', /unexpected "\)"/],
  ['{{%}}', /unexpected "%"/],
  ['{{$y}}', /undefined variable "\$y"/],
  ['{{index .Mounts 7}}', /index out of range: 7/],
  ['{{range .Name}}{{end}}', /range can't iterate over \/web/],
  ['{{.Name 1}}', /no function/],
  ['{{template "x"}}', /\{\{template\}\} is not supported/],
];

for (const [template, message] of WRONG) {
  test(`refused: ${template}`, (t) => {
    const error = t.throws(() => compileTemplate(template).render(DATA, false));
    t.like(error, { kind: 'invalid' });
    t.regex(error.message, message);
  });
}

test('an unknown field is answered with those that there are', (t) => {
  const error = t.throws(() => compileTemplate('{{.State.Pidd}}').render(DATA, false)) as Error & { hint?: string };
  t.is(error.hint, 'Did you mean Pid? There are Pid, Running, Health, Error');
});

const HEAVY: Readonly<Record<string, string>> = {
  'ranges within each other': '{{range .L}}{{range $.L}}{{range $.L}}{{range $.L}}{{end}}{{end}}{{end}}{{end}}',
  'large objects looked at again and again': '{{range .L}}{{range $.L}}{{if $.Large}}{{end}}{{end}}{{end}}',
  'long texts compared': '{{$x := pad "" 1000000 0}}{{range .L}}{{range $.L}}{{if eq $x $x}}{{end}}{{end}}{{end}}',
  'a wide column': '{{printf "%500000000s" .A}}',
  'wide columns': '{{printf "%4000000s" .A}}{{printf "%4000000s" .A}}',
  'a width beyond numbers': '{{printf "%99999999999999999999d" .A}}',
  padding: '{{pad .A 400000000 1}}',
  doubling: `{{$x := print .A .A}}${'{{$x = print $x $x}}'.repeat(26)}`,
  'many long texts joined': `{{$x := pad "" 1000000 0}}{{print ${'$x '.repeat(1000)}}}`,
  'many long texts formatted': `{{$x := pad "" 1000000 0}}{{printf "${'%s'.repeat(1000)}" ${'$x '.repeat(1000)}}}`,
  splitting: '{{$x := pad "" 1000000 0}}{{range split $x ""}}{{end}}',
  'a long template': 'x'.repeat(16385),
  'many parentheses': `{{${'('.repeat(8000)}.A${')'.repeat(8000)}}}`,
  'many blocks': `${'{{if 1}}'.repeat(400)}${'{{end}}'.repeat(400)}`,
};
const LARGE = {
  A: 'abcdefgh',
  L: Array.from({ length: 200 }, (_, index) => `V${index}=v`),
  Large: Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key ${index}`, 'x'])),
};

for (const [what, template] of Object.entries(HEAVY)) {
  test(`a template has a budget: ${what}`, (t) => {
    const error = t.throws(() => compileTemplate(template).render(LARGE, true));
    t.like(error, { kind: 'invalid' });
    t.regex(
      error.message,
      /^template(?: parsing error)?: (?:it (?:takes|makes|is longer)|split makes|too many|1e\+20 is)/,
    );
  });
}

test('honest templates of large objects are within the budget', (t) => {
  const text = '{{range $k, $v := .Large}}{{printf "%-20s" $k}}={{$v}}\n{{end}}{{json .}}';
  t.true(compileTemplate(text).render(LARGE, true).length > 150_000);
});

test('widths are whole numbers', (t) => {
  for (const template of ['{{pad .A -1 0}}', '{{pad .A 1.5 0}}', '{{pad .A "x" 0}}']) {
    t.throws(() => compileTemplate(template).render(LARGE, false), { message: /is no width/ }, template);
  }
});

const HOSTILE = { Name: 'a\u001b[31m\nb\u009bc', Args: ['x\u202ey', '\n'], Labels: { 'k\u0007': 'v\r' } };
const SAFE: readonly (readonly [template: string, text: string])[] = [
  ['{{.Name}}\n', 'a\\x1b[31m\\nb\\x9bc\n'],
  ['{{.Args}} {{.Labels}}', '[x\\u202ey \\n] map[k\\x07:v\\r]'],
  ['{{range .Args}}{{println .}}{{end}}', 'x\\u202ey\n\\n\n'],
  ['{{range $k, $v := .Labels}}{{$k}}{{$v}}{{end}}', 'k\\x07v\\r'],
  ['{{index .Args 1}}{{join .Args ","}}', '\\nx\\u202ey,\\n'],
  ['{{json .Args}}{{index .Args 1 | json}}', '["x\\u202ey","\\n"]"\\n"'],
];
for (const [template, text] of SAFE) {
  test(`for a terminal: ${JSON.stringify(template)}`, (t) =>
    t.is(compileTemplate(template).render(HOSTILE, true), text));
}
