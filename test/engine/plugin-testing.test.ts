import test from 'ava';
import { engine } from '../../src/engine/plugin-testing.js';
import * as gantry from '../../src/kernel/third-party/api/surface.js';
import { Containers } from '../../src/plugins/container/index.js';

const { Command, Extends, On, Option, plugin, Column, Filter, offer, token, Veto } = gantry;

@Command({ name: 'stop-all', summary: 'Stop all', effects: ['read', 'destroy'], args: { min: 0, max: 0 } })
class StopAll {
  @Option('-q, --quiet', 'Say nothing')
  quiet = false;

  constructor(@Containers private readonly containers: Containers) {}

  async run({ stdout }: gantry.CommandContext): Promise<number> {
    const all = await this.containers.list();
    for (const { id, name } of all) {
      await this.containers.stop(id);
      if (!this.quiet) stdout.write(`${name}\n`);
    }
    return all.length === 0 ? 3 : 0;
  }
}

const RIGHTS = ['Containers.read', 'Containers.destroy'];
const stopAll = plugin({ id: 'stop-all', api: 1, rights: RIGHTS, commands: [StopAll] });

test('a command runs with its options, against the doubles of the services', async (t) => {
  const { docker, containers } = await engine(stopAll);
  t.deepEqual(await docker('stop-all'), { exitCode: 3, stdout: '', stderr: '' });
  const { id } = await containers.create({ image: 'busybox', name: 'web' });
  await containers.start(id);
  t.deepEqual(await docker('stop-all'), { exitCode: 0, stdout: 'web\n', stderr: '' });
  t.is((await containers.get(id)).status, 'exited');
});

test("parsing, help and dry runs are the engine's own", async (t) => {
  const { docker, containers } = await engine(stopAll);
  const wrong = await docker('stop-all', '--qiet');
  t.is(wrong.exitCode, 125);
  t.regex(wrong.stderr, /unknown flag: --qiet/);
  t.regex((await docker('stop-all', '--help')).stdout, /-q, --quiet +Say nothing/);
  await containers.start((await containers.create({ image: 'busybox', name: 'web' })).id);
  t.regex((await docker('stop-all', '--dry-run')).stdout, /stop container web/);
  t.is((await containers.get('web')).status, 'running');
});

test('what the plugin has no right to is refused, as in an engine', async (t) => {
  const { docker, containers } = await engine(plugin({ ...stopAll, rights: ['Containers.read'] }));
  await containers.start((await containers.create({ image: 'busybox' })).id);
  const { exitCode, stderr } = await docker('stop-all');
  t.is(exitCode, 1);
  t.regex(stderr, /plugin 'stop-all' has no right to Containers\.stop, which is 'destroy'/);
});

test('a plugin that an engine would not load is refused with the same words', async (t) => {
  await t.throwsAsync(engine(plugin({ id: 'container', api: 1 })), { message: /is a built-in plugin's/ });
  await t.throwsAsync(engine(plugin({ id: 'x', api: 1, commands: [StopAll] })), { message: /declares no right/ });
});

@Extends('run', { onFailure: 'refuse' })
class Owner {
  @Option('--owner', 'Who it belongs to', { type: 'string' })
  owner = '';

  around({ options }: gantry.ExtendedCall, next: gantry.Next): Promise<number> {
    if (options['privileged']) throw new Veto('not here');
    return next({ label: [...(options['label'] as string[]), `owner=${this.owner}`] });
  }
}
const owner = plugin({ id: 'owner', api: 1, extensions: [Owner] });

test("an extension is tried by a command line: the engine's command only notes its call", async (t) => {
  const { docker, ran } = await engine(owner);
  t.is((await docker('run', '--owner', 'me', '-l', 'a=b', 'busybox', 'true')).exitCode, 0);
  t.deepEqual(ran[0]?.args, ['busybox', 'true']);
  t.deepEqual(ran[0]?.options['label'], ['a=b', 'owner=me']);
  const refused = await docker('run', '--privileged', 'busybox');
  t.regex(refused.stderr, /refused by plugin 'owner': not here/);
  t.is(ran.length, 1);
});

test('or by options alone', async (t) => {
  const { around } = await engine(owner);
  const { options, args } = await around('run', { owner: 'me' }, ['busybox']);
  t.deepEqual(options['label'], ['owner=me']);
  t.deepEqual(args, ['busybox']);
  await t.throwsAsync(around('run', { privileged: true }), { message: /not here/ });
});

class Handler {
  static readonly seen: string[] = [];

  @On('container die')
  async note({ action, actor, attributes }: gantry.PluginEvent): Promise<void> {
    Handler.seen.push(`${action} ${actor} ${attributes['exitCode']}`);
  }

  @Column('ps', 'SHORT')
  short(rows: readonly { readonly id: string }[]): readonly string[] {
    return rows.map(({ id }) => id.slice(0, 2));
  }

  @Filter('ps', 'begins')
  begins(value: string, rows: readonly { readonly id: string }[]): readonly boolean[] {
    return rows.map(({ id }) => id.startsWith(value));
  }
}

test('events, columns and filters', async (t) => {
  const { event, column, filter } = await engine(plugin({ id: 'x', api: 1, handlers: [Handler] }));
  await event('container die', { actor: 'abc', attributes: { exitCode: '1' } });
  t.deepEqual(Handler.seen, ['die abc 1']);
  t.deepEqual(await column('ps', 'SHORT', [{ id: 'abc' }]), ['ab']);
  t.deepEqual(await filter('ps', 'begins', 'a', [{ id: 'abc' }, { id: 'b' }]), [true, false]);
  await t.throwsAsync(event('container dy'), { message: /there is no event/ });
  await t.throwsAsync(column('ps', 'LONG', []), { message: /no column 'LONG'/ });
});

interface Weather {
  today(place: string): Promise<number>;
}
const Weather = token<Weather>('Weather');

class Mild implements Weather {
  async today(place: string): Promise<number> {
    return place.length;
  }
}

@Command({ name: 'degrees', summary: 'How warm', effects: ['read'] })
class Degrees {
  constructor(@Weather private readonly weather: Weather) {}

  async run({ args, stdout }: gantry.CommandContext): Promise<void> {
    stdout.write(`${await this.weather.today(args[0] ?? '')}\n`);
  }
}

test('a service that is offered, and one of another plugin that is asked for', async (t) => {
  const offering = await engine(plugin({ id: 'weather', api: 1, services: [offer(Weather, Mild, { today: 'read' })] }));
  t.is(await offering.offered(Weather).today('Rome'), 4);
  const asking = plugin({ id: 'degrees', api: 1, rights: ['Weather.read'], commands: [Degrees] });
  await t.throwsAsync(engine(asking), { message: /asks for 'Weather', which no plugin offers/ });
  const { docker } = await engine(asking, { Weather: { today: async () => 30 } });
  t.is((await docker('degrees')).stdout, '30\n');
});
