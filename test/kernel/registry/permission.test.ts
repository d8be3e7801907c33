import test from 'ava';
import { LocalCall } from '../../../src/kernel/calls/local-call.js';
import type { Effect } from '../../../src/kernel/contracts/command.js';
import { changesAnything, demandPermission, permitted } from '../../../src/kernel/registry/permission.js';
import { PluginRegistry } from '../../../src/kernel/registry/plugin-registry.js';
import { ServiceHost } from '../../../src/kernel/services/service-host.js';
import { FakeClient, idle } from '../fixtures.js';

test('whoever may do anything may look, and effects stand in one order', (t) => {
  t.deepEqual(permitted([]), ['read']);
  t.deepEqual(permitted(['destroy', 'write', 'destroy']), ['read', 'write', 'destroy']);
});

test('reading changes nothing', (t) => {
  t.false(changesAnything(['read']));
  t.false(changesAnything([]));
  for (const effect of ['write', 'exec', 'destroy'] as const) t.true(changesAnything(['read', effect]));
});

const denials: [allow: Effect[], effects: Effect[], message: string | undefined][] = [
  [['read'], ['read'], undefined],
  [['write'], ['read'], undefined],
  [['exec', 'write'], ['write', 'exec'], undefined],
  [['read'], ['destroy'], "Permission denied: this socket allows read, and 'docker x' needs destroy"],
  [['write'], ['write', 'exec'], "Permission denied: this socket allows read and write, and 'docker x' needs exec"],
  [
    ['read', 'exec', 'write'],
    ['destroy', 'exec'],
    "Permission denied: this socket allows read, write and exec, and 'docker x' needs destroy",
  ],
  [[], ['exec', 'destroy'], "Permission denied: this socket allows read, and 'docker x' needs exec and destroy"],
];

for (const [allow, effects, message] of denials) {
  test(`who may ${allow.join(',')} calls what may ${effects.join(',')}`, (t) => {
    const demand = (): void => demandPermission(allow, { names: ['x'] }, { effects });
    if (message === undefined) t.notThrows(demand);
    else t.like(t.throws(demand), { kind: 'denied', message });
  });
}

test('a restricted call refuses before anything is made, and helps all the same', async (t) => {
  const made: string[] = [];
  class Rm {
    constructor() {
      made.push('rm');
    }
    async run(): Promise<void> {}
  }
  const described = await idle('rm', { effects: ['destroy'] })();
  Reflect.getMetadataKeys(described).forEach((key) => {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, described), Rm);
  });
  const registry = new PluginRegistry([
    { id: 'test', api: 1, commands: { 'rm|container rm': async () => Rm, ps: idle('ps') } },
  ]);
  const call = new LocalCall(registry, new ServiceHost(registry), { daemon: true });
  const handle = call.restricted(['read']);
  const run = async (...argv: string[]): Promise<string> => {
    const client = new FakeClient();
    const { exitCode, failure } = await handle(argv, client);
    return `${exitCode} ${failure?.kind ?? (await client.output()).split('\n', 1)[0]}`;
  };
  t.is(await run('rm'), '1 denied');
  t.is(await run('RM', '--dry-run'), '1 denied');
  t.is(await run('container', 'rm', 'too', 'many'), '1 denied');
  t.is(await run('ps'), '0 ');
  t.is(await run('rm', '--help'), '0 Usage:  docker rm');
  t.is(await run('help', 'rm'), '0 Usage:  docker rm');
  t.deepEqual(made, []);
  t.is((await call.handle(['rm'], new FakeClient())).exitCode, 0);
  t.deepEqual(made, ['rm']);
});
