import test from 'ava';
import type { Column, Filter } from '../../../src/kernel/contracts/table-extensions.js';
import { parseFilters } from '../../../src/kernel/lists/filter-flag.js';
import { cellsOfPlugins, keptByPlugins } from '../../../src/kernel/lists/plugin-columns.js';

const ROWS = ['ant', 'bee', 'cat'].map((name) => ({ row: name.toUpperCase(), data: { name } }));

function filter(name: string, seen: unknown[] = []): Filter {
  return {
    name,
    async keeps(value, rows) {
      seen.push(rows);
      return rows.map((row) => (row as { name: string }).name.includes(value));
    },
  };
}

test('a row stays where one value of each filter keeps it; later filters see what is left', async (t) => {
  const seen: unknown[] = [];
  const added = [filter('has'), filter('also', seen), filter('unused', seen)];
  const filters = parseFilters(['has=b', 'has=c', 'also=e'], ['has', 'also', 'unused']);
  const kept = await keptByPlugins(added, filters, ROWS);
  t.deepEqual(
    kept.map(({ row }) => row),
    ['BEE'],
  );
  t.deepEqual(seen, [[{ name: 'bee' }, { name: 'cat' }]]);
});

test('cells stand in the order of the columns, a missing one is a dash', async (t) => {
  const column = (header: string, cells: readonly string[]): Column => ({ header, cells: async () => cells });
  const cells = await cellsOfPlugins([column('A', ['1', '2', '3']), column('B', ['x'])], ROWS);
  t.deepEqual(cells, [
    ['1', 'x'],
    ['2', '-'],
    ['3', '-'],
  ]);
});
