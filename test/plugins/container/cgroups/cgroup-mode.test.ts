import test from 'ava';
import { cgroupNamespace, detectCgroups } from '../../../../src/plugins/container/cgroups/cgroup-mode.js';

const mount = (path: string, type: string) => `31 23 0:28 / ${path} rw,relatime shared:9 - ${type} ${type} rw`;
const lines = (...all: string[]) => `${all.join('\n')}\n`;

test('modes', (t) => {
  const tmpfs = mount('/sys/fs/cgroup', 'tmpfs');
  const memory = mount('/sys/fs/cgroup/memory', 'cgroup');
  t.deepEqual(detectCgroups(lines(tmpfs, memory)), { mode: 'v1', hierarchies: ['/sys/fs/cgroup/memory'] });
  t.deepEqual(detectCgroups(lines(mount('/sys/fs/cgroup', 'cgroup2'))), { mode: 'v2', hierarchies: [] });
  t.deepEqual(detectCgroups(lines(tmpfs, memory, mount('/sys/fs/cgroup/unified', 'cgroup2'))), {
    mode: 'hybrid',
    hierarchies: ['/sys/fs/cgroup/memory'],
    unified: '/sys/fs/cgroup/unified',
  });
  t.deepEqual(detectCgroups(lines(mount('/', 'ext4'))), { mode: 'none', hierarchies: [] });
});

test('what other programs mounted elsewhere does not count', (t) => {
  const elsewhere = mount('/run/build/sys/fs/cgroup', 'cgroup2');
  t.is(detectCgroups(lines(mount('/sys/fs/cgroup/memory', 'cgroup'), elsewhere)).mode, 'v1');
});

test('the default of the cgroup namespace follows the version', (t) => {
  t.is(cgroupNamespace({}, { mode: 'hybrid' }), 'host');
  t.is(cgroupNamespace({}, { mode: 'v2' }), 'private');
  t.is(cgroupNamespace({ cgroupns: 'private' }, { mode: 'v1' }), 'private');
});
