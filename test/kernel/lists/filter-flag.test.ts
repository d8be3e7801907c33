import test from 'ava';
import { meets, meetsLabels, parseFilters } from '../../../src/kernel/lists/filter-flag.js';

test('values are sorted by name, and a value may hold an equals sign', (t) => {
  const filters = parseFilters(['label=a=b', 'Status=exited', 'label=c'], ['label', 'status']);
  t.deepEqual(
    [...filters],
    [
      ['label', ['a=b', 'c']],
      ['status', ['exited']],
    ],
  );
});

test('an unknown filter is refused, with the known ones', (t) => {
  const error = t.throws(() => parseFilters(['colour=red'], ['label', 'status']));
  t.like(error, { kind: 'invalid', message: "invalid filter 'colour'", hint: 'Known are label, status' });
  t.like(
    t.throws(() => parseFilters(['label'], ['label'])),
    { kind: 'usage' },
  );
});

test('one value of a filter is enough; labels must all be there', (t) => {
  const filters = parseFilters(['name=a', 'name=b', 'label=x', 'label=y=1'], ['name', 'label']);
  t.true(meets(filters, 'name', (value) => value === 'b'));
  t.false(meets(filters, 'name', (value) => value === 'c'));
  t.true(meets(filters, 'status', () => false));
  t.true(meetsLabels(filters, { x: '', y: '1' }));
  t.false(meetsLabels(filters, { x: '', y: '2' }));
  t.false(meetsLabels(filters, { y: '1' }));
  t.false(meetsLabels(parseFilters(['label=toString'], ['label']), {}));
});
