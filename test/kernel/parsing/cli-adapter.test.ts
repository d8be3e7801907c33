import test from 'ava';
import type { OptionMetadata } from '../../../src/kernel/contracts/option.js';
import { type CommandLine, parse } from '../../../src/kernel/parsing/cli-adapter.js';

const OPTIONS: readonly OptionMetadata[] = [
  { property: 'help', flags: '-a', description: '', type: 'boolean' },
  { property: 'context', flags: '-b', description: '', type: 'string' },
  { property: 'count', flags: '-c', description: '', type: 'integer' },
  { property: '__proto__', flags: '-d', description: '', type: 'list' },
];

async function parsed(flags: string[], positionals: string[] = []): Promise<[string, unknown][]> {
  const line: CommandLine = await parse(OPTIONS, { flags, positionals });
  return [...line.values];
}

test('values come by property, typed; what was not given is absent', async (t) => {
  t.deepEqual(await parsed([]), []);
  t.deepEqual(await parsed(['--no-a', '--b=-x\n=', '--c=-7', '--d=1', '--d=']), [
    ['help', false],
    ['context', '-x\n='],
    ['count', -7],
    ['__proto__', ['1', '']],
  ]);
});

test('a later call of the same command does not see values of an earlier one', async (t) => {
  t.deepEqual(await parsed(['--a', '--d=1']), [
    ['help', true],
    ['__proto__', ['1']],
  ]);
  t.deepEqual(await parsed(['--d=2']), [['__proto__', ['2']]]);
});

test('arguments pass through as they are', async (t) => {
  const positionals = ['--a', '--', '-h', '', '\u0001'];
  t.deepEqual((await parse(OPTIONS, { flags: ['--a'], positionals })).args, positionals);
});

test('ten thousand flags and arguments keep their order', async (t) => {
  const words = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  const flags = [...words.map((word) => `--d=${word}`), '--b=1', '--b=2'];
  const { values, args } = await parse(OPTIONS, { flags, positionals: words });
  t.deepEqual(values.get('__proto__'), words);
  t.is(values.get('context'), '2');
  t.deepEqual(args, words);
});
