import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { identify, isAlive, signalProcess } from '../../../../src/host/index.js';
import { makeFifo } from '../../../../src/plugins/container/host/named-pipes.js';
import { processesWith } from '../../../../src/plugins/container/host/orphaned-processes.js';
import { engineFor, eventually } from '../../../support/engine.js';

const given = engineFor(test);

const sleeps = (seconds: number) => processesWith(`sleep\0${seconds}\0`);

/** Limits the numbers of the daemon's descriptors. */
function limitDescriptors(most: number): void {
  execFileSync('prlimit', ['--pid', String(given.engine.daemonPid), `--nofile=${most}:1024`]);
}

const descriptors = (): number[] =>
  readdirSync(`/proc/${given.engine.daemonPid}/fd`)
    .map(Number)
    .sort((one, other) => one - other);

/** A limit below which so many numbers are free. */
function limitThatLeaves(free: number, used: readonly number[]): number {
  let limit = 0;
  for (let left = free; left > 0; limit++) if (!used.includes(limit)) left--;
  return limit;
}

test.serial('a daemon lives in /', (t) => {
  t.is(readlinkSync(`/proc/${given.engine.daemonPid}/cwd`), '/');
});

test.serial('a run ends with its first process, whoever else is in its control group', async (t) => {
  const { engine } = given;
  const script = 'sleep 86401 & exec sleep 86402';
  const id = await engine.ok('run', '-d', '--pid', 'host', 'busybox', 'sh', '-c', script);
  const { process: child } = await eventually(() => sleeps(86401)[0]);
  const { process: init } = await eventually(() => sleeps(86402)[0]);
  signalProcess(init, 'SIGTERM');
  t.is(await engine.ok('wait', id), '143');
  await eventually(() => !isAlive(child));
  t.is(await engine.ok('rm', id), id);
});

test.serial(
  'without descriptors a container is left as it is, runs fail in plain words, and all is given back',
  async (t) => {
    const { engine } = given;
    const id = await engine.ok('run', '-d', 'busybox', 'sleep', '1000');
    const { Pid } = JSON.parse(await engine.ok('inspect', id))[0].State;
    const before = descriptors();
    limitDescriptors(limitThatLeaves(8, before));
    for (let round = 0; round < 3; round++) {
      const { code, stderr } = await engine.quick(['run', '-d', '-i', 'busybox', 'sleep', '1000']);
      t.is(code, 125);
      t.regex(stderr, /too many open files in the engine/);
    }
    // For two looks of the patrol, not even one is left.
    limitDescriptors(3);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    limitDescriptors(1024);
    t.is(JSON.parse(await engine.ok('inspect', id))[0].State.Pid, Pid);
    t.is(await engine.ok('ps', '-q', '--no-trunc'), id);
    await eventually(() => descriptors().length <= before.length);
    t.deepEqual(processesWith(`\0gantry-monitor\0${engine.root}`).length, 1);
    await engine.ok('rm', '-f', ...(await engine.ok('ps', '-aq')).split('\n'));
  },
);

test.serial('a start that fails early kills no process whose number an earlier run has left', async (t) => {
  const { engine } = given;
  const decoy = spawn('sleep', ['86403'], { stdio: 'ignore' });
  await once(decoy, 'spawn');
  t.teardown(() => decoy.kill());
  const taken = await engine.ok('run', '-d', '-p', '127.0.0.1::80', 'busybox', 'sleep', '1000');
  const { HostPort } = JSON.parse(await engine.ok('inspect', taken))[0].NetworkSettings.Ports['80/tcp'][0];
  const id = await engine.ok('create', '-p', `127.0.0.1:${HostPort}:80`, 'busybox', 'true');
  const bundle = join(engine.root, 'run/c', id);
  mkdirSync(bundle);
  makeFifo(join(bundle, 'out'));
  writeFileSync(join(bundle, 'pid'), String(decoy.pid));
  const { code } = await engine.quick(['start', id]);
  t.not(code, 0);
  t.is(decoy.exitCode ?? decoy.signalCode, null);
  await engine.ok('rm', '-f', taken, id);
});

test.serial('a stop reaches no process that has the number of the first one by now', async (t) => {
  const { engine } = given;
  const decoy = spawn('sleep', ['86404'], { stdio: 'ignore' });
  await once(decoy, 'spawn');
  t.teardown(() => decoy.kill());
  const id = await engine.ok('run', '-d', 'busybox', 'sleep', '1000');
  const database = new DatabaseSync(join(engine.root, 'gantry.db'));
  database.prepare('UPDATE containers SET pid = ? WHERE id = ?').run(decoy.pid ?? 0, id);
  database.close();
  t.is(await engine.ok('stop', '-t', '0', id), id);
  t.is(decoy.exitCode ?? decoy.signalCode, null);
  await engine.ok('rm', id);
});

test.serial(
  'a program whose monitor was killed is killed, by the engine or by the next one; others go on',
  async (t) => {
    const { engine } = given;
    const id = await engine.ok('run', '-d', 'busybox', 'sleep', '1000');
    await engine.ok('exec', id, 'sh', '-c', 'sleep 86405 >/dev/null 2>&1 &');
    const { process: survivor } = await eventually(() => sleeps(86405)[0]);

    const exec = engine.quick(['exec', id, 'sh', '-c', 'sleep 86406 & exec sleep 86407']);
    await eventually(() => sleeps(86406).length + sleeps(86407).length === 2);
    for (const { process } of processesWith(`\0gantry-exec\0${engine.root}`)) signalProcess(process, 'SIGKILL');
    t.is((await exec).code, 137);
    await eventually(() => sleeps(86406).length + sleeps(86407).length === 0);

    const lost = engine.spawn(['exec', id, 'sh', '-c', 'sleep 86406 & exec sleep 86407']);
    await eventually(() => sleeps(86406).length + sleeps(86407).length === 2);
    process.kill(engine.daemonPid, 'SIGSTOP');
    for (const { process } of processesWith(`\0gantry-exec\0${engine.root}`)) signalProcess(process, 'SIGKILL');
    await engine.stopDaemon('SIGKILL');
    await once(lost, 'close');
    t.is(sleeps(86406).length + sleeps(86407).length, 2);
    await engine.startDaemon();
    await eventually(() => sleeps(86406).length + sleeps(86407).length === 0);
    t.true(isAlive(survivor));
    await engine.ok('rm', '-f', id);
    t.false(isAlive(survivor));
  },
);

test.serial('a program that no row knows is ended by the next daemon', async (t) => {
  const { engine } = given;
  const id = await engine.ok(
    'run',
    '-d',
    '--rm',
    '--pid',
    'host',
    'busybox',
    'sh',
    '-c',
    'sleep 86408 & exec sleep 86409',
  );
  const programs = await eventually(() => {
    const found = [...sleeps(86408), ...sleeps(86409)];
    return found.length === 2 && found;
  });
  await engine.stopDaemon('SIGKILL');
  const database = new DatabaseSync(join(engine.root, 'gantry.db'));
  database.prepare('DELETE FROM containers WHERE id = ?').run(id);
  database.close();
  await engine.startDaemon();
  for (const { process } of programs) await eventually(() => !isAlive(process));
  await eventually(() => !existsSync(join(engine.root, 'run/c', id)));
  t.is(identify(programs[0]?.process.pid ?? 0), undefined);
});
