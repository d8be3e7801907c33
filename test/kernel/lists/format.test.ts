import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { isUsualTable, writeFormatted } from '../../../src/kernel/lists/format.js';

const LABELS: Readonly<Record<string, string>> = { tier: 'front', evil: '\u001b]0;title\u0007' };
const ROWS = [
  { ID: 'abc', Names: 'web', Label: (key: string) => LABELS[key] ?? '' },
  { ID: 'def', Names: 'a\u001b[31m', Label: (_key: string) => '' },
];
const HEADERS = { ID: 'CONTAINER ID', Names: 'NAMES', Label: '' };

async function formatted(format: string, rows: readonly (typeof ROWS)[number][] = ROWS): Promise<string> {
  const output = new PassThrough();
  const all = text(output);
  await writeFormatted(output, format, rows, HEADERS);
  output.end();
  return all;
}

test('the usual table is asked for by nothing, or by its name', (t) => {
  t.deepEqual(['', 'table', ' table ', 'json', 'table {{.ID}}'].map(isUsualTable), [true, true, true, false, false]);
});

test('json is one object a line, without methods', async (t) => {
  t.is(await formatted('json'), '{"ID":"abc","Names":"web"}\n{"ID":"def","Names":"a\\u001b[31m"}\n');
});

test('a template makes a line of each row, safe for terminals', async (t) => {
  t.is(await formatted('{{.ID}}\\t{{.Names}}'), 'abc\tweb\ndef\ta\\x1b[31m\n');
  t.is(await formatted('{{.Label "evil"}}'), '\\x1b]0;title\\x07\n\n');
});

test('a table has the headers of its fields', async (t) => {
  const table = await formatted('table {{.ID}}\\t{{.Label "tier"}}\\t{{.Names}}');
  t.deepEqual(table.split('\n').slice(0, 2), ['CONTAINER ID   tier      NAMES', 'abc            front     web']);
  t.is(await formatted('table {{.ID}}', []), 'CONTAINER ID\n');
});

test('escapes within an action are those of the template, and what is between is changed', async (t) => {
  t.is(
    await formatted(String.raw`{{.ID}}{{"\t"}}{{.Names}}{{printf "%s\n" .ID}}\t{{"\x41\""}}`, ROWS.slice(0, 1)),
    'abc\twebabc\n\tA"\n',
  );
});

test('a header is that of the field, whatever its template makes of the value', async (t) => {
  const table = await formatted(
    String.raw`table {{upper .ID}}\t{{lower .Names}}\t{{json .ID}}\t{{.Label "com.example.my-tier"}}`,
  );
  t.is(table.split('\n')[0], 'CONTAINER ID   NAMES       CONTAINER ID   my tier');
});

test('a field that no row has is refused, without rows too; empty values are no mistake', async (t) => {
  for (const format of ['{{.Nam}}', '{{if .ID}}{{.Nam}}{{end}}', 'table {{.Nam}}', '{{upper .Nosuch}}']) {
    const rows = format.includes('if') ? ROWS : [];
    await t.throwsAsync(formatted(format, rows), { message: /there is no field N/ }, format);
  }
  t.is(await formatted('{{index (split .ID ",") 3}}{{.Label "x"}}{{slice .ID 2}}', []), '');
  await t.throwsAsync(formatted('{{.Nam}}'), { message: /there is no field Nam/ });
});

test('a table that would be too large is refused', async (t) => {
  const rows = Array.from({ length: 100 }, () => ({ ID: 'x', Names: '', Label: (_key: string) => '' }));
  await t.throwsAsync(formatted('table {{pad .ID 1000000 0}}', rows), { message: /a table of more than 16 MiB/ });
});

test('a list ends when its reader has gone, and gives others their turn', async (t) => {
  const output = new PassThrough().on('error', () => {});
  setImmediate(() => output.destroy());
  let seen = 0;
  const row = {
    Names: '',
    Label: (_key: string) => '',
    get ID() {
      const until = performance.now() + 1;
      while (performance.now() < until);
      return `${seen++}`;
    },
  };
  await writeFormatted(
    output.resume(),
    '{{.ID}}',
    Array.from({ length: 10_000 }, () => row),
    HEADERS,
  );
  t.true(seen < 10_000);
});
