import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import { engineFor } from '../../../support/engine.js';

const given = engineFor(test);

/** A file of the container's control groups, whichever version they are of. */
function limit(id: string, ...names: string[]): string | undefined {
  const folders = ['', ...readdirSync('/sys/fs/cgroup')].map((name) => `/sys/fs/cgroup/${name}/gantry/${id}`);
  for (const path of folders.flatMap((folder) => names.map((name) => `${folder}/${name}`))) {
    try {
      return readFileSync(path, 'utf8').trim();
    } catch {}
  }
  return undefined;
}

test.serial('limits change at once, and are there at the next start', async (t) => {
  const { engine } = given;
  const id = await engine.ok('run', '-d', '--name', 'box', '-m', '32m', 'busybox', 'sleep', '1000');
  t.is(await engine.ok('update', '-m', '64m', '--pids-limit', '7', '--cpus', '0.5', 'box'), 'box');
  const memory = () => limit(id, 'memory.limit_in_bytes', 'memory.max');
  t.is(memory(), String(64 << 20));
  t.is(limit(id, 'pids.max'), '7');
  t.true(['50000', '50000 100000'].includes(limit(id, 'cpu.cfs_quota_us', 'cpu.max') ?? ''));
  await engine.ok('update', '--pids-limit', '-1', '--cpuset-cpus', '0', 'box');
  t.is(limit(id, 'cpuset.cpus'), '0');
  t.true(Number(limit(id, 'pids.max')) > 1000 || limit(id, 'pids.max') === 'max');
  await engine.ok('update', '--cpus', '0', 'box');
  t.true(['-1', 'max 100000'].includes(limit(id, 'cpu.cfs_quota_us', 'cpu.max') ?? ''));
  await engine.ok('restart', '-t', '0', 'box');
  t.is(memory(), String(64 << 20));
  t.is(limit(id, 'pids.max'), 'max');
});

test.serial('what does not fit is refused, and nothing changes', async (t) => {
  const { engine } = given;
  await engine.ok('create', '--rm', '--name', 'once', 'busybox', 'true');
  const refused = async (...words: string[]) => (await engine.docker(['update', ...words])).stderr;
  t.regex(await refused('once'), /you must provide one or more flags/);
  t.regex(await refused('--restart', 'always', 'once'), /AutoRemove is enabled/);
  t.regex(await refused('-m', '1k', 'once'), /Minimum memory limit allowed is 6MB/);
  t.regex(await refused('--cpuset-cpus', '0-8000', 'once'), /CPUs are not available - requested 0-8000, available/);
  await engine.ok('update', '--cpus', '1', 'once');
  t.regex(await refused('--cpu-quota', '5000', 'once'), /CPU Quota cannot be updated as NanoCPUs has already been set/);
  t.regex(await refused('-m', '32m', 'nosuch'), /No such container: nosuch/);
  t.like(JSON.parse(await engine.ok('inspect', 'once'))[0].HostConfig, { Memory: 0, RestartPolicy: { Name: 'no' } });
});
