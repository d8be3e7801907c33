import test from 'ava';
import { formatted, isUsualTable } from '../../../src/kernel/lists/format.js';

const LABELS: Readonly<Record<string, string>> = { tier: 'front' };
const ROWS = [
  { ID: 'abc', Names: 'web', Label: (key: string) => LABELS[key] ?? '' },
  { ID: 'def', Names: 'a\u001b[31m', Label: () => '' },
];
const HEADERS = { ID: 'CONTAINER ID' };

test('the usual table is asked for by nothing, or by its name', (t) => {
  t.deepEqual(['', 'table', ' table ', 'json', 'table {{.ID}}'].map(isUsualTable), [true, true, true, false, false]);
});

test('json is one object a line, without methods', (t) => {
  t.is(formatted('json', ROWS, HEADERS), '{"ID":"abc","Names":"web"}\n{"ID":"def","Names":"a\\u001b[31m"}\n');
});

test('a template makes a line of each row, safe for terminals', (t) => {
  t.is(formatted('{{.ID}}\\t{{.Names}}', ROWS, HEADERS), 'abc\tweb\ndef\ta\\x1b[31m\n');
});

test('a table has the headers of its fields', (t) => {
  const text = formatted('table {{.ID}}\\t{{.Label "tier"}}\\t{{.Names}}', ROWS, HEADERS);
  t.deepEqual(text.split('\n').slice(0, 2), ['CONTAINER ID   tier      NAMES', 'abc            front     web']);
  t.is(formatted('table {{.ID}}', [], HEADERS), 'CONTAINER ID\n');
});

test('a field that no row has is refused', (t) => {
  t.throws(() => formatted('{{.Nam}}', ROWS, HEADERS), { message: /there is no field Nam/ });
});
