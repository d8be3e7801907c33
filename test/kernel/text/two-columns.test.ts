import test from 'ava';
import { twoColumns, wrap } from '../../../src/kernel/text/two-columns.js';

const ROWS = [
  ['    --details', 'Show extra details provided to logs'],
  [
    '    --since string',
    'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m" for 42 minutes)',
  ],
  ['-n, --tail string', 'Number of lines to show from the end of the logs (default "all")'],
] as const;

test('two columns, wrapped to the very letter as Docker 28 does for `docker logs --help`', (t) => {
  t.is(
    twoColumns(ROWS, { width: 80, gap: 3 }),
    `
      --details        Show extra details provided to logs
      --since string   Show logs since timestamp (e.g.
                       "2013-01-02T13:23:37Z") or relative (e.g. "42m"
                       for 42 minutes)
  -n, --tail string    Number of lines to show from the end of the logs
                       (default "all")
`.slice(1),
  );
});

test('stacked where the terminal is too narrow for two columns', (t) => {
  t.is(
    twoColumns(ROWS, { width: 40, gap: 3 }),
    `
      --details
        Show extra details
        provided to logs
      --since string
        Show logs since timestamp
        (e.g.
        "2013-01-02T13:23:37Z")
        or relative (e.g. "42m"
        for 42 minutes)
  -n, --tail string
        Number of lines to show
        from the end of the logs
        (default "all")
`.slice(1),
  );
});

test('a row without a right side ends at its left side', (t) => {
  t.is(twoColumns([['ps', '']], { width: 80, gap: 1, minLeft: 11 }), '  ps\n');
});

test('the last words may use the whole width, as in Docker', (t) => {
  t.deepEqual(wrap('aaaa bbbb cccc dddd', 20), ['aaaa bbbb cccc dddd']);
  t.deepEqual(wrap('aaaa bbbb cccc dddd eeee', 20), ['aaaa bbbb cccc', 'dddd eeee']);
});

test('a word wider than the line stays whole', (t) => {
  t.deepEqual(wrap('sha256:0123456789abcdef0123456789abcdef is long', 16), [
    'sha256:0123456789abcdef0123456789abcdef',
    'is long',
  ]);
});

test('line breaks in the text are kept', (t) => t.deepEqual(wrap('a\nb', 20), ['a', 'b']));
