import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { bootId } from '../../src/host/boot-id.js';
import {
  hasExecuted,
  identify,
  isAlive,
  openProcess,
  ownIdentity,
  type ProcessIdentity,
  signalProcess,
} from '../../src/host/processes.js';

interface Sleeper {
  readonly child: ChildProcess;
  readonly identity: ProcessIdentity;
}

function sleeper(t: ExecutionContext): Sleeper {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  t.teardown(() => child.kill('SIGKILL'));
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('sleep has not started');
  return { child, identity };
}

const isRunning = ({ child }: Sleeper): boolean => child.exitCode === null && child.signalCode === null;

test('a process is known by boot, pid and start time', (t) => {
  const { pid, startTime } = ownIdentity();
  t.is(pid, process.pid);
  t.deepEqual(identify(process.pid), { boot: bootId(), pid, startTime });
  t.true(isAlive(ownIdentity()));
  t.false(isAlive({ ...ownIdentity(), startTime: startTime - 1 }));
  t.false(isAlive({ ...ownIdentity(), boot: 'another' }));
});

test('a signal reaches the process that is meant, and no later one with its pid', async (t) => {
  const one = sleeper(t);
  t.false(signalProcess({ ...one.identity, startTime: one.identity.startTime + 1 }, 'SIGKILL'));
  t.false(signalProcess({ ...one.identity, boot: 'another' }, 'SIGKILL'));
  t.true(isRunning(one));
  t.true(signalProcess(one.identity, 'SIGUSR1'));
  t.deepEqual(await once(one.child, 'exit'), [null, 'SIGUSR1']);
  t.false(isAlive(one.identity));
  t.false(signalProcess(one.identity, 'SIGKILL'));
});

test('no number names a process group, and a thread is no process', (t) => {
  for (const pid of [0, -1, -process.pid, 1.5, Number.NaN]) {
    t.is(identify(pid), undefined);
    t.false(signalProcess({ ...ownIdentity(), pid }, 'SIGKILL'));
  }
  for (const signal of [0, -9]) t.throws(() => signalProcess(ownIdentity(), signal), { instanceOf: RangeError });
});

test('a zombie has ended', async (t) => {
  // A shell that has become sleep waits for no child.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.teardown(() => parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  const state = (): string | undefined => /\) (.)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
  while (state() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
  t.is(identify(pid), undefined);
});

test('a process that cannot be looked at is not dead: the look fails', (t) => {
  const one = sleeper(t);
  bootId();
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    t.is((error as NodeJS.ErrnoException).code, 'EMFILE');
    t.throws(() => isAlive(one.identity), { code: 'EMFILE' });
    t.throws(() => signalProcess(one.identity, 'SIGKILL'), { code: 'EMFILE' });
  } finally {
    for (const fd of taken) closeSync(fd);
  }
  t.true(isRunning(one));
  t.true(isAlive(one.identity));
});

test('a process that is held tells of its end', async (t) => {
  const one = sleeper(t);
  const held = openProcess(one.identity);
  t.truthy(held);
  const ended = new Promise<void>((resolve) => held?.onEnd(() => resolve()));
  const reaped = once(one.child, 'exit');
  t.true(held?.signal('SIGTERM'));
  await Promise.all([ended, reaped]);
  t.false(held?.signal('SIGTERM'));
  held?.[Symbol.dispose]();
  t.is(openProcess(one.identity), undefined);
});

test('a process that was forked runs the code of another until it executes its own', async (t) => {
  const script = 'exec 3<&0; (read -r go <&3; exec sleep 600) & echo $!; wait';
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  t.teardown(() => process.kill(-(child.pid ?? 0), 'SIGKILL'));
  const pid = Number(String((await once(child.stdout, 'data'))[0]));
  t.false(hasExecuted(pid));
  child.stdin.write('go\n');
  while (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('sleep')) await sleep(5);
  t.true(hasExecuted(pid));
  t.true(hasExecuted(2 ** 22));
});
