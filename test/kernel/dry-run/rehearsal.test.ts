import { text } from 'node:stream/consumers';
import test from 'ava';
import { LocalCall } from '../../../src/kernel/calls/local-call.js';
import { Command, type CommandContext, type CommandMetadata } from '../../../src/kernel/contracts/command.js';
import { GantryError } from '../../../src/kernel/contracts/errors.js';
import { Option } from '../../../src/kernel/contracts/option.js';
import { provide } from '../../../src/kernel/contracts/plugin-definition.js';
import { token } from '../../../src/kernel/contracts/token.js';
import { each } from '../../../src/kernel/lists/for-each-argument.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { ServiceHost } from '../../../src/kernel/services/service-host.js';
import { write } from '../../../src/kernel/streams/write.js';
import { FakeClient } from '../fixtures.js';

interface Store {
  names(): readonly string[];
  remove(name: string): Promise<void>;
  /** Gives its number. */
  make(name: string): { readonly number: number };
  secret(): string;
}
const Store = token<Store>('Store');
const Opaque = token<object>('Opaque');
const Settings = token<{ readonly greeting: string }>('Settings');

type Work = (services: { store: Store; greeting: string }, context: CommandContext) => Promise<number | void>;

/** `docker do`, which does some work with a store whose content is given back. */
function setUp(work: Work, detail: Partial<CommandMetadata> = {}) {
  const content = ['a', 'b'];
  class RealStore implements Store {
    names = (): readonly string[] => [...content];
    async remove(name: string): Promise<void> {
      content.splice(content.indexOf(name), 1);
    }
    make(name: string): { readonly number: number } {
      return { number: content.push(name) };
    }
    secret = (): string => 'secret';
  }
  const metadata: CommandMetadata = {
    ...{ name: 'do', summary: 'Do', group: 'Commands', usage: '', args: { min: 0 }, effects: ['destroy'] },
    ...detail,
  };

  @Command(metadata)
  class Do {
    constructor(
      @Store private readonly store: Store,
      @Settings private readonly settings: { readonly greeting: string },
    ) {}
    async run(context: CommandContext): Promise<number | void> {
      return work({ store: this.store, greeting: this.settings.greeting }, context);
    }
  }

  @Command({ ...metadata, name: 'own' })
  class Own {
    @Option('--dry-run', 'Rehearse') rehearse = false;
    async run({ stdout }: CommandContext): Promise<void> {
      await write(stdout, `own: ${this.rehearse}\n`);
    }
  }

  @Command({ ...metadata, name: 'blind' })
  class Blind {
    constructor(@Opaque readonly opaque: object) {}
    async run(): Promise<void> {}
  }

  const registry = new PluginRegistry(
    [
      {
        id: 'test',
        api: 1,
        requires: [Settings],
        provides: [
          provide(Store, async () => RealStore, {
            effects: async () => ({
              names: 'read',
              remove: {
                effect: 'destroy',
                async plan(store, name) {
                  if (!store.names().includes(name)) throw new GantryError('not found', `No such thing: ${name}`);
                  return { says: `remove ${name}` };
                },
              },
              make: { effect: 'write', plan: (_store, name) => ({ says: `make ${name}` }) },
            }),
          }),
          provide(Opaque, async () => class {}),
        ],
        commands: { do: async () => Do, own: async () => Own, blind: async () => Blind },
      },
    ],
    [Settings],
  );
  const host = new ServiceHost(registry);
  host.value(Settings, { greeting: 'hello' });
  const call = new LocalCall(registry, host, { daemon: false });
  const run = async (...argv: string[]) => {
    const client = new FakeClient({ input: 'never to be read' });
    const { exitCode, failure } = await call.handle(argv, client);
    const errors = await text(client.stderr.end());
    return { exitCode, failure: failure?.message, output: await client.output(), errors };
  };
  return { run, content };
}

test('what reads is done, what changes is told in order, and nothing is changed', async (t) => {
  const { run, content } = setUp(async ({ store, greeting }, { stdout }) => {
    for (const name of store.names()) await store.remove(name);
    store.make(greeting);
    await write(stdout, 'done\n');
  });
  const told = {
    exitCode: 0,
    failure: undefined,
    output: 'would remove a\nwould remove b\nwould make hello\n',
    errors: '',
  };
  t.deepEqual(await run('do', '--dry-run'), told);
  t.deepEqual(content, ['a', 'b']);
  t.is((await run('do')).output, 'done\n');
  t.deepEqual(content, ['hello']);
});

test('errors come as always, behind the steps before them', async (t) => {
  const { run } = setUp(({ store }, context) => each(context, (name) => store.remove(name)));
  t.deepEqual(await run('do', 'a', 'x', 'b', '--dry-run'), {
    ...{ exitCode: 1, failure: undefined },
    output: 'would remove a\nwould remove b\n',
    errors: 'Error: No such thing: x\n',
  });
  const thrown = setUp(
    async ({ store }) => {
      await store.remove('a');
      await store.remove('x');
    },
    { failureExitCode: 125 },
  );
  const told = { exitCode: 125, failure: 'No such thing: x', output: 'would remove a\n', errors: '' };
  t.deepEqual(await thrown.run('do', '--dry-run'), told);
});

test('where nothing would change, that is told', async (t) => {
  const { run } = setUp(async () => {});
  t.is((await run('do', '--dry-run')).output, 'would change nothing\n');
  const failing = setUp(async () => 3);
  t.like(await failing.run('do', '--dry-run'), { exitCode: 3, output: '' });
});

test('a command that only reads is simply run', async (t) => {
  const { run } = setUp(async ({ store }, { stdout }) => write(stdout, store.names().join()), { effects: ['read'] });
  t.is((await run('do', '--dry-run')).output, 'a,b');
});

test('it ends where the command looks at what is only planned', async (t) => {
  const { run, content } = setUp(async ({ store }) => {
    const made = store.make('c');
    await Promise.resolve(made);
    await store.remove(`c${made.number}`);
  });
  t.deepEqual(await run('do', '--dry-run'), {
    ...{ exitCode: 0, failure: undefined, errors: '' },
    output: 'would make c\n(what follows depends on it)\n',
  });
  t.deepEqual(content, ['a', 'b']);
});

const unreachable: [what: string, work: Work, message: string][] = [
  [
    'a method that nobody described',
    async ({ store }) => void store.secret(),
    "'docker do' cannot be run dry: it uses 'Store.secret', and what that does is not known",
  ],
  [
    'what every object has',
    async ({ store }) => void store.toString(),
    "'docker do' cannot be run dry: it uses 'Store.toString', and what that does is not known",
  ],
  [
    'a property',
    async ({ store }) => void Reflect.set(store, 'names', () => []),
    "'docker do' cannot be run dry: it sets a property of 'Store'",
  ],
];

for (const [what, work, failure] of unreachable) {
  test(`out of reach in a dry run: ${what}`, async (t) => {
    const { run } = setUp(work);
    t.like(await run('do', '--dry-run'), { exitCode: 1, failure, output: '' });
  });
}

test('a service that nobody described cannot be had in a dry run', async (t) => {
  const { run } = setUp(async () => {});
  t.like(await run('blind', '--dry-run'), {
    exitCode: 1,
    failure: "'docker blind' cannot be run dry: plugin 'test' does not say what its service 'Opaque' does",
  });
  t.is((await run('blind')).exitCode, 0);
});

test('a command has its own --dry-run', async (t) => {
  t.is((await setUp(async () => {}).run('own', '--dry-run')).output, 'own: true\n');
});

test('the flag does not stand before the command', async (t) => {
  const { run } = setUp(async () => {});
  t.is((await run('--dry-run', 'do')).failure, '--dry-run stands after the command that it is about');
});

test('no daemon is needed, no input read, no terminal touched', async (t) => {
  let read = '';
  const { run } = setUp(async (_services, context) => {
    context.needsDaemon();
    context.terminal.setRaw(true);
    read = await text(context.stdin);
  });
  t.is((await run('do', '--dry-run')).exitCode, 0);
  t.is(read, '');
});

test('what is told is made safe for a terminal', async (t) => {
  const { run } = setUp(async ({ store }) => void store.make('\x1b[2J'));
  t.is((await run('do', '--dry-run')).output, 'would make \\x1b[2J\n');
});
