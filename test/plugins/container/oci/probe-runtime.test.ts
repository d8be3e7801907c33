import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { probeRuntime } from '../../../../src/plugins/container/oci/probe-runtime.js';
import { temporaryFolder } from '../../../sysinit/temporary-root.js';

const HYBRID = { mode: 'hybrid', hierarchies: [], unified: '/sys/fs/cgroup/unified' } as const;

function put(folder: string, name: string, version = '1.1.5'): void {
  writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} version ${version}\n`);
  chmodSync(join(folder, name), 0o755);
}

test('crun comes first, and of cgroup2 beside version 1 it gets the engine’s folder alone', (t) => {
  const folder = temporaryFolder(t);
  put(folder, 'runc');
  t.like(probeRuntime(HYBRID, [folder]), { name: 'runc', path: join(folder, 'runc') });
  t.deepEqual(probeRuntime(HYBRID, [folder]).cgroups, { mode: 'hybrid', hierarchies: [HYBRID.unified] });
  put(folder, 'crun');
  t.like(probeRuntime(HYBRID, ['/nowhere', folder]), { name: 'crun', cgroups: HYBRID });
});

test('a file that cannot run is no runtime', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'crun'), '');
  const error = t.throws(() => probeRuntime(HYBRID, [folder]));
  t.like(error, { kind: 'unavailable', hint: 'Install one: apt-get install crun' });
});

test('it tells its version and what is known of it', async (t) => {
  const folder = temporaryFolder(t);
  put(folder, 'runc', '1.1.5+ds1');
  const description = await probeRuntime({ mode: 'none', hierarchies: [] }, [folder]).describe();
  t.like(description, { name: 'runc', version: '1.1.5+ds1', cgroups: 'none' });
  t.regex(description.warnings[0] ?? '', /^runc 1\.1\.5\+ds1 is known for CVE-2025-31133, /);
  t.true(description.warnings.includes('No control groups are mounted: containers run without limits'));
});
