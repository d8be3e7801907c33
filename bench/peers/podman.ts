import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fails, outputOf } from '../measure.js';
import type { Peer } from './peer.js';

/** Podman with its own default runtime, or runc where that one does not work here (crun on hybrid cgroups). */
export function podman(scratch: string, busyboxTar: string): Peer {
  const folder = join(scratch, 'podman');
  const state = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--tmpdir', join(folder, 'tmp')];
  const host = [
    '--network-config-dir',
    join(folder, 'net'),
    '--cgroup-manager',
    'cgroupfs',
    '--events-backend',
    'file',
  ];
  let runtime: string[] = [];
  return {
    name: 'podman',
    env: process.env,
    argv([verb = '', ...args]) {
      const parent = verb === 'run' ? ['--cgroup-parent', '/gantry-bench/podman'] : [];
      const plain = verb === 'pull' || verb === 'push' ? ['--tls-verify=false'] : [];
      return ['podman', ...state, ...host, ...runtime, verb, ...parent, ...plain, ...args];
    },
    async start() {
      mkdirSync(folder, { recursive: true });
      outputOf(this, ['import', busyboxTar, 'probe']);
      if (fails(this, ['run', '--rm', 'probe', 'true'])) runtime = ['--runtime', 'runc'];
      outputOf(this, ['rmi', '-f', 'probe']);
    },
    version() {
      const format =
        '{{.Version.Version}}, {{.Host.OCIRuntime.Name}}, {{.Store.GraphDriverName}}, {{.Host.NetworkBackend}}';
      return outputOf(this, ['info', '--format', format]);
    },
  };
}
