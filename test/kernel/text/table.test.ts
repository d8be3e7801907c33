import test from 'ava';
import { table } from '../../../src/kernel/text/table.js';

test("Docker's layout: columns at least 10 wide, 3 spaces apart, the last one not padded", (t) => {
  const shown = table(
    ['CONTAINER ID', 'TAG', 'NAMES'],
    [
      ['0123456789ab', 'latest', 'web'],
      ['ba9876543210', '1', 'a_much_longer_name'],
    ],
  );
  t.is(
    shown,
    'CONTAINER ID   TAG       NAMES\n' +
      '0123456789ab   latest    web\n' +
      'ba9876543210   1         a_much_longer_name\n',
  );
});

test('a table without rows is its header', (t) => t.is(table(['NAME', 'DRIVER'], []), 'NAME      DRIVER\n'));

test('a cell cannot move the cursor or break its row', (t) => {
  t.is(table(['COMMAND', 'X'], [['"\x1b[2J\nsh"', 'y']]), 'COMMAND         X\n"\\x1b[2J\\nsh"   y\n');
});

test('characters count, not bytes', (t) => {
  t.is(table(['A', 'B'], [['1234567…', 'x']]), 'A          B\n1234567…   x\n');
});

test('more rows than a call takes arguments', (t) => {
  const rows = Array.from({ length: 200_000 }, () => ['a', 'b']);
  t.is(table(['A', 'B'], rows).length, 200_001 * 'a         b\n'.length);
});
