import test from 'ava';
import { Command } from '../../../../src/kernel/contracts/command.js';
import { Option } from '../../../../src/kernel/contracts/option.js';
import { token } from '../../../../src/kernel/contracts/token.js';
import { Extends } from '../../../../src/kernel/third-party/api/extends.js';
import { On } from '../../../../src/kernel/third-party/api/on.js';
import { offer, type Plugin, plugin, Veto } from '../../../../src/kernel/third-party/api/plugin.js';
import { Transport } from '../../../../src/kernel/third-party/api/transport.js';
import { describePlugin } from '../../../../src/kernel/third-party/guest/describe-plugin.js';

interface Containers {
  list(): Promise<unknown>;
}
const Containers = token<Containers>('Containers');
const Weather = token<Today>('Weather');

class Today {
  async today(): Promise<string> {
    return 'sun';
  }
}

@Command({ name: 'greet', summary: 'Greet' })
class Greet {
  @Option('--loud', 'Shout') loud = false;
  constructor(
    @Containers readonly containers: Containers,
    @Weather readonly weather: Today,
  ) {}
  async run(): Promise<void> {}
}

@Extends('run')
class Around {
  async around(): Promise<void> {}
}

@Extends('run', { onFailure: 'refuse' })
class FlagsOnly {
  @Option('--mark', 'Mark', { type: 'string' }) mark = '';
}

class Handlers {
  @On('die')
  died(): void {}
}

@Transport('loop')
class Loop {
  async listen(): Promise<void> {}
}

const whole: Plugin = {
  id: 'greet',
  api: 1,
  rights: ['Containers.read', 'Containers.destroy'],
  commands: [Greet],
  extensions: [Around, FlagsOnly],
  handlers: [Handlers],
  services: [offer(Weather, Today, { today: 'read' })],
  transports: [Loop],
};

test('a plugin is described from its decorators alone', (t) => {
  const manifest = describePlugin(plugin(whole));
  t.like(manifest, {
    id: 'greet',
    summary: '',
    asks: ['Containers'],
    replaces: [],
    handlers: [{ name: 'Handlers.died', action: 'die' }],
    services: [{ label: 'Weather', effects: { today: 'read' } }],
    transports: ['loop'],
  });
  t.deepEqual(manifest.commands[0]?.metadata.effects, ['read', 'destroy'], 'all that the plugin may');
  t.deepEqual(
    manifest.extensions.map(({ name, around, onFailure, options }) => [name, around, onFailure, options.length]),
    [
      ['Around', true, 'skip', 0],
      ['FlagsOnly', false, 'refuse', 1],
    ],
  );
  t.deepEqual(structuredClone(manifest), manifest, 'plain data');
});

@Command({ name: 'idle', summary: 'Idle' })
class Idle {
  declare run: () => Promise<void>;
}

@Extends('run')
class BadAround {}
Reflect.set(BadAround.prototype, 'around', 1);

@Command({ name: 'odd', summary: 'Odd' })
class Odd {
  @Option('--odd', 'Odd', { type: 'number' as 'integer' }) odd = 1;
  async run(): Promise<void> {}
}

@Command({ name: 'bare', summary: 'Bare' })
class Bare {
  constructor(readonly containers: Containers) {}
  async run(): Promise<void> {}
}

const refused: readonly [what: string, plugin: unknown, message: RegExp][] = [
  ['nothing', undefined, /There is no default export: write `export default plugin/],
  ['a number', 5, /The default export is no plugin/],
  ['null', null, /The default export is no plugin/],
  ['another interface', { id: 'x', api: 2 }, /plugin 'x' is written for plugin interface 2, and this engine has 1/],
  ['no list', { id: 'x', api: 1, commands: {} }, /'commands' of plugin 'x' is no array/],
  [
    'a class without @Command',
    { id: 'x', api: 1, commands: [Today] },
    /'Today' stands in the plugin's 'commands', and has no @Command/,
  ],
  ['a command that is no class', { id: 'x', api: 1, commands: ['ls'] }, /'ls' stands in the plugin's 'commands'/],
  ['a command without run', { id: 'x', api: 1, commands: [Idle] }, /the class 'Idle' has no method 'run'/],
  [
    'an extension whose around is none',
    { id: 'x', api: 1, extensions: [BadAround] },
    /the class 'BadAround' has no method 'around'/,
  ],
  ['a class without @Extends', { id: 'x', api: 1, extensions: [Today] }, /has no @Extends/],
  [
    'a class without @Transport',
    {
      id: 'x',
      api: 1,
      transports: [
        Loop,
        class Other {
          listen() {}
        },
      ],
    },
    /has no @Transport/,
  ],
  [
    'an option of no known type',
    { id: 'x', api: 1, commands: [Odd] },
    /the option '--odd' of 'Odd' has the type 'number'/,
  ],
  [
    'a constructor without tokens',
    { id: 'x', api: 1, commands: [Bare] },
    /parameter 1 of the constructor of 'Bare' has no token/,
  ],
  [
    'a service without a right to it',
    { id: 'x', api: 1, commands: [Greet] },
    /'Greet' asks for 'Containers', to which the plugin declares no right/,
  ],
];
for (const [what, wrong, message] of refused) {
  test(`refused: ${what}`, (t) => {
    const error = t.throws(() => describePlugin(wrong as Plugin), { message });
    t.is((error as { kind?: string } | undefined)?.kind, 'invalid');
  });
}

test('a veto is a refusal with its reason', (t) => {
  t.like(new Veto('not here', 'Go there'), { kind: 'denied', message: 'not here', hint: 'Go there' });
});
