import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { MS_BIND, MS_RDONLY, MS_REMOUNT, mount } from '../../../../src/host/index.js';
import { CGROUP_ROOT, detectCgroups } from '../../../../src/plugins/container/cgroups/cgroup-mode.js';
import { mountPrivateCgroups } from '../../../../src/plugins/container/cgroups/private-cgroups.js';
import { inPrivateNamespaces } from '../../../../src/plugins/container/host/private-namespaces.js';

const host = detectCgroups();
const folder = join(CGROUP_ROOT, 'gantry-test');

test('the hierarchies are mounted on a tmpfs of the namespace, also where the host’s is read-only', (t) => {
  if (host.mode !== 'v1' && host.mode !== 'hybrid') return void t.pass('version 2 needs no tmpfs');
  const { dev } = statSync(CGROUP_ROOT);
  inPrivateNamespaces({ network: false }, () => {
    // The mount of this namespace alone, as systemd leaves the host's.
    mount('none', CGROUP_ROOT, null, MS_REMOUNT | MS_BIND | MS_RDONLY, null);
    t.throws(() => mkdirSync(folder), { code: 'EROFS' });
    mountPrivateCgroups(host);
    mkdirSync(folder);
    t.not(statSync(CGROUP_ROOT).dev, dev);
    for (const path of host.hierarchies) t.true(existsSync(join(path, 'cgroup.procs')), path);
    // A runtime that finds cgroup2 itself there takes the host for a hybrid one.
    t.false(existsSync(join(CGROUP_ROOT, 'unified/cgroup.procs')));
    t.is(existsSync(join(CGROUP_ROOT, 'unified/gantry/cgroup.procs')), host.mode === 'hybrid');
  });
  t.false(existsSync(folder));
  t.is(statSync(CGROUP_ROOT).dev, dev);
});
