import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { engineFor, eventually } from '../../../support/engine.js';
import { freezeByRuntime } from '../support/freeze-by-runtime.js';

const given = engineFor(test);

const inspect = async (name: string) => JSON.parse(await given.engine.ok('inspect', name))[0];
/** Ends half a second after it was asked to. */
const SLOW = ['sh', '-c', "trap 'sleep 0.5; exit 0' TERM; touch /ready; while :; do sleep 0.1; done"];

test.serial('whoever waits learns that the daemon stops, and no more', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'lasting', 'busybox', 'sh', '-c', 'echo run; sleep 1000');
  const calls = [
    ['wait', 'lasting', 'lasting'],
    ['logs', '-f', 'lasting'],
    ['events'],
    ['stats'],
    ['attach', 'lasting'],
    ['exec', 'lasting', 'sh', '-c', 'touch /in; sleep 1000'],
    ['run', '--name', 'attached', 'busybox', 'sleep', '1000'],
  ];
  const waiting = calls.map((call) => engine.quick(call));
  await eventually(async () => (await engine.quick(['exec', 'lasting', 'ls', '/in'])).code === 0);
  await eventually(async () => (await engine.quick(['inspect', 'attached'])).code === 0);
  await eventually(async () => (await inspect('attached')).State.Running);
  await engine.stopDaemon();
  const stopped =
    /^Error response from daemon: The daemon was stopped before the command ended \(containers run on, [^\n]+\n$/;
  for (const [index, { code, stderr }] of (await Promise.all(waiting)).entries()) {
    t.is(code, 125, calls[index]?.join(' '));
    t.regex(stderr, stopped, calls[index]?.join(' '));
  }
  await engine.startDaemon();
  t.true((await inspect('attached')).State.Running);
  await engine.ok('rm', '-f', 'attached', 'lasting');
});

test.serial('a pause that the daemon did not live to record is known to the next', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'frozen', 'busybox', 'sleep', '1000');
  const { Id } = await inspect('frozen');
  await engine.stopDaemon('SIGKILL');
  freezeByRuntime(engine, Id);
  await engine.startDaemon();
  t.like((await inspect('frozen')).State, { Status: 'paused', Paused: true });
  await engine.ok('unpause', 'frozen');
  await engine.ok('exec', 'frozen', 'true');
  await engine.ok('rm', '-f', 'frozen');
});

test.serial('a restart whose daemon dies in between is finished by the next', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'restarted', 'busybox', ...SLOW);
  await eventually(async () => (await engine.quick(['exec', 'restarted', 'ls', '/ready'])).code === 0);
  const { State } = await inspect('restarted');
  const restart = engine.quick(['restart', 'restarted']);
  await eventually(async () =>
    (await engine.ok('events', '--since', '1m', '--until', '0s')).includes('container kill'),
  );
  await engine.stopDaemon('SIGKILL');
  t.not((await restart).code, 0);
  await engine.startDaemon();
  await eventually(async () => {
    const now = (await inspect('restarted')).State;
    return now.Running && now.Pid !== State.Pid && !now.Restarting;
  });
  t.pass();
  await engine.ok('rm', '-f', 'restarted');
});

test.serial('a run ends, and is waited for, whose row has become unreadable', async (t) => {
  const { engine } = given;
  const run = engine.quick(['run', '--name', 'damaged', 'busybox', 'sleep', '1000']);
  await eventually(async () => (await engine.quick(['exec', 'damaged', 'true'])).code === 0);
  const { State } = await inspect('damaged');
  const database = new DatabaseSync(`${engine.root}/gantry.db`, { timeout: 10_000 });
  t.teardown(() => database.close());
  const config = String(database.prepare("SELECT config FROM containers WHERE name = 'damaged'").get()?.['config']);
  database.exec("UPDATE containers SET config = '{' WHERE name = 'damaged'");
  process.kill(State.Pid, 'SIGKILL');
  t.is((await run).code, 137);
  database.prepare("UPDATE containers SET config = ? WHERE name = 'damaged'").run(config);
  t.like((await inspect('damaged')).State, { Running: false, ExitCode: 137 });
});
