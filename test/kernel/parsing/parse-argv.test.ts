import test from 'ava';
import { GantryError } from '../../../src/kernel/contracts/errors.js';
import type { OptionMetadata, OptionType } from '../../../src/kernel/contracts/option.js';
import { parse } from '../../../src/kernel/parsing/cli-adapter.js';
import { checkArity, parseArgv } from '../../../src/kernel/parsing/parse-argv.js';

function option(property: string, flags: string, type: OptionType = 'boolean'): OptionMetadata {
  return { property, flags, type, description: '' };
}

const OPTIONS = [
  option('detach', '-d, --detach'),
  option('interactive', '-i, --interactive'),
  option('tty', '-t, --tty'),
  option('noTrunc', '--no-trunc'),
  option('remove', '--rm'),
  option('env', '-e, --env', 'list'),
  option('publish', '-p, --publish', 'list'),
  option('name', '--name', 'string'),
  option('user', '-u, --user', 'string'),
  option('last', '-n, --last', 'integer'),
  option('ip6', '--ip6-Net', 'string'),
  option('path', '-P', 'string'),
];

type Parsed = [values: Record<string, unknown>, args: string[]];

async function understand(line: string[], stopsAtFirst: boolean): Promise<Parsed> {
  const { values, args } = await parse(OPTIONS, parseArgv(line, { stopsAtFirst }, OPTIONS));
  return [Object.fromEntries(values), [...args]];
}

const forms: [line: string[], values: Record<string, unknown>, args: string[]][] = [
  [[], {}, []],
  [['--no-trunc'], { noTrunc: true }, []],
  [['-notrunc'], { noTrunc: true }, []],
  [['-no-trunc'], { noTrunc: true }, []],
  [['--notrunc'], { noTrunc: true }, []],
  [['-notrunc=false'], { noTrunc: false }, []],
  [['-d'], { detach: true }, []],
  [['-d=false'], { detach: false }, []],
  [['-d=true'], { detach: true }, []],
  [['--detach=false'], { detach: false }, []],
  [['--detach=F'], { detach: false }, []],
  [['-detach=1'], { detach: true }, []],
  [['-d', '-d=false'], { detach: false }, []],
  [['-d', 'false'], { detach: true }, ['false']],
  [['--rm', 'busybox'], { remove: true }, ['busybox']],
  [['-rm', 'busybox'], { remove: true }, ['busybox']],
  [['-p8080:80'], { publish: ['8080:80'] }, []],
  [['-p=8080:80'], { publish: ['8080:80'] }, []],
  [['-p', '8080:80'], { publish: ['8080:80'] }, []],
  [['-eA=1'], { env: ['A=1'] }, []],
  [['-e', 'A=1', '--env=B=2', '--env', 'C'], { env: ['A=1', 'B=2', 'C'] }, []],
  [['-e', 'A=one\ntwo'], { env: ['A=one\ntwo'] }, []],
  [['-e='], { env: [''] }, []],
  [['-it'], { interactive: true, tty: true }, []],
  [['-it=false'], { interactive: true, tty: false }, []],
  [['-itp', '80'], { interactive: true, tty: true, publish: ['80'] }, []],
  [['-itp80'], { interactive: true, tty: true, publish: ['80'] }, []],
  [['-dit', '-p', '1', '-p2'], { detach: true, interactive: true, tty: true, publish: ['1', '2'] }, []],
  [['--name', 'x'], { name: 'x' }, []],
  [['--name=x'], { name: 'x' }, []],
  [['-name=x'], { name: 'x' }, []],
  [['-name', 'x'], { name: 'x' }, []],
  [['--name='], { name: '' }, []],
  [['--name', '--rm'], { name: '--rm' }, []],
  [['--name=a', '--name=b'], { name: 'b' }, []],
  [['--name=a=b'], { name: 'a=b' }, []],
  [['-n1'], { last: 1 }, []],
  [['-n', '-1'], { last: -1 }, []],
  [['--last=+5'], { last: 5 }, []],
  [['--ip6-Net=::1'], { ip6: '::1' }, []],
  [['-P', '/x'], { path: '/x' }, []],
  [['-'], {}, ['-']],
  [['--', '-d'], {}, ['-d']],
  [['-d', '--', '--', '--rm'], { detach: true }, ['--', '--rm']],
];

for (const stopsAtFirst of [true, false]) {
  for (const [line, values, args] of forms) {
    test(`${JSON.stringify(line)}${stopsAtFirst ? ', stopping at the first argument' : ''}`, async (t) => {
      t.deepEqual(await understand(line, stopsAtFirst), [values, args]);
    });
  }
}

test('flags after the first argument belong to the container', async (t) => {
  const line = ['-i', 'busybox', 'sh', '-c', 'x', '--rm', '--', '--help', '-e'];
  t.deepEqual(await understand(line, true), [{ interactive: true }, line.slice(1)]);
});

test('flags and arguments may be mixed where nothing stops them', async (t) => {
  t.deepEqual(await understand(['a', '-d', 'b', '--name', 'x', '-', '--', '-t'], false), [
    { detach: true, name: 'x' },
    ['a', 'b', '-', '-t'],
  ]);
});

const dryRuns: [line: string[], stopsAtFirst: boolean, dryRun: boolean, args: string[]][] = [
  [[], false, false, []],
  [['--dry-run', 'x'], false, true, ['x']],
  [['x', '--dry-run'], false, true, ['x']],
  [['-dryrun'], false, true, []],
  [['--dry-run=false'], false, false, []],
  [['--dry-run', '--dry-run=0'], false, false, []],
  [['busybox', 'rsync', '--dry-run'], true, false, ['busybox', 'rsync', '--dry-run']],
  [['--dry-run', 'busybox', 'ls'], true, true, ['busybox', 'ls']],
  [['--name', '--dry-run', 'x'], false, false, ['x']],
  [['--', '--dry-run'], false, false, ['--dry-run']],
];

for (const [line, stopsAtFirst, dryRun, args] of dryRuns) {
  test(`a dry run: ${JSON.stringify(line)}${stopsAtFirst ? ', stopping at the first word' : ''}`, (t) => {
    t.like(parseArgv(line, { stopsAtFirst }, OPTIONS), { dryRun, positionals: args });
  });
}

const help: [line: string[], stopsAtFirst: boolean, asked: boolean][] = [
  [['--help'], true, true],
  [['-h'], true, true],
  [['-help'], true, true],
  [['-d', '--name', 'x', '--help', 'busybox'], true, true],
  [['-dh'], true, true],
  [['--help=false'], true, false],
  [['busybox', '--help'], true, false],
  [['--', '--help'], true, false],
  [['--name', '--help'], true, false],
  [['busybox', '--help'], false, true],
];

for (const [line, stopsAtFirst, asked] of help) {
  test(`${JSON.stringify(line)}${stopsAtFirst ? ', stopping,' : ''} ${asked ? 'asks' : 'does not ask'} for help`, (t) => {
    t.is(parseArgv(line, { stopsAtFirst }, OPTIONS).help, asked);
  });
}

const integers: Record<string, string> = {
  ...{
    '12': '12',
    '+7': '7',
    '-3': '-3',
    '-0': '0',
    '0x20': '32',
    '-0X1F': '-31',
    '010': '8',
    '0o17': '15',
    '0b11': '3',
  },
  ...{ '1_000': '1000', '0x_f': '15', '0_7': '7' },
};
for (const [written, number] of Object.entries(integers)) {
  test(`the integer ${written} is ${number}`, (t) => {
    const [flag] = parseArgv([`--last=${written}`], {}, OPTIONS).flags;
    t.is(flag?.split('=')[1], number);
  });
}

const errors: [line: string[], message: string, hint?: string][] = [
  [['--bad'], 'unknown flag: --bad'],
  [['--bad=x'], 'unknown flag: --bad'],
  [['--no-trun'], 'unknown flag: --no-trun', 'Did you mean this?\n  --no-trunc'],
  [['--detahc'], 'unknown flag: --detahc', 'Did you mean this?\n  --detach'],
  [['-xyz'], "unknown shorthand flag: 'x' in -xyz"],
  [['-itx'], "unknown shorthand flag: 'x' in -x"],
  [['-x'], "unknown shorthand flag: 'x' in -x"],
  [['-=x'], "unknown shorthand flag: '=' in -=x"],
  [['-rmm'], "unknown shorthand flag: 'r' in -rmm", 'Did you mean this?\n  --rm'],
  [['-🐳'], "unknown shorthand flag: '🐳' in -🐳"],
  [['---x'], 'bad flag syntax: ---x'],
  [['--=x'], 'bad flag syntax: --=x'],
  [['--name'], 'flag needs an argument: --name'],
  [['-name'], 'flag needs an argument: -name'],
  [['-e'], "flag needs an argument: 'e' in -e"],
  [['-itp'], "flag needs an argument: 'p' in -p"],
  [['--detach=x'], 'invalid argument "x" for "-d, --detach" flag: must be true or false'],
  [['-d='], 'invalid argument "" for "-d, --detach" flag: must be true or false'],
  [['--rm=no'], 'invalid argument "no" for "--rm" flag: must be true or false'],
  [['-n', 'x'], 'invalid argument "x" for "-n, --last" flag: must be a whole number'],
  [['--last=1.5'], 'invalid argument "1.5" for "-n, --last" flag: must be a whole number'],
  ...['', '08', '1__0', '_1', '1_', '0x', '0b2', '0x1_'].map((value): [string[], string] => [
    ['--last', value],
    `invalid argument "${value}" for "-n, --last" flag: must be a whole number`,
  ]),
  [['--last', '9007199254740993'], 'invalid argument "9007199254740993" for "-n, --last" flag: must be a whole number'],
  [['a\0b'], 'an argument contains a NUL character'],
  [['--constructor'], 'unknown flag: --constructor'],
  [['--__proto__=x'], 'unknown flag: --__proto__'],
];

for (const [line, message, hint] of errors) {
  test(`${JSON.stringify(line)} is refused: ${message}`, (t) => {
    const error = t.throws(() => parseArgv(line, {}, OPTIONS), { instanceOf: GantryError, message });
    t.is(error?.kind, 'usage');
    t.is(error?.hint, hint);
  });
}

const arities: [min: number, max: number | undefined, count: number, words: string | undefined][] = [
  [0, 0, 0, undefined],
  [0, 0, 1, 'accepts no arguments'],
  [1, undefined, 0, 'requires at least 1 argument'],
  [2, undefined, 1, 'requires at least 2 arguments'],
  [1, undefined, 99, undefined],
  [1, 1, 0, 'requires 1 argument'],
  [2, 2, 3, 'requires 2 arguments'],
  [0, 1, 2, 'requires at most 1 argument'],
  [1, 3, 4, 'requires at least 1 and at most 3 arguments'],
];

for (const [min, max, count, words] of arities) {
  test(`${count} arguments where ${min} to ${max ?? 'any'} are right`, (t) => {
    const args = max === undefined ? { min } : { min, max };
    const check = (): void => checkArity('docker do', args, count);
    if (words === undefined) return t.notThrows(check);
    return t.throws(check, { instanceOf: GantryError, message: `docker: 'docker do' ${words}` });
  });
}
