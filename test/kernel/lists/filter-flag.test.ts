import test from 'ava';
import { booleanFilter, meets, meetsLabels, parseFilters } from '../../../src/kernel/lists/filter-flag.js';

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

test('label! lets through what has not that label', (t) => {
  const filters = parseFilters(['label!=x', 'label!=y=1'], ['label', 'label!']);
  t.true(meetsLabels(filters, {}));
  t.true(meetsLabels(filters, { y: '2' }));
  t.false(meetsLabels(filters, { y: '1' }));
  t.false(meetsLabels(filters, { x: '' }));
});

test('a filter of true and false has one value', (t) => {
  const valueFor = (...given: string[]) => booleanFilter(parseFilters(given, ['dangling']), 'dangling');
  t.is(valueFor(), undefined);
  for (const word of ['true', '1', 'T']) t.true(valueFor(`dangling=${word}`));
  for (const word of ['false', '0', 'False']) t.false(valueFor(`dangling=${word}`));
  t.throws(() => valueFor('dangling=yes'), { message: "invalid filter 'dangling=yes'" });
  t.throws(() => valueFor('dangling=toString'), { message: /invalid filter/ });
  t.throws(() => valueFor('dangling=true', 'dangling=0'), { message: /both true and false/ });
});
