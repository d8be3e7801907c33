import test from 'ava';
import { detectCgroups } from '../../../../src/plugins/container/host/cgroup-mode.js';

const mount = (path: string, type: string) => `31 23 0:28 / ${path} rw,relatime shared:9 - ${type} ${type} rw`;
const lines = (...all: string[]) => `${all.join('\n')}\n`;

test('modes', (t) => {
  const tmpfs = mount('/sys/fs/cgroup', 'tmpfs');
  const memory = mount('/sys/fs/cgroup/memory', 'cgroup');
  t.deepEqual(detectCgroups(lines(tmpfs, memory)), { mode: 'v1' });
  t.deepEqual(detectCgroups(lines(mount('/sys/fs/cgroup', 'cgroup2'))), { mode: 'v2' });
  t.deepEqual(detectCgroups(lines(tmpfs, memory, mount('/sys/fs/cgroup/unified', 'cgroup2'))), {
    mode: 'hybrid',
    unified: '/sys/fs/cgroup/unified',
  });
  t.deepEqual(detectCgroups(lines(mount('/', 'ext4'))), { mode: 'none' });
});

test('what other programs mounted elsewhere does not count', (t) => {
  const elsewhere = mount('/run/build/sys/fs/cgroup', 'cgroup2');
  t.deepEqual(detectCgroups(lines(mount('/sys/fs/cgroup/memory', 'cgroup'), elsewhere)), { mode: 'v1' });
});
