import test from 'ava';
import type { OptionMetadata } from '../../../src/kernel/contracts/option.js';
import { canonicalFlag, FlagTable } from '../../../src/kernel/parsing/flag-table.js';

function option(flags: string, detail: Partial<OptionMetadata> = {}): OptionMetadata {
  return { property: 'x', flags, description: '', type: 'boolean', ...detail };
}

test('canonical names are letters only, and unique', (t) => {
  t.deepEqual([0, 25, 26, 27, 51, 52].map(canonicalFlag), ['--a', '--z', '--aa', '--ab', '--az', '--ba']);
  const many = Array.from({ length: 2000 }, (_, index) => canonicalFlag(index));
  t.is(new Set(many).size, many.length);
});

test('a flag is found by each of its names', (t) => {
  const table = new FlagTable([option('-d, --detach'), option('--no-trunc')]);
  t.is(table.short('d'), table.long('detach'));
  t.is(table.long('notrunc'), table.long('no-trunc'));
  t.is(table.long('no-trunc')?.canonical, '--b');
  t.is(table.long('trunc'), undefined);
});

test('an exact long name goes before one with dashes ignored', (t) => {
  const table = new FlagTable([option('--no-trunc'), option('--notrunc')]);
  t.is(table.long('notrunc')?.canonical, '--b');
});

test('every command has help; its own -h goes first', (t) => {
  const plain = new FlagTable([]);
  t.truthy(plain.short('h'));
  t.is(plain.short('h'), plain.long('help'));
  const table = new FlagTable([option('-h, --hostname', { type: 'string' })]);
  t.is(table.short('h')?.canonical, '--a');
  t.is(table.long('help')?.canonical, undefined);
  t.is(table.long('help')?.type, 'boolean');
});

test('every command can be run dry; its own --dry-run goes first', (t) => {
  t.like(new FlagTable([]).long('dry-run'), { own: 'dry-run', type: 'boolean', canonical: undefined });
  const own = new FlagTable([option('-n, --dry-run', { type: 'string' })]).long('dry-run');
  t.is(own?.canonical, '--a');
  t.is(own?.own, undefined);
});

test('hidden flags work and are not suggested', (t) => {
  const table = new FlagTable([option('--old', { hidden: true }), option('--new')]);
  t.truthy(table.long('old'));
  t.deepEqual(table.shownLongs, ['--new', '--help', '--dry-run', '--explain']);
});

test('two options of one command with one flag are a bug, named', (t) => {
  t.throws(() => new FlagTable([option('-a, --all'), option('-a, --any')]), { message: /'-a, --all' and '-a, --any'/ });
});

for (const flags of ['detach', '-detach', '--', '-', '', '--a=b', '-d --detach']) {
  test(`'${flags}' is no declaration of a flag`, (t) => {
    t.throws(() => new FlagTable([option(flags)]), { message: /declares an illegal flag/ });
  });
}
