import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { identify, signalProcess } from '../../../../src/host/index.js';
import { eventually, TestEngine } from '../../../support/engine.js';

let engine: TestEngine;
test.before(async () => {
  engine = await TestEngine.withDaemon('busybox');
});
test.after.always(() => engine.destroy());

const inspect = async (name: string) => JSON.parse(await engine.ok('inspect', name))[0];
const runs = async (name: string) => (await engine.ok('logs', name)).split('\n').length;

test.serial('on-failure:n starts again so often, and counts', async (t) => {
  await engine.ok(
    'run',
    '-d',
    '--name',
    'fails',
    '--restart',
    'on-failure:2',
    'busybox',
    'sh',
    '-c',
    'echo run; exit 3',
  );
  await eventually(async () => (await runs('fails')) === 3);
  await eventually(async () => (await inspect('fails')).State.Status === 'exited');
  const { RestartCount, State } = await inspect('fails');
  t.deepEqual([RestartCount, State.ExitCode], [2, 3]);
  await engine.ok('run', '-d', '--name', 'fine', '--restart', 'on-failure', 'busybox', 'echo', 'once');
  t.is(await engine.ok('wait', 'fine'), '0');
  t.is((await inspect('fine')).RestartCount, 0);
});

test.serial('a user who stops it has the last word, whether it runs or waits', async (t) => {
  await engine.ok('run', '-d', '--name', 'eager', '--restart', 'always', 'busybox', 'sh', '-c', 'echo run; exit 1');
  await eventually(async () => (await inspect('eager')).State.Status === 'restarting');
  t.regex((await engine.docker(['rm', 'eager'])).stderr, /Cannot remove container "\/eager"/);
  await engine.ok('stop', '-t', '0', 'eager');
  t.like((await inspect('eager')).State, { Status: 'exited', Restarting: false });
  await engine.ok('rm', 'eager');
});

test.serial('it goes on under the next daemon, after a crash too', async (t) => {
  const script = 'echo run; sleep 1000';
  for (const policy of ['always', 'unless-stopped']) {
    await engine.ok('run', '-d', '--name', policy, '--restart', policy, 'busybox', 'sh', '-c', script);
    await engine.ok('run', '-d', '--name', `${policy}-2`, '--restart', policy, 'busybox', 'sh', '-c', script);
    await engine.ok('stop', '-t', '0', `${policy}-2`);
  }
  const { State } = await inspect('always');
  await engine.stopDaemon('SIGKILL');
  process.kill(State.Pid, 'SIGKILL');
  await engine.startDaemon();
  await eventually(async () => (await runs('always')) === 2);
  await eventually(async () => (await runs('always-2')) === 2);
  t.is(await runs('unless-stopped'), 1);
  t.is((await inspect('unless-stopped')).State.Running, true);
  t.is((await inspect('unless-stopped-2')).State.Running, false);
});

test.serial('after a reboot the policies hold, and logs go on after what was cut off', async (t) => {
  const script = 'echo run; sleep 1000';
  await engine.ok('run', '-d', '--name', 'no-policy', 'busybox', 'sh', '-c', script);
  await eventually(async () => (await runs('no-policy')) === 1);
  const { Id } = await inspect('no-policy');
  await reboot();
  // Data that were being moved into the log: the header still has no length.
  const cut = Buffer.alloc(16);
  cut.writeUInt32LE(0xffff_ffff, 0);
  appendFileSync(join(engine.root, 'containers', Id, 'log.0'), cut);
  await engine.startDaemon();
  t.like((await inspect('no-policy')).State, {
    Running: false,
    ExitCode: 255,
    Error: 'the machine was restarted while it ran',
  });
  for (const name of ['always', 'unless-stopped']) await eventually(async () => (await inspect(name)).State.Running);
  t.is((await inspect('unless-stopped-2')).State.Running, false);
  await engine.ok('start', 'no-policy');
  await eventually(async () => (await engine.ok('logs', 'no-policy')) === 'run\nrun');
});

/** What a machine's restart leaves: no process, another boot id, an empty run folder. */
async function reboot(): Promise<void> {
  const pids = (await engine.ok('ps', '-q')).split('\n').map(async (id) => (await inspect(id)).State.Pid as number);
  const programs = await Promise.all(pids);
  await engine.stopDaemon('SIGKILL');
  for (const pid of programs) kill(pid);
  await eventually(() => monitors().length === 0 || endMonitors());
  rmSync(join(engine.root, 'run'), { recursive: true });
  const database = new DatabaseSync(join(engine.root, 'gantry.db'));
  database.exec("UPDATE containers SET boot = 'earlier'");
  database.close();
}

/** Monitors that hold the output of their ended runs. */
function endMonitors(): false {
  for (const pid of monitors()) kill(pid);
  return false;
}

function kill(pid: number): void {
  const process = identify(pid);
  if (process) signalProcess(process, 'SIGKILL');
}

function monitors(): number[] {
  const mark = `gantry-monitor\0${join(engine.root, 'run/c')}/`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(mark))
    .map(Number);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
