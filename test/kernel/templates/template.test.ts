import test from 'ava';
import { NIL_LIST, NIL_MAP, omitEmpty, TemplateMap } from '../../../src/kernel/templates/go-values.js';
import { compileTemplate } from '../../../src/kernel/templates/template.js';

const DATA = {
  Name: '/web',
  Created: new Date('2026-12-01T09:30:00.500Z'),
  State: omitEmpty({ Pid: 42, Running: true, Health: { Status: 'healthy' }, StopSignal: '', Error: '' }, 'StopSignal'),
  Config: {
    Env: ['A=1', 'B=2'],
    Labels: new TemplateMap({ tier: 'front', 'a.b/c': 'dotted' }),
    Cmd: null,
    Entrypoint: NIL_LIST,
    Volumes: NIL_MAP,
  },
  Ports: new TemplateMap({ '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] }, NIL_LIST),
  Mounts: [
    { Source: '/a', RW: true },
    { Source: '/b', RW: false },
  ],
  Empty: [],
  Load: 0.25,
};

const TEMPLATES: readonly (readonly [template: string, text: string])[] = [
  ['plain', 'plain'],
  ['{{.Name}}', '/web'],
  ['{{ .State.Pid }}|{{.State.Running}}', '42|true'],
  ['{{json .Config.Env}}', '["A=1","B=2"]'],
  ['{{json .}}', JSON.stringify(DATA)],
  [
    '{{json .Config.Entrypoint}} {{json .Config.Volumes}} {{json .State}}',
    'null null {"Pid":42,"Running":true,"Health":{"Status":"healthy"},"Error":""}',
  ],
  ['{{.Config.Entrypoint}} {{.Config.Volumes}} [{{.State.StopSignal}}]', '[] map[] []'],
  ['{{.Config.Labels.nosuch}}', '<no value>'],
  ['{{.Config.Labels.tier}} {{.Config.Volumes.x}}', 'front <no value>'],
  ['{{.Ports}} {{.Mounts}}', 'map[80/tcp:[{0.0.0.0 8080}]] [{/a true} {/b false}]'],
  ['{{(index (index .Ports "80/tcp") 0).HostPort}} {{index .Ports "81/tcp"}}', '8080 []'],
  ['{{.Created}} {{json .Created}}', '2026-12-01 09:30:00.5 +0000 UTC "2026-12-01T09:30:00.500Z"'],
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
  ['{{.Name | upper | printf "%-6s|%q"}}', '/WEB  |%!q(MISSING)'],
  ['{{printf "%s is %d, %5.2s%%" .Name .State.Pid "abc"}}', '/web is 42,    ab%'],
  ['{{$x := .State}}{{$x.Pid}} {{$.Name}}', '42 /web'],
  ['{{range .Mounts}}{{$.Name}}{{end}}', '/web/web'],
  ['a {{- .Name -}} b', 'a/webb'],
  ['{{/* a comment */}}x', 'x'],
  ['{{"a}}b"}}{{`c`}}', 'a}}bc'],
  ['{{split "a:b" ":" | json}}', '["a","b"]'],
  ['{{title "a bc"}} {{lower "X"}} {{truncate "abcdef" 3}} [{{pad "a" 1 2}}{{pad "" 1 2}}]', 'A Bc x abc [ a  ]'],
  ['{{gt 2 1}} {{le 2 1}} {{ne "a" "b"}}', 'true false true'],
  // Literals.
  [String.raw`{{"\t|\n|\"|\\|\x41\u00e9\101"}}`, '\t|\n|"|\\|A\u00e9A'],
  [String.raw`{{"a\tb" | printf "%s\n"}}`, 'a\tb\n'],
  ['{{`\\t`}}', '\\t'],
  ["{{'a'}} {{0x1f}} {{017}} {{0b101}} {{1_000}} {{-3}} {{1.5}} {{1e3}} {{.5}}", '97 31 15 5 1000 -3 1.5 1000 0.5'],
  // Blocks, variables, and where they end.
  ['{{with .Empty}}a{{else with .Name}}{{.}}{{else}}c{{end}}', '/web'],
  ['{{range $i, $e := .Config.Env}}{{if $i}}, {{end}}{{$e}}{{end}}', 'A=1, B=2'],
  ['{{range .Config.Env}}{{if eq . "B=2"}}{{break}}{{end}}{{.}}{{end}}', 'A=1'],
  ['{{range .Config.Env}}{{if eq . "A=1"}}{{continue}}{{end}}{{.}}{{end}}', 'B=2'],
  ['{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}', '01201'],
  ['{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{$x = 3}}{{end}}{{$x}}', '21'],
  ['{{$x := 1}}{{range .Config.Env}}{{$x = .}}{{end}}{{$x}}', 'B=2'],
  ['{{$sum := ""}}{{range .Mounts}}{{$sum = print $sum .Source}}{{end}}{{$sum}}', '/a/b'],
  ['{{define "m"}}[{{.Source}}{{$.RW}}]{{end}}{{range .Mounts}}{{template "m" .}}{{end}}', '[/atrue][/bfalse]'],
  ['{{block "n" .State}}{{.Pid}}{{end}}', '42'],
  ['{{template "late" .Name}}{{define "late"}}<{{.}}>{{end}}', '</web>'],
  ['{{- /* a comment */ -}}  {{"{{/*"}}', '{{/*'],
  ['{{/* }} */}}x\n  {{- " y" -}}  \nz', 'x yz'],
  // Pipes and parentheses.
  ['{{(.State).Pid}} {{(index .Mounts 1).Source}} {{((.State.Health)).Status}}', '42 /b healthy'],
  ['{{.Name | len | printf "%03d"}}', '004'],
  ['{{and .Empty .Empty.Nosuch}}{{or .Name .Name.Nosuch}}', '[]/web'],
  ['{{not .Empty}} {{and 1 0 2}} {{or 0 "" "x"}}', 'true 0 x'],
  [
    '{{eq .Name "a" "/web"}} {{eq .State.Pid 42}} {{lt "a" "b"}} {{ge 1.5 1}} {{ne .State.Running false}}',
    'true true true true true',
  ],
  // Functions.
  ['{{slice .Name 1}} {{slice .Name 1 3}} {{slice .Config.Env 1}} {{slice "äb" 2}}', 'web we [B=2] b'],
  ['{{index .Mounts 0 | printf "%v"}} {{index "abc" 1}}', '{/a true} 98'],
  [String.raw`{{html "<a href='x'>&\""}}`, '&lt;a href=&#39;x&#39;&gt;&amp;&#34;'],
  [String.raw`{{js "it's <b>\n"}} {{urlquery "a b&c/ü"}}`, String.raw`it\'s \u003Cb\u003E\u000A a+b%26c%2F%C3%BC`],
  ['{{print 1 2 "a" "b" 3 4.5}} {{println "a" 1}}', '1 2ab3 4.5 a 1\n'],
  ['{{join .Config.Labels "-"}} {{join (split "a,b" ",") "+"}}', 'dotted-front a+b'],
  ['{{title "exited-now it\'s"}}', "Exited-Now It'S"],
  ['{{len .State.StopSignal}} {{len "ä"}} {{len .Ports}}', '0 2 1'],
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
  ['{{template "x"}}', /template "x" not defined/],
  ['{{define "x"}}{{template "x"}}{{end}}{{template "x"}}', /too many blocks within each other/],
  ['{{if true}}{{define "x"}}{{end}}{{end}}', /unexpected \{\{define\}\}/],
  ['{{break}}', /\{\{break\}\} outside \{\{range\}\}/],
  ['{{if true}}{{$x := 1}}{{end}}{{$x}}', /undefined variable "\$x"/],
  ['{{$y = 1}}', /undefined variable "\$y"/],
  ['{{"abc}}', /unterminated quoted string/],
  [String.raw`{{"\z"}}`, /unknown escape sequence/],
  ["{{'ab'}}", /malformed character constant/],
  ['{{12x}}', /bad number syntax: "12x"/],
  ['{{nil}}', /nil is not a command/],
  ['{{.Name | "x"}}', /non executable command in pipeline stage 2/],
  ['{{printf"x"}}', /unexpected "x"|unexpected "\\"x\\""/],
  ['{{/* x}}', /unclosed comment/],
  ['{{eq .Name 1}}', /incompatible types for comparison/],
  ['{{eq .Mounts .Mounts}}', /non-comparable type/],
  ['{{lt .State.Running true}}', /invalid type for comparison/],
  ['{{not 1 2}}', /wrong number of args for not: want 1 got 2/],
  ['{{eq 1}}', /wrong number of args for eq/],
  ['{{upper .State.Pid}}', /expected string; got 42/],
  ['{{slice .Name 9}}', /index out of range: 9/],
  ['{{slice .Name 3 2}}', /invalid slice index: 3 > 2/],
  ['{{index .Config.Labels 1}}', /texts as keys/],
  ['{{.State.Health.Status.Deeper}}', /no field Deeper in healthy/],
  ['{{if .Name}}{{else with .Name}}{{end}}', /unexpected "with" in \{\{else\}\}/],
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
  'long texts compared': '{{$x := pad "x" 999999 0}}{{range .L}}{{range $.L}}{{if eq $x $x}}{{end}}{{end}}{{end}}',
  'a wide column': '{{printf "%500000000s" .A}}',
  'wide columns': '{{printf "%4000000s" .A}}{{printf "%4000000s" .A}}',
  'a width beyond numbers': '{{printf "%99999999999999999999d" .A}}',
  padding: '{{pad .A 400000000 1}}',
  doubling: `{{$x := print .A .A}}${'{{$x = print $x $x}}'.repeat(26)}`,
  'many long texts joined': `{{$x := pad "x" 999999 0}}{{print ${'$x '.repeat(1000)}}}`,
  'many long texts formatted': `{{$x := pad "x" 999999 0}}{{printf "${'%s'.repeat(1000)}" ${'$x '.repeat(1000)}}}`,
  splitting: '{{$x := pad "x" 999999 0}}{{range split $x ""}}{{end}}',
  'a long template': 'x'.repeat(16385),
  'many parentheses': `{{${'('.repeat(8000)}.A${')'.repeat(8000)}}}`,
  'numbers counted to': '{{range 1000000000}}{{end}}',
  'templates within templates':
    '{{define "x"}}{{range $.L}}{{range $.L}}{{template "x" $}}{{end}}{{end}}{{end}}{{template "x" .}}',
  'an exact number': '{{printf "%.99999999f" 1.5}}',
  'a width as a value': '{{printf "%*d" 99999999 1}}',
  'escapes of a long text': '{{$x := pad "<" 0 1000000}}{{html $x $x $x $x $x}}',
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
      /^template(?: parsing error)?: (?:it (?:takes|makes|is longer)|split makes|too many|\d+ is no width)/,
    );
  });
}

test('honest templates of large objects are within the budget', (t) => {
  const text = '{{range $k, $v := .Large}}{{printf "%-20s" $k}}={{$v}}\n{{end}}{{json .}}';
  t.true(compileTemplate(text).render(LARGE, true).length > 150_000);
});

test('widths are whole numbers', (t) => {
  for (const template of ['{{pad .A -1 0}}', '{{pad .A 1.5 0}}', '{{pad .A "x" 0}}']) {
    t.throws(
      () => compileTemplate(template).render(LARGE, false),
      { message: /is no width|expected string/ },
      template,
    );
  }
});

const HOSTILE = {
  Name: 'a\u001b[31m\nb\u009bc',
  Args: ['x\u202ey', '\n'],
  Labels: new TemplateMap({ 'k\u0007': 'v\r' }),
};
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
