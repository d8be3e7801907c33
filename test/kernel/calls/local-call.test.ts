import test from 'ava';
import { LocalCall } from '../../../src/kernel/calls/local-call.js';
import { Command, type CommandClass, type CommandContext, NeedsDaemon } from '../../../src/kernel/contracts/command.js';
import { GantryError } from '../../../src/kernel/contracts/errors.js';
import { Option } from '../../../src/kernel/contracts/option.js';
import type { Outcome } from '../../../src/kernel/contracts/outcome.js';
import { type PluginDefinition, provide, type Service } from '../../../src/kernel/contracts/plugin-definition.js';
import { token } from '../../../src/kernel/contracts/token.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { ServiceHost } from '../../../src/kernel/services/service-host.js';
import { write } from '../../../src/kernel/streams/write.js';
import { failureText } from '../../../src/kernel/text/failures.js';
import { FakeClient, type FakeClientOptions, idle } from '../fixtures.js';

interface Clock extends Service {
  now(): string;
}
const Clock = token<Clock>('Clock');
const Engine = token<Service>('Engine');

/** The commands below, and a record of what was made, started and run. */
function setUp(options: { daemon?: boolean } = {}) {
  const log: string[] = [];
  const bugs: string[] = [];

  class SomeClock implements Clock {
    async onStart(): Promise<void> {
      log.push('clock starts');
    }
    now(): string {
      return 'noon';
    }
  }

  class SomeEngine implements Service {
    async onStart(): Promise<void> {
      log.push('engine starts');
    }
  }

  @Command({
    name: 'greet',
    summary: 'Greet somebody',
    group: 'Commands',
    usage: '[OPTIONS] NAME [NAME...]',
    args: { min: 1 },
    effects: ['read'],
  })
  class Greet {
    @Option('-l, --loud', 'Shout') loud = false;
    @Option('--times', 'How often', { type: 'integer' }) times = 1;
    @Option('--tag', 'Add a tag', { type: 'list' }) tags: string[] = ['none'];

    constructor(@Clock private readonly clock: Clock) {
      log.push('greet made');
    }

    async run(context: CommandContext): Promise<number> {
      const said = { loud: this.loud, times: this.times, tags: this.tags, args: context.args, at: this.clock.now() };
      await write(context.stdout, `${JSON.stringify(said)}\n`);
      return this.times;
    }
  }

  @Command({
    name: 'fail',
    summary: 'Fail',
    group: 'Commands',
    usage: 'HOW',
    args: { min: 1, max: 1 },
    effects: ['read'],
    failureExitCode: 125,
  })
  class Fail {
    async run(context: CommandContext): Promise<number | undefined> {
      switch (context.args[0]) {
        case 'missing':
          throw new GantryError('not found', 'No such image: x', { hint: "see 'docker images'" });
        case 'program':
          throw new GantryError('no such program', 'sh: no such file');
        case 'usage':
          throw new GantryError('usage', 'conflicting options: --rm and -d');
        case 'bug':
          return (undefined as unknown as { x: number }).x;
        case 'code':
          return 256;
        case 'daemon':
          context.needsDaemon();
          return 3;
        default:
          return undefined;
      }
    }
  }

  const plugin: PluginDefinition = {
    id: 'test',
    api: 1,
    provides: [provide(Clock, async () => SomeClock), provide(Engine, async () => SomeEngine)],
    commands: {
      'greet|person greet': async () => Greet,
      fail: async () => Fail,
      broken: async (): Promise<CommandClass> => {
        throw new SyntaxError('Unexpected token');
      },
      'volume ls': idle('volume ls'),
    },
  };
  const registry = new PluginRegistry([plugin]);
  const host = new ServiceHost(registry);
  const call = new LocalCall(registry, host, { daemon: options.daemon ?? false, onBug: (stack) => bugs.push(stack) });
  const run = async (line: string[], client: FakeClientOptions = {}): Promise<Outcome & { output: string }> => {
    const fake = new FakeClient(client);
    const outcome = await call.handle(line, fake);
    return { ...outcome, output: await fake.output() };
  };
  return { run, log, bugs };
}

test('a command runs with its options, arguments and services, and its number is the exit code', async (t) => {
  const { run, log } = setUp();
  const { exitCode, output, failure } = await run(['GREET', 'a', '-loud', '--times=7', '--tag', 'x', '--tag=y', 'b']);
  t.deepEqual(JSON.parse(output), { loud: true, times: 7, tags: ['x', 'y'], args: ['a', 'b'], at: 'noon' });
  t.is(exitCode, 7);
  t.is(failure, undefined);
  t.deepEqual(log, ['clock starts', 'greet made']);
});

test('options that are not given keep their initial values, in every call', async (t) => {
  const { run } = setUp();
  await run(['greet', 'a', '-l', '--tag=x', '--times=2']);
  const { output } = await run(['greet', 'a']);
  t.deepEqual(JSON.parse(output), { loud: false, times: 1, tags: ['none'], args: ['a'], at: 'noon' });
});

test('a command starts only the services that it asks for', async (t) => {
  const { run, log } = setUp();
  t.is((await run(['fail', 'not'])).exitCode, 0);
  t.deepEqual(log, []);
});

const GREET_HELP = `Usage:  docker greet [OPTIONS] NAME [NAME...]

Greet somebody

Aliases:
  docker person greet, docker greet

Options:
  -l, --loud        Shout
      --tag list    Add a tag
      --times int   How often
`;

for (const line of [
  ['greet', '--help'],
  ['greet', '-h'],
  ['greet', 'a', '--help'],
  ['help', 'greet'],
  ['HELP', 'Greet', 'x'],
]) {
  test(`docker ${line.join(' ')} prints its help and makes nothing`, async (t) => {
    const { run, log } = setUp();
    t.deepEqual(await run(line), { exitCode: 0, output: GREET_HELP });
    t.deepEqual(log, []);
  });
}

test('help is called by the name that was typed', async (t) => {
  const { output } = await setUp().run(['person', 'greet', '--help']);
  t.is(output.split('\n')[0], 'Usage:  docker person greet [OPTIONS] NAME [NAME...]');
});

for (const line of [[], ['help'], ['--help'], ['-h']]) {
  test(`docker ${line.join(' ')} prints everything there is`, async (t) => {
    const { run, log } = setUp();
    const { exitCode, output } = await run(line);
    t.is(exitCode, 0);
    t.true(output.startsWith('Usage:  docker [OPTIONS] COMMAND\n'));
    t.true(output.includes('\n  greet       Greet somebody\n'));
    t.true(output.includes('\n  broken      (broken: internal error: Unexpected token)\n'));
    t.deepEqual(log, []);
  });
}

for (const line of [['volume'], ['help', 'volume'], ['volume', '--help']]) {
  test(`docker ${line.join(' ')} prints the group`, async (t) => {
    const { exitCode, output } = await setUp().run(line);
    t.is(exitCode, 0);
    t.true(output.startsWith('Usage:  docker volume COMMAND\n\nManage volumes\n'));
  });
}

const widths: [what: string, client: FakeClientOptions, widest: number][] = [
  ['the terminal', { size: { columns: 40, rows: 20 }, env: { COLUMNS: '60' } }, 40],
  ['COLUMNS', { env: { COLUMNS: '60' } }, 60],
  ['80, where COLUMNS is no number', { env: { COLUMNS: 'wide' } }, 80],
  ['80', {}, 80],
];

for (const [what, client, widest] of widths) {
  test(`help is as wide as ${what}`, async (t) => {
    const { output } = await setUp().run(['help'], client);
    const longest = Math.max(...output.split('\n').map((line) => line.length));
    t.true(longest < widest && longest >= widest - 20, `${longest}`);
  });
}

const failures: [line: string[], exitCode: number, shown: string][] = [
  [['fail', 'missing'], 125, "Error: No such image: x (see 'docker images')\n"],
  [['fail', 'program'], 127, 'Error: sh: no such file\n'],
  [
    ['fail', 'usage'],
    125,
    "conflicting options: --rm and -d\n\nUsage:  docker fail HOW\n\nRun 'docker fail --help' for more information\n",
  ],
  [
    ['fail'],
    125,
    "docker: 'docker fail' requires 1 argument\n\nUsage:  docker fail HOW\n\nRun 'docker fail --help' for more information\n",
  ],
  [
    ['person', 'greet', '--lout'],
    125,
    `unknown flag: --lout

Did you mean this?
  --loud

Usage:  docker person greet [OPTIONS] NAME [NAME...]

Run 'docker person greet --help' for more information
`,
  ],
  [
    ['gret'],
    125,
    `docker: unknown command: docker gret

Did you mean this?
  docker greet

Run 'docker --help' for more information
`,
  ],
  [['help', 'foo'], 125, "docker: unknown command: docker foo\n\nRun 'docker --help' for more information\n"],
  [
    ['--bad', 'greet'],
    125,
    "unknown flag: --bad\n\nUsage:  docker [OPTIONS] COMMAND\n\nRun 'docker --help' for more information\n",
  ],
  [['f\x1b[2J'], 125, "docker: unknown command: docker f\\x1b[2J\n\nRun 'docker --help' for more information\n"],
];

for (const [line, exitCode, shown] of failures) {
  test(`docker ${JSON.stringify(line)} fails in Docker's words`, async (t) => {
    const { run, bugs } = setUp();
    const outcome = await run(line);
    t.is(outcome.exitCode, exitCode);
    t.is(outcome.failure && failureText(outcome.failure, 'Error: '), shown);
    t.is(outcome.output, '');
    t.deepEqual(bugs, []);
  });
}

const bugs: [line: string[], exitCode: number, message: RegExp][] = [
  [['fail', 'bug'], 125, /^internal error: Cannot read properties of undefined \(reading 'x'\)$/],
  [['fail', 'code'], 125, /^internal error: a command returned the exit code 256$/],
  [['broken'], 1, /^internal error: Unexpected token$/],
];

for (const [line, exitCode, message] of bugs) {
  test(`docker ${line.join(' ')} is a bug: one line for the user, the stack for the log`, async (t) => {
    const { run, bugs: stacks } = setUp();
    const { failure, ...outcome } = await run(line);
    t.is(outcome.exitCode, exitCode);
    t.is(failure?.kind, 'internal');
    t.regex(failure?.message ?? '', message);
    t.is(stacks.length, 1);
    t.regex(stacks[0] ?? '', /\n\s+at /);
  });
}

test('a command that needs a daemon says so to whoever made the local call', async (t) => {
  await t.throwsAsync(setUp().run(['fail', 'daemon']), { instanceOf: NeedsDaemon });
  t.is((await setUp({ daemon: true }).run(['fail', 'daemon'])).exitCode, 3);
});
