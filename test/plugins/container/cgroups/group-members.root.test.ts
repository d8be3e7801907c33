import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import {
  killMembers,
  memberWithPid,
  pidsOf,
  removeControlGroups,
} from '../../../../src/plugins/container/cgroups/group-members.js';
import { eventually } from '../../../support/engine.js';

const FREEZER = '/sys/fs/cgroup/freezer';
const HIERARCHY = existsSync(FREEZER) ? FREEZER : '/sys/fs/cgroup';
let groups = 0;

/** A group of this test's, with a program in it. */
function groupWith(t: ExecutionContext, script: string): { readonly group: string; readonly pid: number } {
  const group = `test-${process.pid}-${groups++}`;
  const folder = `${HIERARCHY}/gantry/${group}`;
  mkdirSync(folder, { recursive: true });
  t.teardown(() => removeControlGroups(group));
  const child = spawn('sh', ['-c', `read go; ${script}`], { stdio: ['pipe', 'ignore', 'ignore'] });
  const { pid = 0 } = child;
  writeFileSync(`${folder}/cgroup.procs`, String(pid));
  child.stdin.end('go\n');
  return { group, pid };
}

test('all members are killed, those that are started meanwhile and those of groups below, too', async (t) => {
  const { group } = groupWith(t, 'while :; do sleep 600 & sleep 0.01; done');
  mkdirSync(`${HIERARCHY}/gantry/${group}/below`);
  writeFileSync(`${HIERARCHY}/gantry/${group}/below/cgroup.procs`, String(pidsOf(group)[0]));
  await eventually(() => pidsOf(group).length > 5);
  await killMembers(group);
  await eventually(() => pidsOf(group).length === 0);
  removeControlGroups(group);
  t.false(existsSync(`${HIERARCHY}/gantry/${group}`));
});

test('a frozen group is killed as well', async (t) => {
  const { group, pid } = groupWith(t, 'exec sleep 600');
  const [file, word] = HIERARCHY === FREEZER ? ['freezer.state', 'FROZEN'] : ['cgroup.freeze', '1'];
  writeFileSync(`${HIERARCHY}/gantry/${group}/${file}`, word);
  t.truthy(memberWithPid(group, pid));
  await killMembers(group);
  await eventually(() => memberWithPid(group, pid) === undefined);
  t.deepEqual(pidsOf(group), []);
});

test('a number that is another process by now is no member', async (t) => {
  const { group, pid } = groupWith(t, 'exec sleep 600');
  const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(stranger, 'spawn');
  t.is(memberWithPid(group, stranger.pid ?? 0), undefined);
  t.is(memberWithPid(group, process.pid), undefined);
  t.is(memberWithPid(group, pid)?.pid, pid);
  await killMembers(group);
  t.is(stranger.exitCode ?? stranger.signalCode, null);
  stranger.kill();
});
