import test from 'ava';
import { OomReports } from '../../../../src/plugins/container/cgroups/oom-kills.js';

const [one, other] = ['1'.repeat(64), '2'.repeat(64)];
const report = (group: string): string =>
  `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${other},mems_allowed=0,oom_memcg=${group},task_memcg=${group},task=tail,pid=7,uid=0`;

function idsIn(...records: string[]): (string | undefined)[] {
  const reports = new OomReports();
  return records.map((record) => reports.next(record));
}

test('a report names the container, whose group may have groups below it', (t) => {
  t.deepEqual(idsIn(report(`/gantry/${one}`), report(`/gantry/${one}/system.slice/x.service`)), [one, one]);
  t.deepEqual(idsIn(report('/user.slice'), `Memory cgroup stats for /gantry/${one}:`), [undefined, undefined]);
});

test('a report that another message has split is found in the next records, once', (t) => {
  const pieces = [
    'oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=',
    'eth0: link up',
    `/gantry/${one}`,
    `/gantry/${one}`,
  ];
  t.deepEqual(idsIn(...pieces), [undefined, undefined, one, undefined]);
});

test('other messages about a container are no kills', (t) => {
  const others = [`cgroup: fork rejected by pids controller in /gantry/${one}`, `/gantry/${one}`];
  t.deepEqual(idsIn(...others), [undefined, undefined]);
});
