import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'ava';
import { endedProcess, identify, type ProcessIdentity } from '../../../../src/host/index.js';
import { killTree, processesWithArgument } from '../../../../src/plugins/container/health/process-tree.js';
import { eventually } from '../../../support/engine.js';

const isGone = ({ pid, startTime }: ProcessIdentity): boolean => identify(pid)?.startTime !== startTime;

test('a process ends with its children and with what they have left in their sessions, and no other does', async (t) => {
  const decoy = spawn('sleep', ['1000']);
  t.teardown(() => decoy.kill());
  // The inner shell has a session of its own; the parent of its first program ends at once.
  const inner = 'echo $$; (sleep 1000 >/dev/null & echo $!); exec sleep 1000';
  const root = spawn('sh', ['-c', `setsid sh -c '${inner}' & wait`], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  root.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const pids = await eventually(() => /^(\d+)\n(\d+)\n$/.exec(said)?.slice(1).map(Number));
  const family = [root.pid ?? 0, ...pids].map((pid) => identify(pid) ?? endedProcess(pid));
  killTree(family[0] as ProcessIdentity);
  await eventually(() => family.every(isGone));
  t.is(decoy.exitCode, null);
  t.is(decoy.signalCode, null);
});

test('a number that is another process by now is left alone', async (t) => {
  const child = spawn('sleep', ['1000']);
  t.teardown(() => child.kill('SIGKILL'));
  const own = identify(child.pid ?? 0) as ProcessIdentity;
  killTree({ ...own, startTime: own.startTime - 1 });
  killTree(endedProcess(0));
  t.notRegex(readFileSync(`/proc/${own.pid}/stat`, 'latin1'), /\) [TZ]/);
  t.deepEqual(
    processesWithArgument('1000')
      .filter(({ pid }) => pid === own.pid)
      .map(({ startTime }) => startTime),
    [own.startTime],
  );
});
