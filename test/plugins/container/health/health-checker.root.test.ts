import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { engineFor, eventually, TestEngine } from '../../../support/engine.js';

const given = engineFor(test);
const QUICK = ['--health-interval', '100ms', '--health-retries', '2'];
const health = async (name: string) => JSON.parse(await given.engine.ok('inspect', name))[0].State.Health;
const becomes = (name: string, status: string) => eventually(async () => (await health(name)).Status === status);

test('it starts, is healthy, and is unhealthy after failures in a row', async (t) => {
  const { engine } = given;
  const check = ['--health-cmd', 'test -e /ok && echo fine', ...QUICK];
  await engine.ok('run', '-d', '--name', 'ill', ...check, 'busybox', 'sh', '-c', 'touch /ok; sleep 1000');
  await becomes('ill', 'healthy');
  t.like((await health('ill')).Log[0], { ExitCode: 0, Output: 'fine\n' });
  t.regex(await engine.ok('ps', '-f', 'health=healthy'), /Up .* \(healthy\) +ill/);
  const pid = await engine.ok('inspect', '-f', '{{.State.Pid}}', 'ill');
  rmSync(`/proc/${pid}/root/ok`);
  await becomes('ill', 'unhealthy');
  const found = await health('ill');
  t.true(found.FailingStreak >= 2 && found.Log.length <= 5);
  const events = await engine.ok('events', '--since', '1m', '--until', '0s');
  t.regex(events, /health_status: healthy .*name=ill[\s\S]*health_status: unhealthy .*name=ill/);
});

test('a check that hangs is ended with its children, and counts as a failure', async (t) => {
  const { engine } = given;
  const check = ['--health-cmd', 'echo begun; sleep 776 & sleep 777', '--health-timeout', '200ms', ...QUICK];
  await engine.ok('run', '-d', '--name', 'slow', ...check, 'busybox', 'sleep', '1000');
  await becomes('slow', 'unhealthy');
  t.like((await health('slow')).Log[0], { ExitCode: -1, Output: 'Health check exceeded timeout (0.2s): begun\n' });
  const programs = (await engine.ok('top', 'slow')).split('\n');
  for (const name of ['sleep 776', 'sleep 777']) t.true(programs.filter((line) => line.includes(name)).length <= 1);
});

test('a check that leaves a child behind, with its output open, has ended all the same', async (t) => {
  const { engine } = given;
  const check = ['--health-cmd', 'sleep 20 & echo fine', '--health-timeout', '10s', ...QUICK];
  await engine.ok('run', '-d', '--name', 'parent', ...check, 'busybox', 'sleep', '1000');
  await becomes('parent', 'healthy');
  t.like((await health('parent')).Log[0], { ExitCode: 0, Output: 'fine\n' });
});

test('a check that cannot be begun counts as a failure with its reason, and the next ones go on', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'hindered', '--health-cmd', 'true', ...QUICK, 'busybox', 'sleep', '1000');
  await becomes('hindered', 'healthy');
  const id = await engine.ok('inspect', '-f', '{{.Id}}', 'hindered');
  const file = join(engine.root, 'run/c', id, 'config.json');
  renameSync(file, `${file}.away`);
  await becomes('hindered', 'unhealthy');
  const { ExitCode, Output } = (await health('hindered')).Log.at(-1);
  t.is(ExitCode, -1);
  t.regex(Output, /^Health check could not be run: ENOENT/);
  renameSync(`${file}.away`, file);
  await becomes('hindered', 'healthy');
});

test('failures of the start period do not count', async (t) => {
  const { engine } = given;
  const check = ['--health-cmd', 'false', '--health-start-period', '1h', '--health-start-interval', '50ms', ...QUICK];
  await engine.ok('run', '-d', '--name', 'young', ...check, 'busybox', 'sleep', '1000');
  await eventually(async () => (await health('young')).Log.length >= 3);
  t.like(await health('young'), { Status: 'starting', FailingStreak: 0 });
});

test('--restart-unhealthy starts it again, healthy or not', async (t) => {
  const { engine } = given;
  const flags = ['--restart-unhealthy', '--stop-timeout', '0', '--health-cmd', 'false', ...QUICK];
  await engine.ok('run', '-d', '--name', 'phoenix', ...flags, 'busybox', 'sleep', '1000');
  await eventually(async () => Number(await engine.ok('inspect', '-f', '{{.RestartCount}}', 'phoenix')) >= 2);
  await engine.ok('stop', 'phoenix');
  t.is(await engine.ok('inspect', '-f', '{{.State.Status}}', 'phoenix'), 'exited');
});

test('the next daemon goes on with the check, also of a run that was about to start', async (t) => {
  const engine = await TestEngine.withDaemon('busybox');
  t.teardown(() => engine.destroy());
  await engine.ok('run', '-d', '--name', 'long', '--health-cmd', 'true', ...QUICK, 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'fresh', '--health-cmd', 'true', ...QUICK, 'busybox', 'sleep', '1000');
  const last = async () => JSON.parse(await engine.ok('inspect', '-f', '{{json .State.Health.Log}}', 'long')).at(-1);
  const before = await eventually(last);
  await engine.stopDaemon('SIGKILL');
  const database = new DatabaseSync(join(engine.root, 'gantry.db'));
  database.exec(
    "UPDATE containers SET status = 'starting', pid = NULL, started = NULL, health = NULL WHERE name = 'fresh'",
  );
  database.close();
  await engine.startDaemon();
  await eventually(async () => Date.parse((await last()).Start) > Date.parse(before.End) + 500);
  t.is(await engine.ok('inspect', '-f', '{{.State.Health.Status}}', 'long'), 'healthy');
  await eventually(async () => (await engine.ok('inspect', '-f', '{{.State.Health.Status}}', 'fresh')) === 'healthy');
});

test('--no-healthcheck, and none', async (t) => {
  const { engine } = given;
  await engine.ok('run', '-d', '--name', 'plain', '--no-healthcheck', 'busybox', 'sleep', '1000');
  t.is(await health('plain'), undefined);
});
