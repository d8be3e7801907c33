import test from 'ava';
import { eventually } from '../../support/engine.js';
import { commandPlugin, pluginsFor } from '../../support/plugins.js';

const plugins = pluginsFor(test, { image: true });

/** A command that removes a container. */
const remover = (rights: string, effects: string): string =>
  `import { Command, type CommandContext, Containers, plugin } from 'gantry';
@Command({ name: 'zap', summary: 'Remove', effects: ${effects} })
class Zap {
  constructor(@Containers private readonly containers: Containers) {}
  async run({ args, stdout }: CommandContext): Promise<void> {
    await this.containers.remove(args[0] ?? '', { force: true });
    stdout.write('zapped\\n');
  }
}
export default plugin({ id: 'zap', api: 1, rights: ${rights}, commands: [Zap] });
`;

test.serial(
  'a plugin does what it has a right to, and its command may; new rights wait for the operator',
  async (t) => {
    const { engine } = plugins;
    await engine.ok('run', '-d', '--name', 'victim', 'busybox', 'sleep', '1000');
    engine.drop('zap.ts', remover("['Containers.read']", "['read', 'destroy']"));
    await engine.until('zap', 'ok');
    t.regex(
      (await engine.docker(['zap', 'victim'])).stderr,
      /plugin 'zap' has no right to Containers\.remove, which is 'destroy'/,
    );

    engine.drop('zap.ts', remover("['Containers.read', 'Containers.destroy']", "['read']"));
    const { reason } = await engine.until('zap', 'degraded');
    t.regex(reason, /it wants Containers\.destroy, which nobody has approved \(docker plugin approve zap\)/);
    t.regex((await engine.docker(['zap', 'victim'])).stderr, /has no right to/, 'the old version goes on');
    await engine.ok('plugin', 'approve', 'zap');
    t.regex(
      (await engine.docker(['zap', 'victim'])).stderr,
      /Containers\.remove is 'destroy', and this call may only read/,
    );

    engine.drop('zap.ts', remover("['Containers.read', 'Containers.destroy']", "['read', 'destroy']"));
    await eventually(async () =>
      (await engine.docker(['zap', '--dry-run', 'victim'])).stdout.includes('would remove container'),
    );
    t.is((await engine.docker(['zap', '--dry-run', 'victim'])).stdout, 'would remove container victim\n');
    t.is(
      await engine.ok('ps', '--format', '{{.Names}}').catch(() => engine.ok('ps', '-q').then(() => 'victim')),
      'victim',
    );

    const socket = `${engine.root}/limited.sock`;
    await engine.ok('socket', 'create', '--allow', 'read', socket);
    const limited = await engine.docker(['-H', `unix://${socket}`, 'zap', 'victim']);
    t.not(limited.code, 0);
    t.regex(limited.stderr, /destroy/);
    t.is(await engine.ok('zap', 'victim'), 'zapped');
    t.is(await engine.ok('ps', '-q'), '');
  },
);

test.serial('taking the place of a command needs its name from the operator', async (t) => {
  const { engine } = plugins;
  const better = commandPlugin('better', '', { more: '' }).replace(
    'export default',
    `@Command({ name: 'history', summary: 'Tell', effects: ['read'] })
class History { async run({ stdout }: CommandContext): Promise<void> { stdout.write('mine\\n'); } }
export default`,
  );
  engine.drop('better.ts', better.replace('commands: [Main]', 'commands: [History]'));
  t.regex(
    (await engine.until('better', 'failed')).reason,
    /the command 'history' is claimed by the plugins 'image' and 'better'/,
  );
  engine.drop('better.ts', better.replace('commands: [Main]', "commands: [History], replaces: ['history']"));
  t.regex((await engine.until('better', 'pending')).reason, /it wants replace:history/);
  t.regex((await engine.docker(['plugin', 'approve', 'better'])).stderr, /approve --replace history better/);
  t.not((await engine.docker(['history', 'busybox'])).stdout, 'mine\n');
  await engine.ok('plugin', 'approve', '--replace', 'history', 'better');
  t.is(await engine.ok('history'), 'mine');
  engine.remove('better.ts');
  await eventually(async () => (await engine.docker(['history', 'busybox'])).stdout !== 'mine\n');
});

const extension = (id: string, options: string, body: string): string =>
  `import { type ExtendedCall, Extends, GantryError, type Next, Option, plugin, Veto } from 'gantry';
@Extends('run', ${options})
class Around {
  @Option('--${id}', 'Try') flag = false;
  async around(call: ExtendedCall, next: Next): Promise<number | void> {
    ${body}
  }
}
export default plugin({ id: '${id}', api: 1, extensions: [Around] });
`;

test.serial('who stands around a call changes it, refuses it, and is named by --explain', async (t) => {
  const { engine } = plugins;
  engine.drop('labels.ts', extension('labels', '{}', "await next({ label: ['by=labels'] });"));
  engine.drop(
    'policy.ts',
    extension(
      'policy',
      "{ onFailure: 'refuse' }",
      "if (call.options['privileged']) throw new Veto('not here', 'Leave it out'); await next();",
    ),
  );
  await engine.until('labels', 'ok');
  await engine.until('policy', 'ok');
  const { code } = await engine.docker(['run', '--rm', 'busybox', 'sh', '-c', 'exit 9']);
  t.is(code, 9, 'the exit code comes through extensions that give none');
  const id = await engine.ok('run', '-d', 'busybox', 'true');
  t.regex(await engine.ok('inspect', id), /"by": "labels"/);
  const refused = await engine.docker(['run', '--privileged', 'busybox', 'true']);
  t.is(refused.code, 125);
  t.regex(refused.stderr, /refused by plugin 'policy': not here/);
  const explained = await engine.ok('run', '--explain', '--privileged', 'busybox', 'true');
  t.regex(explained, /^plugin 'policy' stands around it and must agree: refuses: not here$/m);
  t.regex(explained, /^plugin 'labels' stands around it: goes on with \{"label":\["by=labels"\]\}$/m);
});

test.serial('one that cannot answer is left out with a warning, or refuses, as it says', async (t) => {
  const { engine } = plugins;
  engine.drop('labels.ts', extension('labels', '{}', 'process.exit(5);'));
  engine.drop('policy.ts', extension('policy', "{ onFailure: 'refuse' }", 'await next();'));
  await eventually(async () =>
    (await engine.docker(['run', '--rm', 'busybox', 'true'])).stderr.includes('going on without it'),
  );
  engine.remove('labels.ts');
  engine.drop('policy.ts', extension('policy', "{ onFailure: 'refuse' }", 'await new Promise(() => {});'));
  const { code, stderr } = await eventually(async () => {
    const result = await engine.docker(['run', '--rm', 'busybox', 'true']);
    return result.code !== 0 && result;
  });
  t.is(code, 125);
  t.regex(stderr, /plugin 'policy' must agree to 'docker run', and cannot answer: .*took more than 3 s around 'run'/);
  engine.drop('policy.ts', extension('policy', '{}', "await next({ memry: '1g' });"));
  await eventually(async () =>
    /plugin 'policy' sets 'memry' of 'docker run', which has no such option/.test(
      (await engine.docker(['run', '--rm', 'busybox', 'true'])).stderr,
    ),
  );
  engine.remove('policy.ts');
  await engine.says(['run', '--rm', 'busybox', 'echo', 'free'], 'free\n');
  const clash = engine.drop('clash.ts', extension('privileged', '{}', 'await next();'));
  const { reason } = await engine.until(clash, 'failed');
  t.regex(reason, /the flag '--privileged' of 'run' is claimed by plugin 'container' and by plugin 'privileged'/);
});

test.serial('columns and filters of ps', async (t) => {
  const { engine } = plugins;
  await engine.ok('run', '-d', '--name', 'long-name', 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'bb', 'busybox', 'sleep', '1000');
  engine.drop(
    'tables.ts',
    `import { Column, Filter, plugin } from 'gantry';
interface Row { readonly name: string }
class Lengths {
  @Column<Row>('ps', 'LENGTH') lengths(rows: readonly Row[]) { return rows.map(({ name }) => String(name.length)); }
  @Column<Row>('ps', 'BROKEN') broken(rows: readonly Row[]): string[] { throw new Error('no cells for ' + rows.length); }
  @Filter<Row>('ps', 'longer') longer(value: string, rows: readonly Row[]) { return rows.map(({ name }) => name.length > Number(value)); }
}
export default plugin({ id: 'tables', api: 1, handlers: [Lengths] });`,
  );
  await engine.until('tables', 'ok');
  t.regex(await engine.ok('ps'), /NAMES +LENGTH +BROKEN\n.* bb +2 +-\n.* long-name +9 +-$/);
  t.regex(await engine.ok('ps', '--filter', 'longer=3'), /^CONTAINER.*\n.*long-name[^\n]*$/);
});

test.serial('services between plugins: missing, there, and gone', async (t) => {
  const { engine } = plugins;
  engine.drop(
    'asker.ts',
    `import { Command, type CommandContext, plugin, Weather } from 'gantry';
@Command({ name: 'asker', summary: 'Ask', effects: ['read'] })
class Asker {
  constructor(@Weather private readonly weather: Weather) {}
  async run({ stdout }: CommandContext): Promise<void> { stdout.write(await this.weather.today('here') + '\\n'); }
}
export default plugin({ id: 'asker', api: 1, rights: ['Weather.read'], commands: [Asker] });`,
  );
  t.regex((await engine.until('asker', 'failed')).reason, /'gantry' has no member 'Weather'|asks for 'Weather'/);
  engine.drop(
    'teller.ts',
    `import { offer, plugin, token } from 'gantry';
class Today { async today(where: string) { return 'sun ' + where; } async secret() { return 1; } }
export default plugin({ id: 'teller', api: 1, services: [offer(token<Today>('Weather'), Today, { today: 'read' })] });`,
  );
  await engine.says(['asker'], 'sun here\n');
  t.is((await engine.inspect('asker')).state, 'ok');
  engine.remove('teller.ts');
  t.regex((await engine.until('asker', 'degraded')).reason, /it asks for 'Weather', which no plugin offers/);
});

test.serial("what a call may do holds behind the plugin's own services", async (t) => {
  const { engine } = plugins;
  await engine.ok('run', '-d', '--name', 'spared', 'busybox', 'sleep', '1000');
  engine.drop(
    'purge.ts',
    `import { Command, type CommandContext, Containers, offer, plugin, token } from 'gantry';
class Purger {
  constructor(@Containers private readonly containers: Containers) {}
  async purge(name: string) { await this.containers.remove(name, { force: true }); }
}
const Purging = token<Purger>('Purging');
@Command({ name: 'purge', summary: 'Remove', effects: ['read', 'destroy'] })
class Purge {
  constructor(@Purging private readonly purger: Purger) {}
  async run({ args }: CommandContext): Promise<void> { await this.purger.purge(args[0] ?? ''); }
}
@Command({ name: 'peep', summary: 'Look', effects: ['read'] })
class Peep {
  constructor(@Purging private readonly purger: Purger) {}
  async run({ args }: CommandContext): Promise<void> { await this.purger.purge(args[0] ?? ''); }
}
export default plugin({ id: 'purge', api: 1, rights: ['Containers.read', 'Containers.destroy'],
  services: [offer(Purging, Purger, { purge: 'destroy' })], commands: [Purge, Peep] });`,
  );
  await engine.until('purge', 'ok');
  const dry = await engine.quick(['purge', '--dry-run', 'spared']);
  t.is(dry.stdout, 'would remove container spared\n', dry.stderr);
  t.regex(
    (await engine.quick(['peep', 'spared'])).stderr,
    /Containers\.remove is 'destroy', and this call may only read/,
  );
  t.is(await engine.ok('ps', '-q', '--filter', 'name=spared').then((ids) => ids.length), 12);
  await engine.ok('purge', 'spared');
  t.is(await engine.ok('ps', '-q', '--filter', 'name=spared'), '');
});

/** A plugin whose command writes frames on the engine's descriptor by itself. */
const forger = (id: string, ...frames: string[]): string =>
  commandPlugin(
    id,
    `const { writeSync } = await import('node:fs'); const { serialize } = await import('node:v8');
     for (const frame of [${frames.join(', ')}]) {
       const body = serialize(frame); const head = Buffer.alloc(4); head.writeUInt32BE(body.length);
       writeSync(3, Buffer.concat([head, body]));
     }
     await new Promise((resolve) => setTimeout(resolve, 60_000));`,
  );

for (const [id, frame, says] of [
  [
    'listening',
    "{ t: 'call', id: 900001, method: 'accepted', params: {} }",
    /gave a connection, and was not told to listen/,
  ],
  [
    'hollow',
    "{ t: 'return', id: 1, value: Object.assign([], { length: 4294967295 }) }",
    /broke the protocol: an array of holes/,
  ],
  ['heavy', "{ t: 'return', id: 1, value: 'x'.repeat(1 << 20) }", /broke the protocol: a frame of \d+ bytes/],
] as const) {
  test.serial(`a plugin that forges what it sends is ended and named: ${id}`, async (t) => {
    const { engine } = plugins;
    engine.drop(`${id}.ts`, forger(id, frame));
    await engine.until(id, 'ok');
    t.regex((await engine.quick([id])).stderr, says);
  });
}
