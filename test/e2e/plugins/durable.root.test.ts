import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { eventually } from '../../support/engine.js';
import { pluginsFor } from '../../support/plugins.js';

const plugins = pluginsFor(test, { image: true });

/** Writes the ids of `die` events to a file, after `work`. */
const handler = (
  file: string,
  work: string,
  version = '',
): string => `import { appendFileSync, existsSync } from 'node:fs';
import { On, plugin, type PluginEvent } from 'gantry';
let tries = 0;
class Notes {
  @On('container die')
  async note(event: PluginEvent): Promise<void> {
    ${work}
    appendFileSync('${file}', event.id + '\\n');
  }
}
export default plugin({ id: 'notes', api: 1, summary: '${version}', handlers: [Notes] });
`;

/** Waits until events go to a version of the handler. */
const isLive = (version: string) => eventually(async () => (await plugins.engine.inspect('notes')).summary === version);

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);

function writable(name: string): string {
  const file = `${plugins.engine.folder}/${name}`;
  writeFileSync(file, '');
  return file;
}

test.serial('an event comes at least once, though the daemon is killed while it is handled', async (t) => {
  const { engine } = plugins;
  const file = writable('seen.txt');
  chmodSync(file, 0o666);
  const go = `${engine.folder}/go`;
  engine.drop('notes.ts', handler(file, `while (!existsSync('${go}')) await new Promise((r) => setTimeout(r, 50));`));
  await engine.until('notes', 'ok');
  for (let run = 0; run < 3; run++) await engine.ok('run', '--rm', 'busybox', 'true');
  await new Promise((resolve) => setTimeout(resolve, 500));
  await engine.stopDaemon('SIGKILL');
  t.deepEqual(linesOf(file), []);
  await engine.ok('run', '--rm', 'busybox', 'true');
  appendFileSync(go, '');
  await engine.startDaemon();
  await eventually(() => new Set(linesOf(file)).size === 4);
  t.is(linesOf(file).length, 4);
});

test.serial('one that takes longer than others would wait is called once; one that throws, again', async (t) => {
  const { engine } = plugins;
  const file = writable('again.txt');
  chmodSync(file, 0o666);
  engine.drop(
    'notes.ts',
    handler(
      file,
      "if (tries++ === 0) throw new Error('not yet'); await new Promise((r) => setTimeout(r, 4000));",
      'throws once',
    ),
  );
  await isLive('throws once');
  await engine.ok('run', '--rm', 'busybox', 'true');
  await eventually(() => linesOf(file).length > 0);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  t.is(linesOf(file).length, 1);
  t.regex(engine.daemonLog(), /plugin notes Notes\.note container die, event \d+: .*not yet; again in 1 s/);
});

test.serial('a version that is replaced while it handles an event ends that; nothing is given twice', async (t) => {
  const { engine } = plugins;
  const file = writable('swapped.txt');
  chmodSync(file, 0o666);
  const wait = `${engine.folder}/wait`;
  engine.drop(
    'notes.ts',
    handler(file, `while (!existsSync('${wait}')) await new Promise((r) => setTimeout(r, 50));`, 'waits'),
  );
  await isLive('waits');
  await engine.ok('run', '--rm', 'busybox', 'true');
  await new Promise((resolve) => setTimeout(resolve, 500));
  engine.drop('notes.ts', handler(file, '', 'notes at once'));
  await isLive('notes at once');
  t.deepEqual(linesOf(file), []);
  appendFileSync(wait, '');
  await eventually(() => linesOf(file).length === 1);
  await engine.ok('run', '--rm', 'busybox', 'true');
  await eventually(() => new Set(linesOf(file)).size === 2);
  t.is(linesOf(file).length, 2);
  t.true(existsSync(wait));
});

test.serial("a plugin's transport takes real clients, in each version, and after its death", async (t) => {
  const { engine } = plugins;
  const transport = (hello: string): string => `import { createServer, type Socket } from 'node:net';
import { Command, type CommandContext, plugin, type PluginTransport, Transport } from 'gantry';
@Transport('loop')
class Loop implements PluginTransport {
  listen(address: string, accept: (connection: Socket) => void): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, accept);
    return new Promise((resolve, reject) => server.once('error', reject).listen(Number(address), '127.0.0.1', resolve));
  }
}
@Command({ name: 'loopdie', summary: 'Die', effects: ['read'] })
class Die { async run({ stdout, args }: CommandContext) { if (args[0]) process.exit(1); stdout.write('${hello}\\n'); } }
export default plugin({ id: 'loop', api: 1, rights: ['Transport.listen'], transports: [Loop], commands: [Die] });
`;
  engine.drop('loop.ts', transport('one'));
  await engine.until('loop', 'ok');
  await engine.stopDaemon();
  const port = 20_000 + (process.pid % 20_000);
  await engine.startDaemon('-H', `unix://${engine.socket}`, '-H', `loop://${port}`);
  const through = (...args: string[]) => engine.docker(['-H', `tcp://127.0.0.1:${port}`, ...args]);
  // The daemon answers on its first address before it listens on the second.
  await eventually(async () => (await through('loopdie')).stdout === 'one\n');
  const echoed = await engine.docker(['-H', `tcp://127.0.0.1:${port}`, 'run', '-i', '--rm', 'busybox', 'cat'], {
    input: 'x'.repeat(300_000),
  });
  t.is(echoed.stdout.length, 300_000);
  engine.drop('loop.ts', transport('two'));
  await eventually(async () => (await through('loopdie')).stdout === 'two\n');
  await engine.docker(['loopdie', 'now']);
  await eventually(async () => (await through('loopdie')).stdout === 'two\n');
});
