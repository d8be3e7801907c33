import test from 'ava';
import { Completer } from '../../../src/kernel/calls/completion.js';
import { LocalCall } from '../../../src/kernel/calls/local-call.js';
import { Command } from '../../../src/kernel/contracts/command.js';
import { Option } from '../../../src/kernel/contracts/option.js';
import { type PluginDefinition, provide, type Values } from '../../../src/kernel/contracts/plugin-definition.js';
import { token } from '../../../src/kernel/contracts/token.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { ServiceHost } from '../../../src/kernel/services/service-host.js';
import { FakeClient, idle } from '../fixtures.js';

interface Shelf {
  readonly names: readonly string[];
}
const Shelf = token<Shelf>('Shelf');
class SomeShelf implements Shelf {
  readonly names = ['red', 'green', 'web'];
}

class Things implements Values {
  constructor(@Shelf private readonly shelf: Shelf) {}
  async values(typed: string): Promise<readonly string[]> {
    return typed === 'f00' ? ['f00dcafe'] : this.shelf.names;
  }
}

class Hostile implements Values {
  async values(): Promise<readonly string[]> {
    return ['fine', '--privileged', 'two\nlines', 'a\tb', '\x1b[2J', '', 7 as unknown as string, ':none', '$(reboot)'];
  }
}

class Broken implements Values {
  async values(): Promise<readonly string[]> {
    throw new Error('no database');
  }
}

@Command({
  name: 'run',
  summary: 'Run a thing',
  group: 'Common Commands',
  usage: '[OPTIONS] THING [COMMAND] [ARG...]',
  args: { min: 1, complete: ['thing', []] },
  stopsAtFirst: true,
  effects: ['write'],
})
class Run {
  @Option('-d, --detach', 'Go to the background') detach = false;
  @Option('-e, --env', 'Set a variable', { type: 'list' }) env: string[] = [];
  @Option('--env-file', 'Read variables', { type: 'list', complete: 'file' }) envFile: string[] = [];
  @Option('-n, --network', 'Pick\ta \x1bnetwork', { type: 'string', complete: ['bridge', 'none', 'host'] }) net = '';
  @Option('-v, --volume', 'Bind a folder', { type: 'list', complete: 'thing|folder' }) volume: string[] = [];
  @Option('--old', 'An old spelling', { hidden: true }) old = false;

  constructor() {
    throw new Error('completion makes no command');
  }

  async run(): Promise<void> {}
}

const never = (): never => {
  throw new Error('Cannot find module');
};

const plugin: PluginDefinition = {
  id: 'p',
  api: 1,
  provides: [provide(Shelf, async () => SomeShelf)],
  commands: {
    'run|thing run': async () => Run,
    'rm|thing rm|thing remove': idle('rm', { args: { min: 1, complete: ['thing'] } }),
    show: idle('show', { args: { min: 1, max: 2, complete: ['hostile', 'broken|thing|nobody|constructor'] } }),
    'thing ls': idle('thing ls'),
    bad: never,
  },
  values: {
    thing: async () => Things,
    hostile: async () => Hostile,
    broken: async () => Broken,
  },
};

function completer(): Completer {
  const registry = new PluginRegistry([plugin]);
  return new Completer(registry, new ServiceHost(registry));
}

/** What is offered, without the descriptions; the directive last. */
async function offers(...words: string[]): Promise<string[]> {
  const answer = await completer().answer(words);
  const lines = answer.trimEnd().split('\n');
  return [...lines.slice(0, -1).map((line) => line.replace(/\t.*/, '')), ...lines.slice(-1)];
}

test('lines of candidates and what they are, then a directive', async (t) => {
  t.is(await completer().answer(['r']), 'run\tRun a thing\nrm\tDo rm\n:none\n');
  t.is(await completer().answer(['run', '--n']), '--network\tPick\\ta \\x1bnetwork\n:none\n');
});

const lines: [words: string[], offers: string[]][] = [
  // Names
  [[''], ['run', 'rm', 'show', 'bad', 'thing', 'help', ':none']],
  [[], ['run', 'rm', 'show', 'bad', 'thing', 'help', ':none']],
  [['th'], ['thing', ':none']],
  [
    ['thing', ''],
    ['run', 'rm', 'ls', ':none'],
  ],
  [
    ['THING', 'l'],
    ['ls', ':none'],
  ],
  [['nonsense', ''], [':none']],
  [['thing', 'nonsense', ''], [':none']],
  [['bad', ''], [':none']],
  [['__complete', ''], [':none']],
  // Flags
  [
    ['run', '--'],
    ['--detach', '--env', '--env-file', '--network', '--volume', '--help', '--dry-run', '--explain', ':none'],
  ],
  [
    ['thing', 'run', '--d'],
    ['--detach', '--dry-run', ':none'],
  ],
  [
    ['run', '--detach', '-e', 'A=1', '--network=none', '-'],
    ['--env', '-e', '--env-file', '--volume', '-v', '--help', '-h', '--dry-run', '--explain', ':none'],
  ],
  [
    ['run', '-de', 'X', '--d'],
    ['--dry-run', ':none'],
  ],
  [
    ['run', '--nonsense', '--d'],
    ['--detach', '--dry-run', ':none'],
  ],
  // Flags end
  [['run', 'web', '--d'], [':none']],
  [['run', '-d', 'web', ''], [':none']],
  [['run', '--', '--d'], [':none']],
  [
    ['rm', 'web', '--h'],
    ['--help', ':none'],
  ],
  // Values of flags
  [
    ['run', '--network', ''],
    ['bridge', 'none', 'host', ':none'],
  ],
  [
    ['run', '--network=ho'],
    ['--network=host', ':none'],
  ],
  [
    ['run', '-nho'],
    ['-nhost', ':none'],
  ],
  [
    ['run', '-dn=ho'],
    ['-dn=host', ':none'],
  ],
  [
    ['run', '--detach=t'],
    ['--detach=true', ':none'],
  ],
  [['run', '--env', ''], [':none']],
  [['run', '--env-file', '/e'], [':files']],
  [['run', '--env-file=/e'], [':files\t--env-file=']],
  [
    ['run', '-v', 'r'],
    ['red', ':folders'],
  ],
  [
    ['run', '-vr'],
    ['-vred', ':folders\t-v'],
  ],
  // Positionals
  [
    ['run', ''],
    ['red', 'green', 'web', ':none'],
  ],
  [
    ['run', '-e', 'X', 'g'],
    ['green', ':none'],
  ],
  [
    ['rm', 'web', ''],
    ['red', 'green', ':none'],
  ],
  [
    ['rm', 'f00'],
    ['f00dcafe', ':none'],
  ],
  [['thing', 'ls', ''], [':none']],
  [['show', 'a', 'b', ''], [':none']],
  // What the kernel answers itself
  [
    ['help', 'th'],
    ['thing', ':none'],
  ],
  [
    ['help', 'thing', 'r'],
    ['run', 'rm', ':none'],
  ],
  [
    ['help', '--format', 'm'],
    ['man', 'markdown', ':none'],
  ],
  [
    ['help', '--format=te'],
    ['--format=text', ':none'],
  ],
  [['--ro'], ['--root', ':none']],
  [['--root', ''], [':folders']],
  [['--root=/v'], [':folders\t--root=']],
  [
    ['-H', 'tcp://h:1', '-D', 'ru'],
    ['run', ':none'],
  ],
  [['-H', ''], [':none']],
];

for (const [words, expected] of lines) {
  test(`docker ${JSON.stringify(words)}`, async (t) => t.deepEqual(await offers(...words), expected));
}

test('names that would break the lines, or act as flags, are not offered', async (t) => {
  t.deepEqual(await offers('show', ''), ['fine', ':none', '$(reboot)', ':none']);
});

test('a source that fails takes nothing away from the others', async (t) => {
  t.deepEqual(await offers('show', 'x', ''), ['red', 'green', 'web', ':none']);
});

test('a service that cannot start is no reason to complain', async (t) => {
  const registry = new PluginRegistry([{ ...plugin, provides: [provide(Shelf, never)] }]);
  t.is(await new Completer(registry, new ServiceHost(registry)).answer(['rm', '']), ':none\n');
});

test('a call of __complete always succeeds', async (t) => {
  const registry = new PluginRegistry([plugin]);
  const call = new LocalCall(registry, new ServiceHost(registry), { daemon: true });
  for (const line of [['__complete'], ['__complete', 'x\0', '--', '-'], ['__complete', 'run', '--network=', '']]) {
    const client = new FakeClient();
    t.deepEqual(await call.handle(line, client), { exitCode: 0 });
    t.regex(await client.output(), /:none\n$/);
  }
});
