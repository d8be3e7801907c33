import test from 'ava';
import { GantryError } from '../../../src/kernel/contracts/errors.js';
import { type PluginDefinition, provide } from '../../../src/kernel/contracts/plugin-definition.js';
import { token } from '../../../src/kernel/contracts/token.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { idle, idleCommand } from '../fixtures.js';

const Clock = token<object>('Clock');
const Config = token<object>('Config');
class SomeClock {}

function never(): never {
  throw new Error('this module must not be imported');
}

const CONTAINERS: PluginDefinition = {
  id: 'container',
  api: 1,
  commands: { 'ps|container ls|container list': never, 'run|container run': never },
};
const VOLUMES: PluginDefinition = { id: 'volume', api: 1, commands: { 'volume ls': never, 'volume rm': never } };
const registry = new PluginRegistry([CONTAINERS, VOLUMES]);

const resolved: [argv: string[], own: string, name: string, rest: string[]][] = [
  [['ps'], 'ps', 'ps', []],
  [['PS', '-a'], 'ps', 'ps', ['-a']],
  [['container', 'ls', 'x'], 'ps', 'container ls', ['x']],
  [['Container', 'list'], 'ps', 'container list', []],
  [['run', 'volume', 'ls'], 'run', 'run', ['volume', 'ls']],
  [['volume', 'ls', '-q'], 'volume ls', 'volume ls', ['-q']],
];

for (const [argv, own, name, rest] of resolved) {
  test(`docker ${argv.join(' ')} is ${own}`, (t) => {
    const target = registry.resolve(argv);
    if (target.kind !== 'command') return t.fail();
    t.is(target.entry.names[0], own);
    t.is(target.name, name);
    t.deepEqual(target.argv, rest);
  });
}

for (const argv of [['volume'], ['VOLUME'], ['volume', '--help'], ['volume', '-h', 'ls']]) {
  test(`docker ${argv.join(' ')} is about the group`, (t) => {
    t.deepEqual(registry.resolve(argv), { kind: 'group', group: 'volume' });
  });
}

for (const argv of [[], ['--help'], ['-h'], ['-help', 'ps']]) {
  test(`docker ${argv.join(' ')} is about everything`, (t) => t.deepEqual(registry.resolve(argv), { kind: 'top' }));
}

test("a command that only Docker's client has is unknown, and says what to do", (t) => {
  const hintOf = (...argv: string[]) => t.throws<GantryError>(() => registry.resolve(argv))?.hint ?? '';
  t.regex(hintOf('build', '-t', 'x', '.'), /buildah or podman/);
  t.regex(hintOf('compose', 'up'), /--network NAME/);
  t.regex(hintOf('swarm', 'init'), /one host/);
  t.regex(hintOf('volume', 'update', 'v'), /clusters/);
  t.notRegex(hintOf('constructor'), /native code/);
});

const unknown: [argv: string[], message: string, hint: string][] = [
  [['foo', 'x'], 'docker: unknown command: docker foo', "Run 'docker --help' for more information"],
  [
    ['pss'],
    'docker: unknown command: docker pss',
    "Did you mean this?\n  docker ps\n\nRun 'docker --help' for more information",
  ],
  [
    ['volum'],
    'docker: unknown command: docker volum',
    "Did you mean this?\n  docker volume\n\nRun 'docker --help' for more information",
  ],
  [['volume  ls x'], 'docker: unknown command: docker volume  ls x', "Run 'docker --help' for more information"],
  [
    ['volume ls'],
    'docker: unknown command: docker volume ls',
    "Did you mean this?\n  docker volume\n\nRun 'docker --help' for more information",
  ],
  [['__proto__'], 'docker: unknown command: docker __proto__', "Run 'docker --help' for more information"],
  [
    ['volume', 'lss'],
    'docker: unknown command: docker volume lss',
    "Did you mean this?\n  docker volume ls\n\nUsage:  docker volume COMMAND\n\nRun 'docker volume --help' for more information",
  ],
  [
    ['volume', 'LS'],
    'docker: unknown command: docker volume LS',
    "Did you mean this?\n  docker volume ls\n\nUsage:  docker volume COMMAND\n\nRun 'docker volume --help' for more information",
  ],
  [
    ['volume', '--bad'],
    'unknown flag: --bad',
    "Usage:  docker volume COMMAND\n\nRun 'docker volume --help' for more information",
  ],
  [
    ['--root', '/x', 'ps'],
    'unknown flag: --root',
    "Usage:  docker [OPTIONS] COMMAND\n\nRun 'docker --help' for more information",
  ],
  [
    ['-D', 'ps'],
    "unknown shorthand flag: 'D' in -D",
    "Usage:  docker [OPTIONS] COMMAND\n\nRun 'docker --help' for more information",
  ],
];

for (const [argv, message, hint] of unknown) {
  test(`docker ${argv.join(' ')} is refused`, (t) => {
    const error = t.throws(() => registry.resolve(argv), { instanceOf: GantryError, message });
    t.is(error?.kind, 'usage');
    t.is(error?.hint, hint);
  });
}

test('names, groups and members are known without an import', (t) => {
  t.deepEqual(
    registry.commands.map(({ names }) => names[0]),
    ['ps', 'run', 'volume ls', 'volume rm'],
  );
  t.deepEqual(registry.groups, ['container', 'volume']);
  t.deepEqual([...registry.commandsOf('container').keys()], ['ls', 'list', 'run']);
});

test('a group may be a command, too', (t) => {
  const both = new PluginRegistry([VOLUMES, { id: 'x', api: 1, commands: { volume: never } }]);
  t.is(both.resolve(['volume', '--help']).kind, 'command');
  t.is(both.resolve(['volume', 'ls']).kind, 'command');
});

const refused: [what: string, plugins: PluginDefinition[], message: string][] = [
  [
    'a command that two plugins claim',
    [CONTAINERS, { id: 'other', api: 1, commands: { 'x|ps': never } }],
    "the command 'ps' is claimed by the plugins 'container' and 'other'",
  ],
  [
    'a command that one plugin lists twice',
    [{ id: 'one', api: 1, commands: { 'a|b': never, b: never } }],
    "the command 'b' is claimed twice by plugin 'one'",
  ],
  [
    'a service that two plugins provide',
    [
      { id: 'one', api: 1, provides: [provide(Clock, async () => SomeClock)] },
      { id: 'two', api: 1, provides: [provide(Clock, async () => SomeClock)] },
    ],
    "the service 'Clock' is claimed by the plugins 'one' and 'two'",
  ],
  [
    'a service that the engine brings',
    [{ id: 'one', api: 1, provides: [provide(Config, async () => SomeClock)] }],
    "plugin 'one' provides 'Config', which the engine itself brings",
  ],
  ['a duplicate id', [VOLUMES, { id: 'volume', api: 1 }], "two plugins have the id 'volume'"],
  ['an illegal id', [{ id: 'a b', api: 1 }], 'a plugin has the illegal id "a b"'],
  [
    'another plugin interface',
    [{ id: 'old', api: 2 as 1 }],
    "plugin 'old' is written for plugin interface 2, and this engine has 1",
  ],
  [
    'a requirement that nobody provides',
    [{ id: 'one', api: 1, requires: [Config, Clock] }],
    "plugin 'one' requires 'Clock', which no plugin provides",
  ],
  [
    'the word help',
    [{ id: 'one', api: 1, commands: { 'help me': never } }],
    "the command 'help me' of plugin 'one' is one of the engine itself",
  ],
  ...['PS', '', '-x', 'a  b', 'a b c', '1a', 'ps|', 'a/b', 'a_b'].map((names): [string, PluginDefinition[], string] => [
    `the name '${names}'`,
    [{ id: 'one', api: 1, commands: { [names]: never } }],
    `plugin 'one' brings a command with the illegal name '${names === 'ps|' ? '' : names}'`,
  ]),
];

for (const [what, plugins, message] of refused) {
  test(`refused: ${what}`, (t) => {
    t.throws(() => new PluginRegistry(plugins, [Config]), { instanceOf: GantryError, message });
  });
}

test('a requirement may be a given value, or come from a later plugin', (t) => {
  const needy: PluginDefinition = { id: 'needy', api: 1, requires: [Clock, Config] };
  const clock: PluginDefinition = { id: 'clock', api: 1, provides: [provide(Clock, async () => SomeClock)] };
  const both = new PluginRegistry([needy, clock], [Config]);
  t.is(both.providerOf(Clock)?.plugin, clock);
  t.is(both.providerOf(Config), undefined);
  t.true(both.isGiven(Config));
});

const wrongModules: [what: string, load: () => Promise<never>, message: RegExp][] = [
  [
    'a class without @Command',
    async () => SomeClock as never,
    /plugin 'p' lists as command 'x' is no class with @Command/,
  ],
  ['nothing', async () => undefined as never, /no class with @Command/],
  ['another command', idle('y') as () => Promise<never>, /plugin 'p' lists the command 'x', whose class says 'y'/],
];

for (const [what, load, message] of wrongModules) {
  test(`a module that brings ${what} is refused when it is loaded`, async (t) => {
    const [entry] = new PluginRegistry([{ id: 'p', api: 1, commands: { x: load } }]).commands;
    await t.throwsAsync(async () => entry?.load(), { message });
  });
}

test('a command is imported when it is asked for', async (t) => {
  const made = idleCommand('x');
  const [entry] = new PluginRegistry([{ id: 'p', api: 1, commands: { 'x|y': async () => made } }]).commands;
  t.is(await entry?.load(), made);
});
